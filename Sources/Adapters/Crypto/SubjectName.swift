import COpenSSL

/// A name in a certificate, as OpenSSL holds it.
public enum SubjectName {
    /// All entries of a kind (`NID_commonName`, …), in the order they stand in.
    ///
    /// - Parameter name: an `X509_NAME`; read during the call only.
    public static func entries(_ name: OpaquePointer, _ kind: Int32) -> [String] {
        var found: [String] = []
        var position = X509_NAME_get_index_by_NID(name, kind, -1)
        while position >= 0 {
            if let entry = X509_NAME_get_entry(name, position), let data = X509_NAME_ENTRY_get_data(entry) {
                var utf8: UnsafeMutablePointer<UInt8>?
                let count = ASN1_STRING_to_UTF8(&utf8, data)
                if count >= 0, let utf8 {
                    found.append(String(decoding: UnsafeBufferPointer(start: utf8, count: Int(count)), as: UTF8.self))
                    CRYPTO_free(utf8, nil, 0)
                }
            }
            position = X509_NAME_get_index_by_NID(name, kind, position)
        }
        return found
    }
}
