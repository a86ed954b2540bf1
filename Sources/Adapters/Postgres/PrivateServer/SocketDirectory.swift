import Glibc
import Platform

/// Where the server's unix socket is: a directory that only the server's account (and root) may enter, with a path short enough.
enum SocketDirectory {
    /// A socket's whole path fits into 107 bytes (`sun_path`); the name PostgreSQL gives it takes 17 of them.
    static let longestPath = 80

    /// The directory for this start: inside the layout where that is short enough, else one of a random name in a place for such things,
    /// noted down so that later starts and clients find it.
    static func prepare(_ layout: ServerLayout, account: ServerAccount) throws(PrivateServerError) -> String {
        if layout.ownSocket.utf8.count <= longestPath {
            try make(layout.ownSocket, account)
            return layout.ownSocket
        }
        if let noted = noted(layout), isPrivate(noted, account) { return noted }
        guard let random = random16() else { throw PrivateServerError("/dev/urandom gives no randomness; repair the system's devices") }
        let path = "\(base)/millwright-\(random)"
        guard mkdir(path, 0o700) == 0 else {
            throw PrivateServerError(
                "cannot make \(path) for the database's socket: \(String(cString: strerror(errno))); choose a shorter --data-dir")
        }
        try account.own(path)
        do { try Files.write(Array(path.utf8), to: layout.socketNote, mode: 0o600) } catch { throw PrivateServerError("\(error)") }
        return path
    }

    /// Where a running server's socket is.
    static func current(_ layout: ServerLayout) -> String {
        layout.ownSocket.utf8.count <= longestPath ? layout.ownSocket : noted(layout) ?? layout.ownSocket
    }

    private static var base: String {
        if geteuid() == 0, Files.isDirectory("/run") { return "/run" }
        if let runtime = Environ["XDG_RUNTIME_DIR"], runtime.utf8.count < 40, Files.isDirectory(runtime) { return runtime }
        return "/tmp"
    }

    private static func noted(_ layout: ServerLayout) -> String? {
        guard Files.exists(layout.socketNote) else { return nil }
        do { return try Files.text(layout.socketNote) } catch { return nil }  // unreadable is as good as absent: another is made
    }

    private static func make(_ path: String, _ account: ServerAccount) throws(PrivateServerError) {
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else {
            throw PrivateServerError("cannot make \(path): \(String(cString: strerror(errno)))")
        }
        try account.own(path)
        guard chmod(path, 0o700) == 0, isPrivate(path, account) else {
            throw PrivateServerError("\(path) is not a private directory of the database server's user; move it away and start again")
        }
    }

    /// A real directory, of the account's, closed to everyone else: in a place where others may write, nothing else will do.
    private static func isPrivate(_ path: String, _ account: ServerAccount) -> Bool {
        var info = stat()
        return lstat(path, &info) == 0 && info.st_mode & S_IFMT == S_IFDIR && info.st_uid == account.uid && info.st_mode & 0o777 == 0o700
    }

    private static func random16() -> String? { RandomText.hex(bytes: 8) }
}
