import COpenSSL

/// Between PEM texts and OpenSSL's objects.
enum PEM {
    /// What the body reads from the text; OpenSSL's error queue is the caller's to take.
    static func read<Object>(_ text: String, _ body: (OpaquePointer) -> Object?) -> Object? {
        var text = text
        return text.withUTF8 { bytes -> Object? in
            guard let count = Int32(exactly: bytes.count), let bio = mw_bio_memory(bytes.baseAddress, count) else { return nil }
            defer { BIO_free(bio) }
            return body(bio)
        }
    }

    /// The text that the body writes; it returns 1 when it could.
    static func write(_ body: (OpaquePointer) -> Int32) throws(CryptoFailure) -> String {
        guard let bio = BIO_new(BIO_s_mem()) else { throw .openSSL("PEM can't be written") }
        defer { BIO_free(bio) }
        guard body(bio) == 1 else { throw .openSSL("PEM can't be written") }
        var start: UnsafeMutablePointer<CChar>?
        let count = mw_bio_contents(bio, &start)
        guard let start, count > 0 else { throw .openSSL("PEM can't be written") }
        return String(decoding: UnsafeRawBufferPointer(start: start, count: count), as: UTF8.self)
    }
}
