import Glibc

/// What the operating system refused, in its own words, and what was being done.
public struct SystemError: Error, Sendable, Equatable, CustomStringConvertible {
    public let code: Int32
    /// A sentence part: `open /var/lib/millwright/lock`.
    public let doing: String

    public init(code: Int32, doing: String) {
        self.code = code
        self.doing = doing
    }

    /// From `errno`, which the failed call has just set.
    public static func last(_ doing: String) -> SystemError { SystemError(code: errno, doing: doing) }

    public var description: String { "cannot \(doing): \(String(cString: strerror(code)))" }
}

/// Small files, whole: keys, certificates, manifests.
public enum Files {
    /// - Parameter limit: files larger than this many bytes are refused.
    public static func read(_ path: String, limit: Int = 64 << 20) throws(SystemError) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .last("open \(path)") }
        defer { close(descriptor) }
        return try readAll(descriptor, name: path, limit: limit)
    }

    /// Everything up to the end of an open file or pipe.
    public static func readAll(_ descriptor: Int32, name: String, limit: Int = 64 << 20) throws(SystemError) -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = chunk.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, $0.count) }
            if count == 0 { return bytes }
            if count < 0 {
                if errno == EINTR { continue }
                throw .last("read \(name)")
            }
            guard bytes.count + count <= limit else { throw SystemError(code: EFBIG, doing: "read \(name)") }
            bytes.append(contentsOf: chunk[..<count])
        }
    }

    public static func text(_ path: String) throws(SystemError) -> String { String(decoding: try read(path), as: UTF8.self) }

    /// The permission bits of a file when others than its owner may read, write or run it, in octal as `chmod` takes them (`0644`); nil
    /// when it is its owner's alone.
    public static func modeOpenToOthers(_ path: String) throws(SystemError) -> String? {
        var info = stat()
        guard stat(path, &info) == 0 else { throw .last("look at \(path)") }
        let mode = info.st_mode & 0o777
        return mode & 0o077 == 0 ? nil : "0" + String(mode, radix: 8)
    }

    public static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    /// Replaces the file as one step: written beside it, synced, renamed. A crash leaves the old one or the new one.
    /// - Parameter mode: the permission bits, 0o600 for whatever is secret.
    ///
    /// - Parameter isDurable: false: it is synced later, by `sync`; until then only a crash of the machine can leave it empty.
    public static func write(_ bytes: [UInt8], to path: String, mode: mode_t, isDurable: Bool = true) throws(SystemError) {
        let temporary = "\(path).new-\(getpid())"
        unlink(temporary)
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw .last("create \(temporary)") }
        do throws(SystemError) {
            defer { close(descriptor) }
            guard fchmod(descriptor, mode) == 0 else { throw .last("set the mode of \(temporary)") }
            try writeAll(bytes, to: descriptor, name: temporary)
            guard !isDurable || fsync(descriptor) == 0 else { throw .last("sync \(temporary)") }
        } catch {
            unlink(temporary)
            throw error
        }
        guard rename(temporary, path) == 0 else { throw .last("rename \(temporary) to \(path)") }
    }

    /// Returns when the file's bytes are on the disk.
    public static func sync(_ path: String) throws(SystemError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .last("open \(path)") }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw .last("sync \(path)") }
    }

    public static func writeAll(_ bytes: [UInt8], to descriptor: Int32, name: String) throws(SystemError) {
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress.map { $0 + done }, $0.count - done) }
            if count < 0 {
                if errno == EINTR { continue }
                throw .last("write \(name)")
            }
            done += count
        }
    }

    /// Makes the directory and those above it; those that are there keep their mode.
    public static func makeDirectory(_ path: String, mode: mode_t) throws(SystemError) {
        if mkdir(path, mode) == 0 { return }
        switch errno {
        case EEXIST: return
        case ENOENT:
            let parent = path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
            guard !parent.isEmpty, parent != path else { throw .last("make directory \(path)") }
            try makeDirectory(parent, mode: 0o755)
            guard mkdir(path, mode) == 0 || errno == EEXIST else { throw .last("make directory \(path)") }
        default: throw .last("make directory \(path)")
        }
    }

    /// The names in a directory, sorted, without `.` and `..`.
    public static func list(_ path: String) throws(SystemError) -> [String] {
        guard let directory = opendir(path) else { throw .last("read directory \(path)") }
        defer { closedir(directory) }
        return names(directory)
    }

    /// The same of one that is open.
    static func names(_ directory: OpaquePointer) -> [String] {
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    public static func isDirectory(_ path: String) -> Bool {
        var info = stat()
        return stat(path, &info) == 0 && info.st_mode & S_IFMT == S_IFDIR
    }

    /// The path from the root, with symbolic links resolved; nil when it isn't there.
    public static func resolved(_ path: String) -> String? {
        guard let real = realpath(path, nil) else { return nil }
        defer { free(real) }
        return String(cString: real)
    }
}

/// The bound on this process's open descriptors.
public enum OpenFiles {
    /// Takes all that the system allows: every watch holds one.
    public static func raiseLimit() {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0, limit.rlim_cur < limit.rlim_max else { return }
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
}

/// The process's environment variables.
public enum Environ {
    public static subscript(name: String) -> String? {
        guard let value = getenv(name), value.pointee != 0 else { return nil }
        return String(cString: value)
    }

    /// All of it; of a name that stands twice, the first.
    public static var all: [String: String] {
        var result: [String: String] = [:]
        var at = environ
        while let entry = at.pointee {
            let parts = String(cString: entry).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if parts.count == 2, result[String(parts[0])] == nil { result[String(parts[0])] = String(parts[1]) }
            at += 1
        }
        return result
    }
}
