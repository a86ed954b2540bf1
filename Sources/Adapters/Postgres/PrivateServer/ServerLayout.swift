import Glibc
import Platform

/// What lies where in a private server's directory.
struct ServerLayout: Sendable {
    /// Belongs to who runs Millwright; others may pass through it, and see nothing.
    let directory: String

    /// PostgreSQL's own, belongs to the server's account.
    var data: String { directory + "/data" }
    /// Held by the process that runs the server.
    var lock: String { directory + "/lock" }
    /// The database's password, for the owner alone.
    var password: String { directory + "/password" }
    /// Where the socket is, when not in here.
    var socketNote: String { directory + "/socket-directory" }
    var ownSocket: String { directory + "/socket" }
    /// What a server says before its own log begins, so why it doesn't start.
    var startLog: String { directory + "/start.log" }
    var pidFile: String { data + "/postmaster.pid" }

    /// Names every process of this server carries: a hash of the path, by which `ps` and we tell it from others.
    var clusterName: String {
        // FNV-1a, 64 bits.
        let hash = data.utf8.reduce(UInt64(0xCBF2_9CE4_8422_2325)) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        return "millwright-" + String(hash, radix: 16)
    }

    /// The version that made the data; nil when there is none yet.
    func dataVersion() throws(PrivateServerError) -> Int? {
        let path = data + "/PG_VERSION"
        guard Files.exists(path) else { return nil }
        let text: String
        do { text = try Files.text(path) } catch { throw PrivateServerError("\(error)") }
        guard let version = Int(text.prefix { $0.isNumber && $0.isASCII }) else {
            throw PrivateServerError(
                "\(path) doesn't name a PostgreSQL version; is \(data) damaged? Restore it from a backup, or move it away to begin anew")
        }
        return version
    }

    /// What `postmaster.pid` says.
    struct PidFile {
        let pid: pid_t
        let isReady: Bool
    }

    func pidFileContent() -> PidFile? {
        guard Files.exists(pidFile) else { return nil }
        let text: String
        do { text = try Files.text(pidFile) } catch { return nil }  // went away in between
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard let pid = lines.first.flatMap({ pid_t($0) }), pid > 1 else { return nil }
        // The eighth line, as pg_ctl reads it.
        return PidFile(pid: pid, isReady: lines.count > 7 && lines[7].hasPrefix("ready"))
    }
}
