import CZlib
import EventLoop
import HTTPMessages

/// Compresses a stream's pieces on their way: what it holds is zlib's state, about a quarter of a megabyte, however long the stream is.
///
/// Sendable by proof: one task writes, one piece after the other, and calls `finish` after the last; nothing else touches the state.
final class GzipWriter: HTTPBodyWriter, @unchecked Sendable {
    /// zlib has no memory for a further stream, or its state is broken.
    struct Failure: Error {}

    private static let roomBytes = 64 << 10

    private let next: any HTTPBodyWriter
    /// On the heap: zlib points back at it.
    private let stream: UnsafeMutablePointer<z_stream>

    init(_ next: any HTTPBodyWriter, level: Int32) throws {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        guard mw_gzip_begin(stream, level) == Z_OK else {
            stream.deallocate()
            throw Failure()
        }
        self.next = next
    }

    deinit {
        deflateEnd(stream)
        stream.deallocate()
    }

    func write(_ bytes: [UInt8]) async throws {
        guard !bytes.isEmpty else { return }
        let packed = try await offLoop { try pack(bytes, Z_NO_FLUSH) }
        // zlib keeps what is little until there is more.
        if !packed.isEmpty { try await next.write(packed) }
    }

    /// What zlib still holds, and the end of the format.
    func finish() async throws { try await next.write(try pack([], Z_FINISH)) }

    private func pack(_ bytes: [UInt8], _ flush: Int32) throws -> [UInt8] {
        var bytes = bytes
        var packed: [UInt8] = []
        let code = try bytes.withUnsafeMutableBufferPointer { input -> Int32 in
            guard let count = UInt32(exactly: input.count) else { throw Failure() }
            stream.pointee.next_in = input.baseAddress
            stream.pointee.avail_in = count
            var code = Z_OK
            repeat {
                let piece = [UInt8](unsafeUninitializedCapacity: Self.roomBytes) { output, used in
                    stream.pointee.next_out = output.baseAddress
                    stream.pointee.avail_out = UInt32(Self.roomBytes)
                    code = deflate(stream, flush)
                    used = Self.roomBytes - Int(stream.pointee.avail_out)
                }
                packed += piece
            } while code == Z_OK && stream.pointee.avail_out == 0
            return code
        }
        // Z_BUF_ERROR says only that there was nothing to do.
        guard flush == Z_FINISH ? code == Z_STREAM_END : code == Z_OK || code == Z_BUF_ERROR else { throw Failure() }
        return packed
    }
}
