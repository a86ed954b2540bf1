import Glibc
import Platform

/// Reads a spill file from its beginning through one buffer, record by record.
///
/// Owns its descriptor and its buffer. Not for use by two threads at once.
final class SpillReader {
    private let path: String
    private let descriptor: Int32
    /// Bytes of the file not yet in the buffer.
    private var remaining: Int
    private var buffer: UnsafeMutableRawPointer
    private var capacity: Int
    private var start = 0
    private var end = 0

    /// - Parameter length: how many bytes of the file count; fewer in the file is damage.
    init(name: String, length: Int, in directory: SpillDirectory, bufferSize: Int = 64 << 10) throws(PipelineProblem) {
        path = directory.fullPath(name)
        remaining = length
        capacity = max(bufferSize, 16)
        buffer = .allocate(byteCount: capacity, alignment: 16)
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .spillDamaged(path) }
        posix_fadvise(descriptor, 0, 0, POSIX_FADV_SEQUENTIAL)
    }

    var isAtEnd: Bool { remaining == 0 && start == end }

    /// Makes the next `count` bytes available without consuming them; valid until the next call. nil: fewer are left.
    func peek(_ count: Int) throws(PipelineProblem) -> UnsafeRawPointer? {
        guard count >= 0, count <= end - start + remaining else { return nil }
        if end - start < count { try fill(count) }
        return UnsafeRawPointer(buffer + start)
    }

    func skip(_ count: Int) { start += min(count, end - start) }

    private func fill(_ count: Int) throws(PipelineProblem) {
        if start > 0 {
            memmove(buffer, buffer + start, end - start)
            end -= start
            start = 0
        }
        if capacity < count {
            let larger = UnsafeMutableRawPointer.allocate(byteCount: max(count, capacity * 2), alignment: 16)
            memcpy(larger, buffer, end)
            buffer.deallocate()
            buffer = larger
            capacity = max(count, capacity * 2)
        }
        while end < count {
            let got = read(descriptor, buffer + end, min(capacity - end, remaining))
            if got < 0 {
                if errno == EINTR { continue }
                throw .spill(.last("read \(path)"))
            }
            guard got > 0 else { throw .spillDamaged(path) }
            end += got
            remaining -= got
        }
    }

    deinit {
        buffer.deallocate()
        close(descriptor)
    }
}
