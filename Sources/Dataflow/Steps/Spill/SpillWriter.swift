import Glibc
import Platform

/// Appends bytes to a spill file through one buffer.
///
/// Owns its descriptor. Not for use by two threads at once.
final class SpillWriter {
    let name: String
    let path: String
    /// Bytes written so far, those in the buffer included.
    private(set) var length: Int
    private let descriptor: Int32
    private var buffer: [UInt8] = []
    private static let bufferSize = 64 << 10

    /// Makes a new file.
    convenience init(step: String, in directory: SpillDirectory) throws(PipelineProblem) {
        try self.init(name: directory.newName(step), in: directory, keeping: nil)
    }

    /// Opens an existing file and cuts it after `keeping` bytes; with nil makes a new one.
    init(name: String, in directory: SpillDirectory, keeping: Int?) throws(PipelineProblem) {
        self.name = name
        path = directory.fullPath(name)
        length = keeping ?? 0
        descriptor = open(path, O_WRONLY | O_CLOEXEC | (keeping == nil ? O_CREAT | O_EXCL : 0), 0o600)
        guard descriptor >= 0 else {
            if keeping != nil, errno == ENOENT { throw .spillDamaged(path) }
            throw .spill(.last("open \(path)"))
        }
        guard let keeping else { return }
        var info = stat()
        guard fstat(descriptor, &info) == 0, Int(info.st_size) >= keeping else { throw .spillDamaged(path) }
        guard ftruncate(descriptor, keeping) == 0, lseek(descriptor, keeping, SEEK_SET) >= 0 else { throw .spill(.last("cut \(path)")) }
    }

    func append(_ bytes: UnsafeRawBufferPointer) throws(PipelineProblem) {
        if buffer.count + bytes.count > Self.bufferSize { try flush() }
        buffer.append(contentsOf: bytes)
        length += bytes.count
    }

    func append(_ bytes: [UInt8]) throws(PipelineProblem) {
        if buffer.count + bytes.count > Self.bufferSize { try flush() }
        buffer.append(contentsOf: bytes)
        length += bytes.count
    }

    func flush() throws(PipelineProblem) {
        guard !buffer.isEmpty else { return }
        do throws(SystemError) {
            try Files.writeAll(buffer, to: descriptor, name: path)
        } catch { throw .spill(error) }
        buffer.removeAll(keepingCapacity: true)
    }

    /// On the disk, so that a checkpoint may name it.
    func sync() throws(PipelineProblem) {
        try flush()
        guard fdatasync(descriptor) == 0 else { throw .spill(.last("sync \(path)")) }
    }

    /// A file that was written and closed.
    static func sync(_ path: String) throws(PipelineProblem) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .spillDamaged(path) }
        defer { close(descriptor) }
        guard fdatasync(descriptor) == 0 else { throw .spill(.last("sync \(path)")) }
    }

    deinit { close(descriptor) }
}
