import COpenSSL

/// A private key on the curve P-256: signs certificates and tokens.
///
/// Whoever writes `pem` to a file makes that readable by its owner alone (mode 0600).
///
/// `@unchecked Sendable`: OpenSSL's key is never changed after it was made; reading it from many threads is safe.
public final class SigningKey: @unchecked Sendable {
    let key: OpaquePointer

    private init(owning key: OpaquePointer) { self.key = key }

    deinit { EVP_PKEY_free(key) }

    /// A fresh one.
    public static func generate() throws(CryptoFailure) -> SigningKey {
        guard let key = mw_new_p256_key() else { throw .openSSL("no P-256 key can be made") }
        return SigningKey(owning: key)
    }

    /// PKCS#8 or SEC 1, without a passphrase.
    public convenience init(pem: String) throws(CryptoFailure) {
        guard let key = PEM.read(pem, { PEM_read_bio_PrivateKey($0, nil, mw_no_passphrase, nil) }) else {
            throw .openSSL("this is no PEM private key without passphrase")
        }
        guard VerifyingKey.isP256(key) else {
            EVP_PKEY_free(key)
            throw CryptoFailure("the private key is not on the curve P-256 (prime256v1); make one with `openssl ecparam -name prime256v1 -genkey`")
        }
        self.init(owning: key)
    }

    /// PKCS#8.
    public var pem: String {
        get throws(CryptoFailure) { try PEM.write { PEM_write_bio_PrivateKey($0, key, nil, nil, 0, nil, nil) } }
    }

    /// The public half.
    public var verifyingKey: VerifyingKey {
        get throws(CryptoFailure) { try VerifyingKey(pem: try PEM.write { PEM_write_bio_PUBKEY($0, key) }) }
    }

    /// ECDSA with SHA-256 of the message: r and s, 32 bytes each (RFC 7518, 3.4).
    public func sign(_ message: [UInt8]) throws(CryptoFailure) -> [UInt8] {
        guard let context = EVP_MD_CTX_new() else { throw .openSSL("the message can't be signed") }
        defer { EVP_MD_CTX_free(context) }
        var count = 0
        guard EVP_DigestSignInit(context, nil, EVP_sha256(), nil, key) == 1, EVP_DigestSign(context, nil, &count, message, message.count) == 1 else {
            throw .openSSL("the message can't be signed")
        }
        var der = [UInt8](repeating: 0, count: count)
        guard EVP_DigestSign(context, &der, &count, message, message.count) == 1 else { throw .openSSL("the message can't be signed") }
        return try Self.raw(der.prefix(count).map { $0 })
    }

    private static func raw(_ der: [UInt8]) throws(CryptoFailure) -> [UInt8] {
        let signature = der.withUnsafeBufferPointer { bytes -> OpaquePointer? in
            var start = bytes.baseAddress
            return d2i_ECDSA_SIG(nil, &start, bytes.count)
        }
        guard let signature else { throw .openSSL("the signature can't be read") }
        defer { ECDSA_SIG_free(signature) }
        var raw = [UInt8](repeating: 0, count: 64)
        let isDone = raw.withUnsafeMutableBufferPointer { raw -> Bool in
            guard let base = raw.baseAddress else { return false }
            return BN_bn2binpad(ECDSA_SIG_get0_r(signature), base, 32) == 32 && BN_bn2binpad(ECDSA_SIG_get0_s(signature), base + 32, 32) == 32
        }
        guard isDone else { throw .openSSL("the signature can't be read") }
        return raw
    }
}
