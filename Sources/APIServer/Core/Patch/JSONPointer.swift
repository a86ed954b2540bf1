import Kernel

/// A place in a document, RFC 6901: `/spec/ports/0`; `~1` stands for a slash in a name and `~0` for a tilde.
struct JSONPointer: Sendable, Equatable, CustomStringConvertible {
    let tokens: [String]

    /// Nil when it neither is empty nor begins with a slash.
    init?(_ text: String) {
        guard !text.isEmpty else {
            tokens = []
            return
        }
        guard text.utf8.first == UInt8(ascii: "/") else { return nil }
        tokens = text.utf8.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).map(Self.unescaped)
    }

    private static func unescaped(_ token: Substring.UTF8View) -> String {
        guard token.contains(UInt8(ascii: "~")) else { return String(decoding: token, as: UTF8.self) }
        var out: [UInt8] = []
        var tilde = false
        for byte in token {
            if tilde {
                switch byte {
                case UInt8(ascii: "0"): out.append(UInt8(ascii: "~"))
                case UInt8(ascii: "1"): out.append(UInt8(ascii: "/"))
                default: out += [UInt8(ascii: "~"), byte]
                }
                tilde = false
            } else if byte == UInt8(ascii: "~") {
                tilde = true
            } else {
                out.append(byte)
            }
        }
        if tilde { out.append(UInt8(ascii: "~")) }
        return String(decoding: out, as: UTF8.self)
    }

    var description: String {
        tokens.map { token in
            var out = "/"
            for scalar in token.unicodeScalars {
                switch scalar {
                case "~": out += "~0"
                case "/": out += "~1"
                default: out.unicodeScalars.append(scalar)
                }
            }
            return out
        }.joined()
    }

    /// An index of an array: digits without a leading zero.
    static func index(_ token: String) -> Int? {
        let bytes = token.utf8
        guard !bytes.isEmpty, bytes.count <= 9, bytes.allSatisfy({ (0x30...0x39).contains($0) }), bytes.count == 1 || bytes.first != 0x30 else { return nil }
        return Int(token)
    }

    func value(in document: JSON) -> JSON? {
        var current = document
        for token in tokens {
            switch current {
            case .object(let object):
                guard let next = object[token] else { return nil }
                current = next
            case .array(let array):
                guard let index = Self.index(token), index < array.count else { return nil }
                current = array[index]
            default: return nil
            }
        }
        return current
    }
}
