import COpenSSL

/// A public key on the curve P-256: checks signatures.
///
/// `@unchecked Sendable`: OpenSSL's key is never changed after it was made; reading it from many threads is safe.
public final class VerifyingKey: @unchecked Sendable {
    private let key: OpaquePointer
    /// Names the key in tokens (`kid`): the SHA-256 of its DER form, base64url.
    public let id: String

    /// SubjectPublicKeyInfo.
    public init(pem: String) throws(CryptoFailure) {
        guard let key = PEM.read(pem, { PEM_read_bio_PUBKEY($0, nil, mw_no_passphrase, nil) }) else { throw .openSSL("this is no PEM public key") }
        guard Self.isP256(key), let id = Self.id(key) else {
            EVP_PKEY_free(key)
            throw .openSSL("the public key is not on the curve P-256 (prime256v1)")
        }
        self.key = key
        self.id = id
    }

    deinit { EVP_PKEY_free(key) }

    public var pem: String {
        get throws(CryptoFailure) { try PEM.write { PEM_write_bio_PUBKEY($0, key) } }
    }

    /// Whether the signature (r and s, 32 bytes each) is this key's for the message.
    public func isValid(_ signature: [UInt8], for message: [UInt8]) -> Bool {
        guard let der = Self.der(signature), let context = EVP_MD_CTX_new() else { return false }
        defer { EVP_MD_CTX_free(context) }
        defer { ERR_clear_error() }
        return EVP_DigestVerifyInit(context, nil, EVP_sha256(), nil, key) == 1
            && EVP_DigestVerify(context, der, der.count, message, message.count) == 1
    }

    static func isP256(_ key: OpaquePointer) -> Bool {
        var name = [CChar](repeating: 0, count: 64)
        var count = 0
        return EVP_PKEY_is_a(key, "EC") == 1 && EVP_PKEY_get_group_name(key, &name, name.count, &count) == 1
            && name.prefix(count).elementsEqual("prime256v1".utf8.map { CChar(bitPattern: $0) })
    }

    private static func id(_ key: OpaquePointer) -> String? {
        var start: UnsafeMutablePointer<UInt8>?
        let count = i2d_PUBKEY(key, &start)
        guard count > 0, let start else { return nil }
        defer { CRYPTO_free(start, nil, 0) }
        do { return Base64URL.encode(try SHA256Hasher.digest(Array(UnsafeBufferPointer(start: start, count: Int(count))))) } catch { return nil }
    }

    private static func der(_ raw: [UInt8]) -> [UInt8]? {
        guard raw.count == 64, let signature = ECDSA_SIG_new() else { return nil }
        defer { ECDSA_SIG_free(signature) }
        guard let r = BN_bin2bn(Array(raw[..<32]), 32, nil) else { return nil }
        guard let s = BN_bin2bn(Array(raw[32...]), 32, nil) else {
            BN_free(r)
            return nil
        }
        // Takes both over.
        guard ECDSA_SIG_set0(signature, r, s) == 1 else { return nil }
        var start: UnsafeMutablePointer<UInt8>?
        let count = i2d_ECDSA_SIG(signature, &start)
        guard count > 0, let start else { return nil }
        defer { CRYPTO_free(start, nil, 0) }
        return Array(UnsafeBufferPointer(start: start, count: Int(count)))
    }
}
