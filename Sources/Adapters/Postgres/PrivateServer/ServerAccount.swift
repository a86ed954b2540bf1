import Glibc

/// The user the server runs as: PostgreSQL refuses to run as root.
struct ServerAccount: Sendable, Equatable {
    let uid: uid_t
    let gid: gid_t
    let name: String
    /// Whether it is the user this process runs as, so that nothing has to be changed or given away.
    let isOurs: Bool

    /// Our own when we are not root. Else the owner of the data that is there; for new data `postgres`, which PostgreSQL's packages
    /// make, or `nobody`. No user is ever created.
    static func choose(dataDirectory: String) throws(PrivateServerError) -> ServerAccount {
        guard geteuid() == 0 else { return ServerAccount(uid: geteuid(), gid: getegid(), name: "", isOurs: true) }
        var info = stat()
        if lstat(dataDirectory, &info) == 0, info.st_uid != 0 {
            return ServerAccount(uid: info.st_uid, gid: info.st_gid, name: "uid \(info.st_uid)", isOurs: false)
        }
        for name in ["postgres", "nobody"] {
            guard let entry = getpwnam(name), entry.pointee.pw_uid != 0 else { continue }
            return ServerAccount(uid: entry.pointee.pw_uid, gid: entry.pointee.pw_gid, name: name, isOurs: false)
        }
        throw PrivateServerError(
            "PostgreSQL refuses to run as root, and this machine has neither a user postgres nor a user nobody; "
                + "install the package postgresql, start Millwright as an ordinary user, or give --database-url")
    }

    func own(_ path: String) throws(PrivateServerError) {
        guard !isOurs, chown(path, uid, gid) != 0 else { return }
        throw PrivateServerError("cannot give \(path) to \(name): \(String(cString: strerror(errno))); is the file system one without owners?")
    }

    /// Every directory above must let the account through, or its server can't reach its own data.
    func checkReach(_ path: String) throws(PrivateServerError) {
        guard !isOurs else { return }
        var above = ""
        for part in path.split(separator: "/").dropLast() {
            above += "/" + part
            var info = stat()
            guard stat(above, &info) == 0 else { continue }
            let mayPass = info.st_uid == uid ? info.st_mode & S_IXUSR : info.st_gid == gid ? info.st_mode & S_IXGRP : info.st_mode & S_IXOTH
            guard mayPass == 0 else { continue }
            throw PrivateServerError(
                "the database server runs as \(name), who may not pass through \(above) to \(path); "
                    + "choose another --data-dir (such as /var/lib/millwright), or allow it: chmod o+x \(above)")
        }
    }

    /// What a program needs in front of it to run as this account: setpriv changes user and then becomes the program, so the program keeps
    /// the process id that its supervisor watches; su and runuser stay in between and start a PAM session.
    ///
    /// - Parameter diesWithParent: it gets SIGINT when its parent dies, which PostgreSQL takes as a fast shutdown.
    func launcher(diesWithParent: Bool) throws(PrivateServerError) -> [String] {
        guard let setpriv = Self.program("setpriv"), let env = Self.program("env") else {
            guard isOurs else {
                throw PrivateServerError("setpriv or env is missing, which start PostgreSQL as \(name); install util-linux and coreutils")
            }
            return []
        }
        // Our working directory may be one that the other user may not enter, over which initdb stumbles.
        var arguments = [env, "--chdir=/", setpriv]
        if !isOurs { arguments += ["--reuid=\(uid)", "--regid=\(gid)", "--clear-groups", "--no-new-privs"] }
        if diesWithParent { arguments += ["--pdeathsig", "INT"] }
        return isOurs && !diesWithParent ? [] : arguments + ["--"]
    }

    private static func program(_ name: String) -> String? {
        for directory in ["/usr/bin/", "/bin/"] where access(directory + name, X_OK) == 0 { return directory + name }
        return nil
    }
}
