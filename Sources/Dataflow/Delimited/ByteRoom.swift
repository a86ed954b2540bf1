/// Memory for bytes on their way, freed with its owner.
final class ByteRoom {
    let bytes: UnsafeMutableRawBufferPointer

    /// Zeroed, so that no reading of it is undefined.
    init(_ count: Int) {
        bytes = .allocate(byteCount: max(count, 1), alignment: 64)
        bytes.initializeMemory(as: UInt8.self, repeating: 0)
    }

    deinit { bytes.deallocate() }

    /// Part of it; empty when the range doesn't lie inside.
    subscript(from: Int, to: Int) -> UnsafeMutableRawBufferPointer {
        from >= 0 && from <= to && to <= bytes.count ? UnsafeMutableRawBufferPointer(rebasing: bytes[from..<to]) : UnsafeMutableRawBufferPointer(start: nil, count: 0)
    }
}
