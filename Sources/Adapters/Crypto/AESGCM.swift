import COpenSSL

/// Authenticated encryption with AES-256-GCM: what is sealed can be read only with the key, changed by nobody unnoticed, and
/// opened only for the context it was sealed for.
public struct AESGCM: Sendable {
    public static let keyBytes = 32
    private static let nonceBytes = 12
    private static let tagBytes = 16

    /// What went wrong, without a word about the data.
    public enum Failure: Error, Sendable, Equatable, CustomStringConvertible {
        case keyLength(Int)
        /// Another key, another context, or changed bytes: which of them can't be told.
        case notAuthentic
        /// OpenSSL refused to work.
        case unavailable

        public var description: String {
            switch self {
            case .keyLength(let found): "an AES-256 key has \(AESGCM.keyBytes) bytes; this one has \(found)"
            case .notAuthentic: "the encrypted data doesn't open with this key: it is another key's, belongs elsewhere, or was changed"
            case .unavailable: "OpenSSL can't encrypt with AES-256-GCM here"
            }
        }
    }

    private let key: [UInt8]

    public init(key: [UInt8]) throws(Failure) {
        guard key.count == Self.keyBytes else { throw .keyLength(key.count) }
        self.key = key
    }

    /// Encrypts under a fresh random nonce.
    ///
    /// One key may seal up to 2^32 values (NIST SP 800-38D, 8.3): far more Secrets than there will be.
    /// - Parameter context: not stored, but needed again to open: it binds the sealed bytes to their place.
    /// - Returns: nonce, ciphertext and tag.
    public func seal(_ plain: [UInt8], context: [UInt8]) throws(Failure) -> [UInt8] {
        guard let random = SecureRandom.bytes(Self.nonceBytes), let length = Int32(exactly: plain.count),
            let contextLength = Int32(exactly: context.count), let cipher = EVP_CIPHER_CTX_new()
        else { throw .unavailable }
        defer { EVP_CIPHER_CTX_free(cipher) }
        var out = random + [UInt8](repeating: 0, count: plain.count + Self.tagBytes)
        var written: Int32 = 0
        let isSealed = out.withUnsafeMutableBufferPointer { out -> Bool in
            guard let base = out.baseAddress else { return false }
            let body = base + Self.nonceBytes
            return EVP_EncryptInit_ex(cipher, EVP_aes_256_gcm(), nil, key, base) == 1
                && (context.isEmpty || EVP_EncryptUpdate(cipher, nil, &written, context, contextLength) == 1)
                && (plain.isEmpty || EVP_EncryptUpdate(cipher, body, &written, plain, length) == 1)
                && EVP_EncryptFinal_ex(cipher, body + plain.count, &written) == 1
                && EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_AEAD_GET_TAG, Int32(Self.tagBytes), body + plain.count) == 1
        }
        guard isSealed else { throw .unavailable }
        return out
    }

    /// - Throws: `notAuthentic`.
    public func open(_ sealed: [UInt8], context: [UInt8]) throws(Failure) -> [UInt8] {
        let count = sealed.count - Self.nonceBytes - Self.tagBytes
        guard count >= 0, let length = Int32(exactly: count), let contextLength = Int32(exactly: context.count) else { throw .notAuthentic }
        guard let cipher = EVP_CIPHER_CTX_new() else { throw .unavailable }
        defer { EVP_CIPHER_CTX_free(cipher) }
        // One more byte, so that there is an address also for nothing.
        var plain = [UInt8](repeating: 0, count: count + 1)
        var tag = Array(sealed.suffix(Self.tagBytes))
        var written: Int32 = 0
        let isAuthentic = sealed.withUnsafeBufferPointer { sealed in
            plain.withUnsafeMutableBufferPointer { plain -> Bool in
                guard let base = sealed.baseAddress, let out = plain.baseAddress else { return false }
                return EVP_DecryptInit_ex(cipher, EVP_aes_256_gcm(), nil, key, base) == 1
                    && (context.isEmpty || EVP_DecryptUpdate(cipher, nil, &written, context, contextLength) == 1)
                    && (count == 0 || EVP_DecryptUpdate(cipher, out, &written, base + Self.nonceBytes, length) == 1)
                    && EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_AEAD_SET_TAG, Int32(Self.tagBytes), &tag) == 1
                    && EVP_DecryptFinal_ex(cipher, out + count, &written) == 1
            }
        }
        guard isAuthentic else { throw .notAuthentic }
        plain.removeLast()
        return plain
    }
}
