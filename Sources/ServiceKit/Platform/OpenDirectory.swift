import Glibc

/// A directory that is open, and stays the same one whatever becomes of its path. What is in it is reached without following symbolic links: it may
/// belong to somebody who puts them where this process writes or removes.
public struct OpenDirectory: ~Copyable {
    private let descriptor: Int32
    /// For messages.
    public let path: String

    private init(descriptor: Int32, path: String) {
        self.descriptor = descriptor
        self.path = path
    }

    /// - Parameter path: links in it are followed: who gives it is trusted with it.
    public init(_ path: String) throws(SystemError) {
        descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        self.path = path
        guard descriptor >= 0 else { throw .last("open directory \(path)") }
    }

    deinit { close(descriptor) }

    public func owner() throws(SystemError) -> (uid: UInt32, gid: UInt32) {
        var info = stat()
        guard fstat(descriptor, &info) == 0 else { throw .last("look at \(path)") }
        return (info.st_uid, info.st_gid)
    }

    /// A directory in it; made where there is none. A link of that name is an error.
    public func directory(_ name: String, mode: mode_t) throws(SystemError) -> OpenDirectory {
        let whole = "\(path)/\(name)"
        guard mkdirat(descriptor, name, mode) == 0 || errno == EEXIST else { throw .last("make directory \(whole)") }
        let inner = openat(descriptor, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard inner >= 0 else { throw .last("open directory \(whole), which must be none that a link leads to") }
        return OpenDirectory(descriptor: inner, path: whole)
    }

    /// Replaces a file in it as one step: written beside it, synced, renamed. A link of that name is replaced, not followed.
    public func write(_ bytes: [UInt8], to name: String, mode: mode_t) throws(SystemError) {
        let temporary = "\(name).new-\(getpid())", whole = "\(path)/\(temporary)"
        unlinkat(descriptor, temporary, 0)
        let file = openat(descriptor, temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode)
        guard file >= 0 else { throw .last("create \(whole)") }
        do throws(SystemError) {
            defer { close(file) }
            guard fchmod(file, mode) == 0 else { throw .last("set the mode of \(whole)") }
            try Files.writeAll(bytes, to: file, name: whole)
            guard fsync(file) == 0 else { throw .last("sync \(whole)") }
        } catch {
            unlinkat(descriptor, temporary, 0)
            throw error
        }
        guard renameat(descriptor, temporary, descriptor, name) == 0 else { throw .last("rename \(whole) to \(name)") }
    }

    /// Gives it and all that is in it to a user; links themselves, not what they lead to.
    public func give(to user: (uid: UInt32, gid: UInt32)) throws(SystemError) {
        guard fchown(descriptor, user.uid, user.gid) == 0 else { throw .last("give \(path) to user \(user.uid)") }
        for name in try Self.names(descriptor, path) {
            let inner = openat(descriptor, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
            if inner >= 0 {
                try OpenDirectory(descriptor: inner, path: "\(path)/\(name)").give(to: user)
            } else if fchownat(descriptor, name, user.uid, user.gid, AT_SYMLINK_NOFOLLOW) != 0 {
                throw .last("give \(path)/\(name) to user \(user.uid)")
            }
        }
    }

    /// Removes what is in it under that name, a directory with all below it. What can't be removed stays.
    public func remove(_ name: String) { Self.remove(descriptor, name) }

    /// The same for a path; a link at its end is removed itself, one before is followed.
    public static func removeTree(_ path: String) { remove(AT_FDCWD, path) }

    private static func remove(_ parent: Int32, _ name: String) {
        if unlinkat(parent, name, 0) == 0 { return }
        let descriptor = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        // What can't be listed can't be removed either; an empty one can.
        do throws(SystemError) { for child in try names(descriptor, name) { remove(descriptor, child) } } catch { return }
        unlinkat(parent, name, AT_REMOVEDIR)
    }

    private static func names(_ descriptor: Int32, _ path: String) throws(SystemError) -> [String] {
        let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
        guard copy >= 0, let directory = fdopendir(copy) else {
            let error = SystemError.last("read directory \(path)")
            if copy >= 0 { close(copy) }
            throw error
        }
        defer { closedir(directory) }
        return Files.names(directory)
    }
}
