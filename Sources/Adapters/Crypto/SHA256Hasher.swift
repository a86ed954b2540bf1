import COpenSSL

/// SHA-256 of bytes that come in pieces, at OpenSSL's speed (2 GB/s); for small things in pure code there is Kernel's `SHA256`.
public struct SHA256Hasher: ~Copyable {
    private let context: OpaquePointer

    public init() throws(CryptoFailure) {
        guard let context = EVP_MD_CTX_new() else { throw .openSSL("SHA-256 can't start") }
        guard EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1 else {
            EVP_MD_CTX_free(context)
            throw .openSSL("SHA-256 can't start")
        }
        self.context = context
    }

    deinit { EVP_MD_CTX_free(context) }

    public mutating func update(_ bytes: [UInt8]) {
        // Fails only for a context that wasn't set up.
        EVP_DigestUpdate(context, bytes, bytes.count)
    }

    public mutating func update(_ bytes: UnsafeRawBufferPointer) {
        guard let start = bytes.baseAddress, bytes.count > 0 else { return }
        EVP_DigestUpdate(context, start, bytes.count)
    }

    /// The digest of everything so far, 32 bytes; nothing can be added after it.
    public consuming func finish() -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: 32)
        EVP_DigestFinal_ex(context, &digest, nil)
        return digest
    }

    public static func digest(_ bytes: [UInt8]) throws(CryptoFailure) -> [UInt8] {
        var hasher = try SHA256Hasher()
        hasher.update(bytes)
        return hasher.finish()
    }
}
