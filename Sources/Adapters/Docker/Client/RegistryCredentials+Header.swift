import Kernel

extension RegistryCredentials {
    /// The engine's `X-Registry-Auth`: JSON in base64 with the URL alphabet, padded.
    var header: String {
        var auth: JSON = ["serveraddress": .string(server)]
        if identityToken.isEmpty {
            auth["username"] = .string(username)
            auth["password"] = .string(password)
        } else {
            auth["identitytoken"] = .string(identityToken)
        }
        return base64URL(auth.bytes)
    }
}

/// RFC 4648, section 5, with padding.
func base64URL(_ bytes: [UInt8]) -> String {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
    var text: [UInt8] = []
    for start in stride(from: 0, to: bytes.count, by: 3) {
        let group = bytes[start..<min(start + 3, bytes.count)]
        let bits = group.reduce(0) { $0 << 8 | UInt32($1) } << UInt32(8 * (3 - group.count))
        for position in 0..<4 {
            text.append(position <= group.count ? alphabet[Int(bits >> UInt32(18 - 6 * position) & 63)] : UInt8(ascii: "="))
        }
    }
    return String(decoding: text, as: UTF8.self)
}
