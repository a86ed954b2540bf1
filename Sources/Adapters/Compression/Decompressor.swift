import CZlib
import CZstd

/// Decompresses a file of one format piece by piece; frames and gzip members may follow one another.
///
/// One owner; not for several threads.
public final class Decompressor {
    private enum State {
        case gzip(UnsafeMutablePointer<z_stream>)
        case zstd(OpaquePointer)
    }
    private let state: State
    /// Everything so far ends with a whole frame: the input may end here.
    public private(set) var isAtFrameEnd = true

    /// What a decompressor may need of memory for a zstd frame's window: as the command line tool's default, 128 MiB.
    public static let windowLog: Int32 = 27

    public init(_ format: CompressionFormat) throws(CompressionFailure) {
        switch format {
        case .gzip:
            let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
            stream.initialize(to: z_stream())
            guard mw_gunzip_begin(stream) == Z_OK else {
                stream.deallocate()
                throw .memory
            }
            state = .gzip(stream)
        case .zstd:
            guard let stream = ZSTD_createDStream() else { throw .memory }
            ZSTD_DCtx_setParameter(stream, ZSTD_d_windowLogMax, Self.windowLog)
            state = .zstd(stream)
        }
    }

    deinit {
        switch state {
        case .gzip(let stream):
            inflateEnd(stream)
            stream.deallocate()
        case .zstd(let stream): ZSTD_freeDStream(stream)
        }
    }

    /// Takes what it can of the input and gives what it can of the output. Neither moves: more input is needed.
    public func step(
        _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
    ) throws(CompressionFailure) -> (consumed: Int, produced: Int) {
        switch state {
        case .gzip(let stream): try gunzip(stream, input, output)
        case .zstd(let stream): try unzstd(stream, input, output)
        }
    }

    private func gunzip(
        _ stream: UnsafeMutablePointer<z_stream>, _ input: UnsafeRawBufferPointer, _ output: UnsafeMutableRawBufferPointer
    ) throws(CompressionFailure) -> (consumed: Int, produced: Int) {
        if input.isEmpty { if isAtFrameEnd { return (0, 0) } } else if isAtFrameEnd { isAtFrameEnd = false }
        let (given, room) = (min(input.count, 1 << 30), min(output.count, 1 << 30))
        // zlib's declaration lacks const; it only reads.
        stream.pointee.next_in = UnsafeMutablePointer(mutating: input.bindMemory(to: UInt8.self).baseAddress)
        stream.pointee.avail_in = UInt32(given)
        stream.pointee.next_out = output.bindMemory(to: UInt8.self).baseAddress
        stream.pointee.avail_out = UInt32(room)
        let code = inflate(stream, Z_NO_FLUSH)
        switch code {
        case Z_OK, Z_BUF_ERROR: break
        case Z_STREAM_END:
            isAtFrameEnd = true
            inflateReset(stream)
        case Z_MEM_ERROR: throw .memory
        default: throw .damaged(stream.pointee.msg.map { String(cString: $0) } ?? "gzip code \(code)")
        }
        return (given - Int(stream.pointee.avail_in), room - Int(stream.pointee.avail_out))
    }

    private func unzstd(
        _ stream: OpaquePointer, _ input: UnsafeRawBufferPointer, _ output: UnsafeMutableRawBufferPointer
    ) throws(CompressionFailure) -> (consumed: Int, produced: Int) {
        if input.isEmpty, isAtFrameEnd { return (0, 0) }
        var source = ZSTD_inBuffer(src: input.baseAddress, size: input.count, pos: 0)
        var target = ZSTD_outBuffer(dst: output.baseAddress, size: output.count, pos: 0)
        let hint = ZSTD_decompressStream(stream, &target, &source)
        if ZSTD_isError(hint) != 0 { throw .damaged(String(cString: ZSTD_getErrorName(hint))) }
        // 0: a frame ended, and all of it was given out.
        isAtFrameEnd = hint == 0
        return (source.pos, target.pos)
    }
}
