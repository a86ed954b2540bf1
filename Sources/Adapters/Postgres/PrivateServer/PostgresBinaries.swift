import Glibc
import Platform

/// Where PostgreSQL's programs are, and of which version.
struct PostgresBinaries: Sendable, Equatable {
    /// The directory that holds `postgres` and `initdb`.
    let directory: String
    /// `15`: what a data directory must have been made by.
    let major: Int

    var postgres: String { directory + "/postgres" }
    var initdb: String { directory + "/initdb" }

    /// All that are installed, newest first: where Debian puts them, where others do, and the search path.
    static func installed() -> [PostgresBinaries] {
        var candidates: [String] = []
        for (root, suffix) in [("/usr/lib/postgresql", "/bin"), ("/usr", "/bin"), ("/opt", "/bin")] {
            let names: [String]
            do { names = try Files.list(root) } catch { continue }  // that system keeps them elsewhere
            for name in names where root == "/usr/lib/postgresql" || name.hasPrefix("pgsql") || name.hasPrefix("postgresql") {
                candidates.append("\(root)/\(name)\(suffix)")
            }
        }
        candidates.append("/usr/local/pgsql/bin")
        candidates += (Environ["PATH"] ?? "").split(separator: ":").map(String.init)
        var found: [PostgresBinaries] = []
        for directory in candidates {
            guard access(directory + "/postgres", X_OK) == 0, access(directory + "/initdb", X_OK) == 0,
                let directory = Files.resolved(directory), !found.contains(where: { $0.directory == directory }),
                let major = version(of: directory + "/postgres")
            else { continue }
            found.append(PostgresBinaries(directory: directory, major: major))
        }
        return found.sorted { ($1.major, $0.directory) < ($0.major, $1.directory) }
    }

    /// The newest for new data, the same version for data that is there.
    ///
    /// - Parameter dataVersion: what `PG_VERSION` in the data directory says.
    static func choose(dataVersion: Int?, dataDirectory: String) throws(PrivateServerError) -> PostgresBinaries {
        let all = installed()
        guard let newest = all.first else {
            throw PrivateServerError(
                "no PostgreSQL server is installed (looked in /usr/lib/postgresql/*/bin and PATH); "
                    + "install it (Debian: apt-get install postgresql), or give --database-url")
        }
        guard let dataVersion else {
            guard newest.major >= oldestMajor else {
                throw PrivateServerError(
                    "PostgreSQL \(newest.major) is too old; install version \(oldestMajor) or later, or give --database-url")
            }
            return newest
        }
        guard let same = all.first(where: { $0.major == dataVersion }) else {
            let have = all.map { String($0.major) }.joined(separator: ", ")
            throw PrivateServerError(
                "\(dataDirectory) was written by PostgreSQL \(dataVersion), but installed is \(have); install version \(dataVersion) "
                    + "(Debian: apt-get install postgresql-\(dataVersion)), or move the data to the newer version with pg_upgrade")
        }
        return same
    }

    /// `gen_random_uuid()` without an extension.
    static let oldestMajor = 13

    private static func version(of program: String) -> Int? {
        let output: String
        do { output = try BlockingProgram.run([program, "--version"]).output } catch { return nil }  // not one we can run
        // postgres (PostgreSQL) 15.20 (Debian …)
        guard let text = output.split(separator: " ").dropFirst(2).first else { return nil }
        return Int(text.prefix { $0.isASCII && $0.isNumber })
    }
}
