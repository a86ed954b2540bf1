/// The one buffer that all connections of a server read into: what comes is taken out before the next read.
///
/// `@unchecked Sendable`: used by connections on the one loop's thread only, each use ends before the next begins.
final class ReadBuffer: @unchecked Sendable {
    let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16)

    deinit { bytes.deallocate() }
}
