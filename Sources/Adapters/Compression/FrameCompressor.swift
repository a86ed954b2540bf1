import CZlib
import CZstd

/// Compresses pieces of a file to frames (gzip members, zstd frames) that each stand alone: a file may be cut and continued between two.
///
/// The same bytes give the same frame, whatever came before. One owner; not for several threads.
public final class FrameCompressor {
    public let format: CompressionFormat
    private let context: OpaquePointer?
    private var room: UnsafeMutableRawPointer?
    private var capacity = 0

    /// zstd's own default level; gzip's fast one, as its higher ones cost more than the rest of a pipeline.
    public static let zstdLevel: Int32 = 3
    public static let gzipLevel: Int32 = 6

    public init(_ format: CompressionFormat) throws(CompressionFailure) {
        self.format = format
        switch format {
        case .gzip: context = nil
        case .zstd:
            guard let created = ZSTD_createCCtx() else { throw .memory }
            ZSTD_CCtx_setParameter(created, ZSTD_c_compressionLevel, Self.zstdLevel)
            ZSTD_CCtx_setParameter(created, ZSTD_c_checksumFlag, 1)
            context = created
        }
    }

    deinit {
        if let context { ZSTD_freeCCtx(context) }
        room?.deallocate()
    }

    /// The frame; valid until the next call, and as long as the compressor is.
    public func frame(of bytes: UnsafeRawBufferPointer) throws(CompressionFailure) -> UnsafeRawBufferPointer {
        let count = if let context { try zstd(context, bytes) } else { try gzip(bytes) }
        return UnsafeRawBufferPointer(start: room, count: count)
    }

    private func reserve(_ bound: Int) {
        guard capacity < bound else { return }
        room?.deallocate()
        room = .allocate(byteCount: bound, alignment: 16)
        capacity = bound
    }

    private func zstd(_ context: OpaquePointer, _ bytes: UnsafeRawBufferPointer) throws(CompressionFailure) -> Int {
        let bound = ZSTD_compressBound(bytes.count)
        reserve(bound)
        let count = ZSTD_compress2(context, room, capacity, bytes.baseAddress, bytes.count)
        if ZSTD_isError(count) != 0 { throw .memory }
        return count
    }

    private func gzip(_ bytes: UnsafeRawBufferPointer) throws(CompressionFailure) -> Int {
        var stream = z_stream()
        guard mw_gzip_begin(&stream, Self.gzipLevel) == Z_OK else { throw .memory }
        defer { deflateEnd(&stream) }
        let bound = Int(deflateBound(&stream, UInt(bytes.count)))
        reserve(bound)
        guard let given = UInt32(exactly: bytes.count), let space = UInt32(exactly: capacity) else { throw .memory }
        stream.next_in = UnsafeMutablePointer(mutating: bytes.bindMemory(to: UInt8.self).baseAddress)
        stream.avail_in = given
        stream.next_out = room?.bindMemory(to: UInt8.self, capacity: capacity)
        stream.avail_out = space
        guard deflate(&stream, Z_FINISH) == Z_STREAM_END else { throw .memory }
        return Int(space - stream.avail_out)
    }
}
