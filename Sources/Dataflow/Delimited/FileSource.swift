import Glibc
import Platform

/// An open file or pipe as it stands: counts and hashes what it reads.
final class FileSource: ByteSource {
    let path: String
    /// Bytes; nil for what isn't a regular file.
    let size: Int64?
    private let descriptor: Int32
    private let ownsDescriptor: Bool
    private(set) var bytesRead: Int64 = 0
    private let hash: ContentHash
    /// What the hash must be after so many bytes, when an earlier run read them already.
    private var expected: ReaderPosition.Fingerprint?

    static let standardInput = "-"

    /// `-` is 0, `/dev/fd/3` is 3; nil for a file.
    static func descriptor(_ path: String) -> Int32? {
        if path == standardInput { return 0 }
        guard path.hasPrefix("/dev/fd/") else { return nil }
        return Int32(path.dropFirst(8))
    }

    init(path: String, expecting expected: ReaderPosition.Fingerprint? = nil, sha256: Bool = false) throws(DelimitedError) {
        self.path = path
        hash = try ContentHash(sha256: sha256)
        self.expected = expected
        if let number = Self.descriptor(path) {
            // As it is, wherever it stands: opened anew by its name, a socket would refuse and a file begin again.
            descriptor = dup(number)
            ownsDescriptor = true
            guard descriptor >= 0 else { throw DelimitedError(.denied, path: path, "standard input isn't open; give it, or name a file") }
            var info = stat()
            size = fstat(descriptor, &info) == 0 && info.st_mode & S_IFMT == S_IFREG ? Int64(info.st_size) : nil
            return
        }
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        ownsDescriptor = true
        guard descriptor >= 0 else {
            let code = errno
            throw DelimitedError(
                DelimitedError.Category(opening: code), path: path,
                "cannot open it: \(String(cString: strerror(code))); check the path, and that this user may read it")
        }
        var info = stat()
        let known = fstat(descriptor, &info) == 0
        if known, info.st_mode & S_IFMT == S_IFDIR {
            close(descriptor)
            throw DelimitedError(.denied, path: path, "it is a directory; name the files in it, for example \(path)\(path.hasSuffix("/") ? "" : "/")*.csv")
        }
        size = known && info.st_mode & S_IFMT == S_IFREG ? Int64(info.st_size) : nil
        posix_fadvise(descriptor, 0, 0, POSIX_FADV_SEQUENTIAL)
    }

    deinit { if ownsDescriptor { close(descriptor) } }

    func read(into room: UnsafeMutableRawBufferPointer) throws(DelimitedError) -> Int {
        // A fingerprint is checked exactly where it was taken.
        var wanted = room.count
        if let expected, expected.bytes > bytesRead { wanted = min(wanted, Int(clamping: expected.bytes - bytesRead)) }
        guard wanted > 0 else { return 0 }
        var count = Glibc.read(descriptor, room.baseAddress, wanted)
        while count < 0, errno == EINTR { count = Glibc.read(descriptor, room.baseAddress, wanted) }
        guard count >= 0 else {
            throw DelimitedError(.system, path: path, offset: bytesRead, "cannot read it: \(String(cString: strerror(errno))); check the disk or the mount, then resume")
        }
        hash.update(UnsafeRawBufferPointer(start: room.baseAddress, count: count))
        bytesRead += Int64(count)
        try check(atEnd: count == 0)
        return count
    }

    private func check(atEnd: Bool) throws(DelimitedError) {
        guard let expected else { return }
        if bytesRead == expected.bytes {
            guard hash.digest == expected.hash else {
                throw DelimitedError(
                    .changed, path: path, "its first \(expected.bytes) bytes are not those that the checkpoint was made from: start the run anew, or put the file back")
            }
            self.expected = nil
        } else if atEnd {
            throw DelimitedError(
                .changed, path: path, offset: bytesRead,
                "it ends before byte \(expected.bytes), which an earlier part of this run had read: it was cut; start the run anew, or put the file back")
        }
    }

    /// The whole file; nothing may be read any more.
    func wholeFingerprint() -> ReaderPosition.Fingerprint? {
        hash.digest.map { ReaderPosition.Fingerprint(bytes: bytesRead, hash: $0, sha256: hash.finish()) }
    }

    /// What was read so far.
    var fingerprint: ReaderPosition.Fingerprint? { hash.digest.map { ReaderPosition.Fingerprint(bytes: bytesRead, hash: $0) } }
}
