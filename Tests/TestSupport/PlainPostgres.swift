import Foundation
import Platform

/// A PostgreSQL server of a user's own, as pipelines write to: trusting, on a unix socket in a temporary directory.
public final class PlainPostgres {
    public let directory: String
    private var server: Process?

    /// What this machine offers; a miss is said once, and is a failure where the capability is required.
    public static let isThere: Bool = {
        if (Environ["MILLWRIGHT_REQUIRE"] ?? "").split(separator: ",").contains("postgres") { return true }
        if Files.exists(programs + "/initdb") { return true }
        print("loads into PostgreSQL are not tested: no \(programs) here (Debian: apt-get install postgresql)")
        return false
    }()

    private static let programs = "/usr/lib/postgresql/15/bin"

    public init() throws {
        var template = Array("/tmp/mw-load-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw SystemError.last("make a temporary directory") }
        directory = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        if getuid() == 0 { try run(["/bin/chown", "postgres", directory], asServer: false) }
        // Its socket is there: workers of another user must reach it.
        guard chmod(directory, 0o755) == 0 else { throw SystemError.last("open \(directory) to others") }
        try run([Self.programs + "/initdb", "-D", directory + "/data", "-A", "trust", "-U", "postgres", "--no-sync", "-E", "UTF8", "--locale=C.UTF-8"])
        try start()
    }

    public func start() throws {
        let process = Process()
        (process.executableURL, process.arguments) = command([Self.programs + "/postgres", "-D", directory + "/data", "-k", directory, "-c", "listen_addresses="])
        (process.standardOutput, process.standardError) = (FileHandle.nullDevice, FileHandle.nullDevice)
        try process.run()
        server = process
        let deadline = ContinuousClock.now + .seconds(30)
        while (try? run([Self.programs + "/pg_isready", "-q", "-h", directory], asServer: false)) == nil {
            guard ContinuousClock.now < deadline, process.isRunning else { throw SystemError(code: ETIMEDOUT, doing: "start PostgreSQL in \(directory)") }
            usleep(20_000)
        }
    }

    /// Ends it at once, as a crash would.
    public func kill() {
        guard let server else { return }
        Glibc.kill(server.processIdentifier, SIGQUIT)
        server.waitUntilExit()
        self.server = nil
    }

    public func remove() {
        kill()
        try? FileManager.default.removeItem(atPath: directory)
    }

    public var url: String { "host=\(directory) user=postgres dbname=postgres" }

    /// Runs a statement. - Returns: columns separated by |, rows by line breaks.
    @discardableResult
    public func run(_ sql: String) throws -> String {
        try Programs.run([Self.programs + "/psql", "-X", "-A", "-t", "-q", "-v", "ON_ERROR_STOP=1", "-d", url, "-c", sql]).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    private func command(_ words: [String]) -> (URL, [String]) {
        guard getuid() == 0 else { return (URL(fileURLWithPath: words[0]), Array(words.dropFirst())) }
        return (URL(fileURLWithPath: "/usr/bin/setpriv"), ["--reuid", "postgres", "--regid", "postgres", "--clear-groups"] + words)
    }

    private func run(_ words: [String], asServer: Bool = true) throws {
        let process = Process()
        (process.executableURL, process.arguments) = asServer ? command(words) : (URL(fileURLWithPath: words[0]), Array(words.dropFirst()))
        (process.standardOutput, process.standardError) = (FileHandle.nullDevice, FileHandle.nullDevice)
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw SystemError(code: EIO, doing: "run \(words.joined(separator: " "))") }
    }
}
