import Glibc

/// An exclusive lock on a file, held while this value lives; the kernel lets go of it when the process ends, however it ends.
public final class FileLock: Sendable {
    private let descriptor: Int32

    /// - Returns: nil when another process holds it.
    public init?(path: String) throws(SystemError) {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .last("open \(path)") }
        self.descriptor = descriptor
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            if errno == EINTR { continue }
            let code = errno
            if code == EWOULDBLOCK { return nil }
            throw SystemError(code: code, doing: "lock \(path)")
        }
    }

    /// Puts a line into the file, for whoever is refused: who holds it.
    public func note(_ text: String) throws(SystemError) {
        guard ftruncate(descriptor, 0) == 0, lseek(descriptor, 0, SEEK_SET) == 0 else { throw .last("rewrite the lock file") }
        try Files.writeAll(Array((text + "\n").utf8), to: descriptor, name: "the lock file")
    }

    deinit { close(descriptor) }
}
