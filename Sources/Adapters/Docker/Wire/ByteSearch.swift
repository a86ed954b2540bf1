import Glibc

extension [UInt8] {
    /// Where that byte stands next; nil when it doesn't. By memchr: streams are scanned byte by byte nowhere else.
    func index(ofByte byte: UInt8, from start: Int) -> Int? {
        guard start < count else { return nil }
        return withUnsafeBytes { buffer in
            guard let base = buffer.baseAddress, let found = memchr(base + start, Int32(byte), buffer.count - start) else { return nil }
            return UnsafeRawPointer(found) - base
        }
    }
}
