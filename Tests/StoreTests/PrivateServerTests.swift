import Glibc
import Kernel
import Platform
import ServiceKit
import TestSupport
import Testing

@testable import Postgres

/// The private server: made, started, killed, found again.
@Suite(.enabled(if: Capability.postgres, "no PostgreSQL server programs here"), .serialized) struct PrivateServerTests {
    private func query(_ endpoint: PostgresEndpoint, _ sql: String) async throws -> PostgresRows {
        let connection = try await PostgresConnector(endpoint: endpoint, loop: TestLoop.shared, guards: TestServer.guards()).connect()
        defer { Task { await connection.close() } }
        return try await connection.query(PostgresStatement(sql), .write)
    }

    /// Without the parent's death signal, which goes by threads: those of a test come and go.
    private func start(_ command: PrivateServer.Command) throws -> ChildProcess {
        let arguments = command.arguments.filter { $0 != "INT" }.map { $0 == "--pdeathsig" ? "--pdeathsig=keep" : $0 }
        let log = open(command.startLog, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        defer { close(log) }
        return try ChildProcess(
            ChildCommand(path: command.path, arguments: arguments, environment: command.environment, descriptors: [(log, 1), (log, 2)]))
    }

    @Test func itIsPrivateUnprivilegedAndSurvivesEverything() async throws {
        let running = try TestServer()
        defer { running.stop() }
        let layout = ServerLayout(directory: running.directory.path + "/postgres")
        _ = try await query(running.endpoint, "create table kept (n int8)")
        _ = try await query(running.endpoint, "insert into kept values (1)")

        // Unprivileged: no process of it belongs to root, and the data to nobody else.
        let processes = ServerProcesses(layout: layout).find()
        #expect(processes.children.count >= 3)
        for pid in processes.all {
            // A worker may have ended meanwhile.
            guard let status = try? Files.text("/proc/\(pid)/status") else { continue }
            let uids = status.split(separator: "\n").first { $0.hasPrefix("Uid:") }?.split(separator: "\t").dropFirst() ?? []
            #expect(!uids.contains("0"))
        }
        var info = stat()
        #expect(lstat(layout.data, &info) == 0 && info.st_mode & 0o777 == 0o700)
        // Private: no network, a socket directory closed to others, a password in a file of mode 0600 and in no command line.
        #expect(try await query(running.endpoint, "show listen_addresses").text(0, 0) == "")
        #expect(lstat(running.endpoint.host, &info) == 0 && info.st_mode & 0o777 == 0o700)
        #expect(lstat(layout.password, &info) == 0 && info.st_mode & 0o777 == 0o600 && info.st_uid == geteuid())
        let password = try Files.text(layout.password)
        #expect(password.count == 48)
        for pid in processes.all { #expect((try? Files.text("/proc/\(pid)/cmdline").contains(password)) != true) }
        #expect(try !Files.text(layout.data + "/pg_hba.conf").split(separator: "\n").contains { !$0.hasPrefix("#") && $0.contains("trust") })
        await #expect { try await query(running.endpoint.with("password", "guess"), "select 1") } throws: { "\($0)".contains("password") }

        // Killed itself: started again, nothing lost.
        let first = try #require(running.pid)
        running.killHard()
        try await Eventually.holds("another is started") { running.pid.map { $0 != first } ?? false && running.server.isReady }
        #expect(try await query(running.endpoint, "select count(*) from kept").int(0, 0) == 1)
    }

    @Test func aSecondMillwrightOnTheSameDirectoryIsRefused() async throws {
        let running = try TestServer()
        defer { running.stop() }
        let second = PrivateServer(directory: running.directory.path + "/postgres", logger: .disabled)
        #expect { try second.prepare() } throws: {
            "\($0)".contains("in use by another Millwright") && "\($0)".contains("\(getpid())") && "\($0)".contains("--data-dir")
        }
        #expect(throws: PrivateServerError.self) { try second.command() }
        #expect(running.server.isReady, "the first is left alone")
        #expect(try PrivateServer.endpoint(of: running.directory.path + "/postgres").host == running.endpoint.host)
    }

    /// The parent is killed and its server with it, or the server outlives it: either way the next one starts cleanly.
    @Test(arguments: [true, false]) func aServerLeftBehindIsEndedBeforeTheNextStart(_ isPostmasterKilled: Bool) async throws {
        let directory = try TemporaryDirectory()
        defer { directory.remove() }
        try PostgresTemplate.copy(to: directory)
        let path = directory.path + "/postgres"
        func orphan() throws -> (pid_t, PostgresEndpoint) {
            let server = PrivateServer(directory: path, logger: .disabled)
            let endpoint = try server.prepare()
            let command = try server.command()
            let process = try start(command)
            try Eventually.blocking("it is ready", within: .seconds(30)) { server.isReady }
            return (process.pid, endpoint)  // the lock goes with `server`
        }
        let (pid, endpoint) = try orphan()
        _ = try await query(endpoint, "create table kept (n int8)")
        if isPostmasterKilled { kill(pid, SIGKILL) }
        let next = PrivateServer(directory: path, logger: .disabled)
        let again = try next.prepare()
        let command = try next.command()
        #expect(
            ServerProcesses(layout: ServerLayout(directory: path)).find().isEmpty, "nothing of the old one is left when the new one may start")
        var status: Int32 = 0
        #expect(waitpid(pid, &status, 0) == pid)
        let process = try start(command)
        try Eventually.blocking("the new one is ready", within: .seconds(30)) { next.isReady }
        #expect(try await query(again, "select count(*) from kept").int(0, 0) == 0)
        process.signal(PrivateServer.stopSignal)
        #expect(waitpid(process.pid, &status, 0) == process.pid && status == 0, "a fast shutdown is an orderly end")
    }

    @Test func aParentThatDiesTakesItsServerWithIt() throws {
        let directory = try TemporaryDirectory()
        defer { directory.remove() }
        try PostgresTemplate.copy(to: directory)
        let server = PrivateServer(directory: directory.path + "/postgres", logger: .disabled)
        _ = try server.prepare()
        let command = try server.command()
        // A shell is the parent; it is killed without a chance to do anything.
        let words = ([command.path] + command.arguments).map { "'" + $0 + "'" }.joined(separator: " ")
        let shell = try ChildProcess(
            ChildCommand(path: "/bin/sh", arguments: ["-c", words + " & wait"], environment: command.environment, descriptors: []))
        try Eventually.blocking("the server is ready", within: .seconds(30)) { server.isReady }
        shell.signal(SIGKILL)
        #expect(shell.poll() != .exited(0))
        try Eventually.blocking("the server is gone", within: .seconds(30)) {
            ServerProcesses(layout: ServerLayout(directory: directory.path + "/postgres")).find().isEmpty
        }
        var status: Int32 = 0
        waitpid(shell.pid, &status, 0)
    }

    @Test func aLongDirectoryGetsItsSocketElsewhereInPrivate() async throws {
        let directory = try TemporaryDirectory()
        defer { directory.remove() }
        var long = directory.path
        for _ in 0..<4 {
            long += "/" + String(repeating: "d", count: 40)
            try Files.makeDirectory(long, mode: 0o711)
        }
        let server = PrivateServer(directory: long, logger: .disabled)
        let endpoint = try server.prepare()
        defer { rmdir(endpoint.host) }
        #expect(endpoint.host.utf8.count < 60 && !endpoint.host.hasPrefix(long))
        var info = stat()
        #expect(lstat(endpoint.host, &info) == 0 && info.st_mode & 0o777 == 0o700)
        #expect(try server.prepareAgain().host == endpoint.host, "the same place at the next start")
        #expect(try PrivateServer.endpoint(of: long).host == endpoint.host)
        let command = try server.command()
        let process = try start(command)
        try Eventually.blocking("it is ready", within: .seconds(30)) { server.isReady }
        #expect(try await query(endpoint, "select 1::int8").int(0, 0) == 1)
        process.signal(PrivateServer.stopSignal)
        var status: Int32 = 0
        waitpid(process.pid, &status, 0)
    }

    @Test func aKillDuringInitdbIsHarmless() throws {
        let directory = try TemporaryDirectory()
        defer { directory.remove() }
        let layout = ServerLayout(directory: directory.path + "/postgres")
        // What such a kill leaves: a half-made directory and a password that nothing uses yet.
        try Files.makeDirectory(layout.directory + "/data.new-0123/base/1", mode: 0o700)
        try Files.write(Array("half".utf8), to: layout.directory + "/data.new-0123/PG_VERSION", mode: 0o600)
        try Files.write(Array("old".utf8), to: layout.directory + "/data.new-0123.password", mode: 0o600)
        try Files.write(Array("old".utf8), to: layout.password, mode: 0o600)
        let server = PrivateServer(directory: layout.directory, logger: .disabled)
        _ = try server.prepare()
        #expect(try Files.list(layout.directory).filter { $0.hasPrefix("data") } == ["data"])
        #expect(try layout.dataVersion() != nil)
        #expect(try Files.text(layout.password) != "old")
    }

    @Test func whatCanNotWorkIsRefusedWithWhatToDo() throws {
        let directory = try TemporaryDirectory()
        defer { directory.remove() }
        #expect { try PrivateServer(directory: "relative", logger: .disabled).prepare() } throws: { "\($0)".contains("absolute path") }

        let other = ServerLayout(directory: directory.path + "/other")
        try Files.makeDirectory(other.data, mode: 0o700)
        chmod(other.directory, 0o711)
        try Files.write(Array("9".utf8), to: other.data + "/PG_VERSION", mode: 0o600)
        #expect { try PrivateServer(directory: other.directory, logger: .disabled).prepare() } throws: {
            "\($0)".contains("written by PostgreSQL 9") && "\($0)".contains("pg_upgrade")
        }
        let strange = ServerLayout(directory: directory.path + "/strange")
        try Files.makeDirectory(strange.data, mode: 0o700)
        #expect { try PrivateServer(directory: strange.directory, logger: .disabled).prepare() } throws: { "\($0)".contains("move it away") }

        if geteuid() == 0 {
            let closed = directory.path + "/closed"
            try Files.makeDirectory(closed, mode: 0o700)
            #expect { try PrivateServer(directory: closed + "/postgres", logger: .disabled).prepare() } throws: {
                "\($0)".contains("may not pass through \(closed)") && "\($0)".contains("chmod o+x")
            }
        }
        #expect { try PrivateServer.endpoint(of: directory.path + "/none") } throws: { "\($0)".contains("restore the file from a backup") }
    }

    @Test func aProcessIdThatNowBelongsToSomebodyElseDoesNotBlockTheStart() throws {
        let directory = try TemporaryDirectory()
        defer { directory.remove() }
        try PostgresTemplate.copy(to: directory)
        let server = PrivateServer(directory: directory.path + "/postgres", logger: .disabled)
        _ = try server.prepare()
        let layout = ServerLayout(directory: directory.path + "/postgres")
        try Files.write(Array("\(getpid())\n\(layout.data)\n1\n5432\n\n\n\nready   \n".utf8), to: layout.pidFile, mode: 0o600)
        #expect(!server.isReady)
        _ = try server.command()
        #expect(!Files.exists(layout.pidFile))
    }
}

extension PrivateServer {
    /// As a later start does, which holds the lock already.
    fileprivate func prepareAgain() throws -> PostgresEndpoint {
        let layout = ServerLayout(directory: directory)
        let account = try ServerAccount.choose(dataDirectory: layout.data)
        let socket = try SocketDirectory.prepare(layout, account: account)
        return try Self.endpoint(of: directory).with("host", socket)
    }
}
