import Compression

/// What a compressed source holds.
final class DecompressedSource: ByteSource {
    private let upstream: any ByteSource
    private let decompressor: Decompressor
    private let path: String
    private let input: ByteRoom
    private var from = 0
    private var to: Int
    private var ended = false

    /// - Parameter start: what of the source was read already.
    init(_ upstream: any ByteSource, start: [UInt8], format: CompressionFormat, path: String) throws(DelimitedError) {
        self.upstream = upstream
        self.path = path
        input = ByteRoom(128 << 10)
        input.bytes.copyBytes(from: start)
        to = start.count
        do throws(CompressionFailure) {
            decompressor = try Decompressor(format)
        } catch { throw DelimitedError(.limit, path: path, "\(error)") }
    }

    func read(into room: UnsafeMutableRawBufferPointer) throws(DelimitedError) -> Int {
        while !room.isEmpty {
            if from == to, !ended {
                from = 0
                to = try upstream.read(into: input.bytes)
                ended = to == 0
            }
            let (consumed, produced) = try step(room)
            from += consumed
            if produced > 0 { return produced }
            if from == to, ended {
                guard decompressor.isAtFrameEnd else {
                    throw DelimitedError(.damaged, path: path, "the compressed data ends in the middle: the file is cut; fetch it again")
                }
                return 0
            }
            if consumed == 0, from < to {
                throw DelimitedError(.damaged, path: path, "the compressed data makes no sense any more; fetch the file again")
            }
        }
        return 0
    }

    private func step(_ room: UnsafeMutableRawBufferPointer) throws(DelimitedError) -> (consumed: Int, produced: Int) {
        do throws(CompressionFailure) {
            return try decompressor.step(UnsafeRawBufferPointer(input[from, to]), into: room)
        } catch {
            throw DelimitedError(.damaged, path: path, "\(error); fetch the file again")
        }
    }
}
