import COpenSSL

/// Message authentication with HMAC and SHA-256 (RFC 2104).
public enum HMACSHA256 {
    /// The code, 32 bytes.
    public static func code(_ message: [UInt8], key: [UInt8]) throws(CryptoFailure) -> [UInt8] {
        var code = [UInt8](repeating: 0, count: 32)
        var count: UInt32 = 0
        guard let keyCount = Int32(exactly: key.count), HMAC(EVP_sha256(), key, keyCount, message, message.count, &code, &count) != nil, count == 32
        else { throw .openSSL("HMAC-SHA-256 can't be computed") }
        return code
    }

    /// In constant time for a given length.
    public static func isValid(_ code: [UInt8], for message: [UInt8], key: [UInt8]) throws(CryptoFailure) -> Bool {
        ConstantTime.equal(code, try self.code(message, key: key))
    }
}

/// Comparisons whose time says nothing of where two secrets differ.
public enum ConstantTime {
    public static func equal(_ a: [UInt8], _ b: [UInt8]) -> Bool {
        a.count == b.count && CRYPTO_memcmp(a, b, a.count) == 0
    }

    public static func equal(_ a: String, _ b: String) -> Bool { equal(Array(a.utf8), Array(b.utf8)) }
}
