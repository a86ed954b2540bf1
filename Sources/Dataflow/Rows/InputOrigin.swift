/// How a place in a batch's UTF-8 becomes a place in the input as it came (decompressed, in its own encoding).
public struct InputOrigin: Sendable, Hashable {
    /// The input's offset of the batch's byte 0.
    public var base: Int64
    public var width: Width

    public init(base: Int64, width: Width) {
        self.base = base
        self.width = width
    }

    public enum Width: Sendable, Hashable {
        /// UTF-8 in, UTF-8 here.
        case same
        /// One byte a character: Latin-1, Windows-1252.
        case oneByte
        /// UTF-16: two bytes a character, four beyond the basic plane.
        case utf16
    }

    /// The input's offset of `bytes[position]`. Linear in `position` unless the widths are the same.
    public func offset(of position: Int, in bytes: UnsafePointer<UInt8>) -> Int64 {
        base + Int64(inputLength(of: UnsafeBufferPointer(start: bytes, count: position)))
    }

    /// How many bytes of the input a piece of UTF-8 stands for.
    public func inputLength(of bytes: UnsafeBufferPointer<UInt8>) -> Int {
        switch width {
        case .same: return bytes.count
        case .oneByte:
            var count = 0
            for byte in bytes where byte & 0xC0 != 0x80 { count += 1 }
            return count
        case .utf16:
            var count = 0
            for byte in bytes where byte & 0xC0 != 0x80 {
                // 0xFF stands for an odd byte at the file's end: the decoder can't make text of it.
                count += byte == 0xFF ? 1 : byte >= 0xF0 ? 4 : 2
            }
            return count
        }
    }
}
