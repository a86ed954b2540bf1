import Glibc
import Platform

/// What can be read once only (standard input, a pipe), copied to a file that can be read again.
struct InputStream {
    let copy: String

    /// nil: it is a file, or isn't there.
    init?(_ path: String) throws {
        var info = stat()
        let isStandardInput = ["-", "/dev/stdin", "/dev/fd/0"].contains(path)
        guard isStandardInput || stat(path, &info) == 0 && (info.st_mode & S_IFMT == S_IFIFO || info.st_mode & S_IFMT == S_IFSOCK) else { return nil }
        let source = isStandardInput ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC)
        guard source >= 0 else { throw CommandFailure(ExitStatus.failure, "\(SystemError.last("open \(path)"))") }
        defer { close(source) }
        var template = Array("/tmp/millwright-infer-XXXXXX".utf8CString)
        let target = mkstemp(&template)
        guard target >= 0 else { throw CommandFailure(ExitStatus.failure, "\(SystemError.last("make a file for a copy of the input"))") }
        defer { close(target) }
        copy = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        var room = [UInt8](repeating: 0, count: 256 << 10)
        do throws(SystemError) {
            while true {
                let count = room.withUnsafeMutableBytes { read(source, $0.baseAddress, $0.count) }
                if count < 0, errno == EINTR { continue }
                if count < 0 { throw .last("read \(path)") }
                if count == 0 { break }
                try Files.writeAll(Array(room.prefix(count)), to: target, name: copy)
            }
        } catch {
            unlink(copy)
            throw CommandFailure(ExitStatus.failure, "\(error)")
        }
    }

    func remove() { unlink(copy) }
}
