import Crypto
import Glibc
import Kernel
import Platform

/// The keys that Secrets are encrypted with at rest: the first seals, all of them open.
///
/// Text form: one key a line, 32 random bytes in base64 or hexadecimal. To change the key, put a new line in front and keep the old one: what is
/// written from then on is under the new key. Never shows the keys.
public struct KeyRing: Sendable, CustomStringConvertible, CustomReflectable {
    struct Key: Sendable {
        /// From the key's hash: tells which key is needed, and nothing about it.
        let id: String
        let cipher: AESGCM
    }

    let keys: [Key]

    /// - Throws: `StoreError.invalid`.
    public init(text: String, source: String) throws(StoreError) {
        var keys: [Key] = []
        for line in text.split(whereSeparator: \.isNewline) {
            let word = line.filter { $0 != " " && $0 != "\t" }
            if word.isEmpty || word.hasPrefix("#") { continue }
            guard let bytes = Self.bytes(of: word) else {
                throw .invalid("\(source): an encryption key is 32 bytes in base64 or hexadecimal; make one with: openssl rand -base64 32")
            }
            do { keys.append(Key(id: String(SHA256.hex(bytes, length: 16)), cipher: try AESGCM(key: bytes))) } catch {
                throw .invalid("\(source): \(error)")
            }
        }
        guard !keys.isEmpty else { throw .invalid("\(source) holds no encryption key; make one with: openssl rand -base64 32") }
        self.keys = keys
    }

    /// From the environment variable `MILLWRIGHT_ENCRYPTION_KEY`, else from a file, which is made when it isn't there.
    ///
    /// - Throws: `StoreError.invalid`, also for a file that others may read.
    public static func load(file path: String) throws(StoreError) -> KeyRing {
        if let text = Environ["MILLWRIGHT_ENCRYPTION_KEY"], !text.isEmpty { return try KeyRing(text: text, source: "MILLWRIGHT_ENCRYPTION_KEY") }
        let text: String
        let openMode: String?
        do throws(SystemError) {
            if !Files.exists(path) {
                guard let fresh = SecureRandom.bytes(AESGCM.keyBytes) else { throw SystemError(code: EIO, doing: "make an encryption key") }
                try Files.write(Array((Base64.encode(fresh) + "\n").utf8), to: path, mode: 0o600)
            }
            openMode = try Files.modeOpenToOthers(path)
            text = try Files.text(path)
        } catch {
            throw .invalid("\(error)")
        }
        if let openMode {
            throw .invalid("others may read the encryption key in \(path) (mode \(openMode)); allow only its owner: chmod 600 \(path)")
        }
        return try KeyRing(text: text, source: path)
    }

    private static func bytes(of word: String) -> [UInt8]? {
        if word.utf8.count == 64, word.allSatisfy(\.isHexDigit) {
            let digits = word.compactMap(\.hexDigitValue)
            return stride(from: 0, to: 64, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
        }
        guard let bytes = Base64.decode(word), bytes.count == AESGCM.keyBytes else { return nil }
        return bytes
    }

    public var description: String { "KeyRing(\(keys.map(\.id).joined(separator: ", ")))" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
