import Foundation
import Kernel
import Platform
import TestSupport

/// A Millwright of the test's own: a data directory, two ports, and the real binary as a child.
final class Installation {
    let directory: String
    let port: Int
    let httpPort: Int
    var dockerHost = "unix:///var/run/docker.sock"
    var extraArguments: [String] = []
    var environment: [String: String] = [:]
    private(set) var process: BackgroundProcess?
    private var logNumber = 0

    static let binary = ProcessInfo.processInfo.environment["MILLWRIGHT_BINARY"]
        ?? FileManager.default.currentDirectoryPath + "/.build/debug/millwright"

    init(_ name: String) throws {
        directory = "/tmp/mwt-\(name)-\(UUID().uuidString.prefix(8).lowercased())"
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        port = try Self.freePort()
        httpPort = try Self.freePort()
    }

    var dataDirectory: String { "\(directory)/data" }
    /// Of a given Kubernetes, which this installation then stands for: nothing is started.
    var givenKubeconfig: String?
    var kubeconfig: String { givenKubeconfig ?? "\(dataDirectory)/kubeconfig" }
    /// What the current process has written to standard output and error.
    var log: String { (try? String(contentsOfFile: "\(directory)/log-\(logNumber)", encoding: .utf8)) ?? "" }
    var allLogs: String { (0...logNumber).map { (try? String(contentsOfFile: "\(directory)/log-\($0)", encoding: .utf8)) ?? "" }.joined() }

    var upArguments: [String] {
        ["up", "--data-dir", dataDirectory, "--listen", "127.0.0.1:\(port)", "--http-listen", "127.0.0.1:\(httpPort)", "--docker-host", dockerHost, "--log-level", "debug"]
            + extraArguments
    }

    /// Starts it and waits until it serves.
    func start() throws {
        guard givenKubeconfig == nil else { return }
        try launch()
        try waitUntilReady()
    }

    func launch() throws {
        logNumber += 1
        process = try BackgroundProcess(Self.binary, upArguments, environment: environment, log: "\(directory)/log-\(logNumber)")
    }

    func waitUntilReady(seconds: Int = 60) throws {
        do {
            try waitUntil("millwright serves", seconds: seconds) {
                if let process, !process.isRunning { throw NeverHappened(what: "millwright stays up; it ended with \(process.status): \(log.suffix(3000))", seconds: 0) }
                guard FileManager.default.fileExists(atPath: kubeconfig) else { return false }
                return try kubectl(["get", "--raw", "/readyz"], seconds: 20).status == 0
            }
        } catch let error as NeverHappened {
            throw NeverHappened(what: "\(error.what); its log ends: \(log.suffix(3000))", seconds: error.seconds)
        }
    }

    /// The processes of this installation: the supervisor and everything below it.
    var processes: [Int32] {
        process?.tree ?? []
    }

    func child(named part: String) -> Int32? {
        processes.dropFirst().first { pid in
            let line = (try? String(contentsOfFile: "/proc/\(pid)/cmdline", encoding: .utf8)) ?? ""
            return line.contains(part)
        }
    }

    /// SIGTERM, then waits for the end.
    /// - Returns: the exit status.
    @discardableResult
    func stop(seconds: Int = 60) throws -> Int32 {
        guard let process else { return 0 }
        if process.isRunning {
            process.signal(SIGTERM)
            try waitUntil("millwright ends after SIGTERM", seconds: seconds) { !process.isRunning }
        }
        self.process = nil
        return process.status
    }

    /// kill -9 of the supervisor and the control plane at once; PostgreSQL is left to notice.
    func killHard() {
        process?.killTree()
        process = nil
    }

    @discardableResult
    func kubectl(
        _ arguments: [String], input: String = "", path: String? = nil, environment: [String: String] = [:], seconds: Int = 60
    ) throws -> ShellResult {
        try Shell.run(
            path ?? Capability.kubectls.last ?? "/usr/bin/kubectl", ["--kubeconfig", kubeconfig, "--cache-dir", "\(directory)/cache"] + arguments, input: input,
            environment: ["HOME": directory].merging(environment) { $1 }, seconds: seconds)
    }

    /// Applies and expects it to work.
    @discardableResult
    func apply(_ yaml: String) throws -> ShellResult {
        let result = try kubectl(["apply", "-f", "-"], input: yaml)
        guard result.status == 0 else { throw NeverHappened(what: "kubectl apply succeeds: \(result.all)", seconds: 0) }
        return result
    }

    func get(_ arguments: String...) throws -> JSON? {
        let result = try kubectl(["get"] + arguments + ["-o", "json"])
        return result.status == 0 ? try JSONParser.parse(result.output) : nil
    }

    @discardableResult
    func millwright(_ arguments: [String], input: String = "", seconds: Int = 60) throws -> ShellResult {
        try Shell.run(Self.binary, arguments, input: input, environment: ["KUBECONFIG": kubeconfig, "MILLWRIGHT_DATA_DIR": dataDirectory], seconds: seconds)
    }

    /// Ends everything and removes what it made on the engine and on disk.
    func tearDown() {
        killHard()
        // It goes with its supervisor; what it still writes would come back behind the removal.
        let postmaster = (try? String(contentsOfFile: "\(dataDirectory)/postgres/data/postmaster.pid", encoding: .utf8))?.split(separator: "\n").first
        if let pid = postmaster.flatMap({ Int32($0) }) {
            kill(pid, SIGINT)
            try? waitUntil("PostgreSQL ends", seconds: 20) { kill(pid, 0) != 0 }
        }
        if let id = installationID { Engine.removeEverything(ofInstallation: id) }
        try? FileManager.default.removeItem(atPath: directory)
    }

    /// The installation's id, from the file that the server leaves for commands; nil before it ever served.
    var installationID: String? {
        (try? String(contentsOfFile: "\(dataDirectory)/installation", encoding: .utf8))?.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    static func freePort() throws -> Int {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0 }
        }
        guard bound else { throw NeverHappened(what: "a port is free", seconds: 0) }
        return Int(UInt16(bigEndian: address.sin_port))
    }
}
