import EventLoop
import Foundation
import Glibc
import Guards
import Kernel
import Platform

@testable import Docker
import TestSupport

/// An engine of one's own, which may be stopped, killed and hung. Everything it has is in one directory, removed in the end.
///
/// An engine without a default bridge takes away `docker0`, whosever it is. So it lives in a network namespace of its own, or,
/// where it must be reached over TCP, gets a bridge of its own.
final class PrivateEngine: Sendable {
    let directory: String
    private let extra: [String]
    private let process = Locked<pid_t?>(nil)
    /// nil: in a network namespace of its own.
    private let bridge: String?

    var socket: String { "\(directory)/d.sock" }
    var endpoint: String { "unix://\(socket)" }

    private init(directory: String, extra: [String], bridge: String?) {
        self.directory = directory
        self.extra = extra
        self.bridge = bridge
    }

    /// - Parameter overTCP: further arguments of dockerd, made with the engine's directory, when it listens on the host's network.
    static func with(overTCP extra: ((String) throws -> [String])? = nil, _ body: (PrivateEngine) async throws -> Void) async throws {
        let directory = "/tmp/mwt-" + UUID().uuidString.prefix(8).lowercased()
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        let engine = PrivateEngine(
            directory: directory, extra: try extra?(directory) ?? [], bridge: extra == nil ? nil : "mwt" + directory.suffix(8))
        if let bridge = engine.bridge {
            try Command.run("/bin/ip", ["link", "add", bridge, "type", "bridge"])
            try Command.run("/bin/ip", ["address", "add", "10.78.255.1/24", "dev", bridge])
        }
        do {
            try await engine.start()
            try await body(engine)
        } catch {
            let log = (try? String(contentsOfFile: "\(directory)/log", encoding: .utf8)) ?? ""
            print("log of the engine:\n" + log.suffix(3000))
            try? await engine.end()
            throw error
        }
        try await engine.end()
    }

    func start() async throws {
        forgetDeadContainerd()
        let arguments = [
            "--host", endpoint, "--data-root", "\(directory)/data", "--exec-root", "\(directory)/exec", "--pidfile", "\(directory)/pid",
            "--bridge", bridge ?? "none", "--iptables=false", "--ip6tables=false", "--ip-forward=false", "--ip-masq=false",
        ]
        // unshare becomes dockerd, under the same process id.
        let (program, before) = bridge == nil ? ("/usr/bin/unshare", ["--net", "/usr/sbin/dockerd"]) : ("/usr/sbin/dockerd", [])
        let pid = try Command.start(program, before + arguments + extra, output: "\(directory)/log")
        process.withLock { $0 = pid }
        try await eventually("the engine of one's own is up") {
            guard !self.hasEnded else { throw Command.Failed(description: "dockerd ended") }
            return try await self.answers()
        }
    }

    private func answers() async throws -> Bool {
        let loop = try EventLoop()
        try loop.start(name: "ping")
        defer { loop.stop() }
        let endpoint = DockerEndpoint(address: .unix(path: socket))
        let client = DockerClient(target: "own", endpoint: endpoint, loop: loop, guards: GuardRegistry())
        do throws(DockerError) {
            try await client.within(.seconds(2)).ping()
            return true
        } catch {
            guard error.isTransient else { throw error }
            return false
        }
    }

    private var hasEnded: Bool {
        process.withLock { process in
            guard let pid = process else { return true }
            guard Command.hasEnded(pid) != nil else { return false }
            process = nil
            return true
        }
    }

    func send(_ signal: Int32) {
        if let pid = process.withLock({ $0 }) { kill(pid, signal) }
    }

    func hang() { send(SIGSTOP) }
    func goOn() { send(SIGCONT) }

    func stop(_ signal: Int32 = SIGTERM) async throws {
        send(SIGCONT)
        send(signal)
        try await eventually("the engine of one's own has ended") { self.hasEnded }
    }

    /// A containerd that died with its dockerd stays a zombie where process 1 doesn't reap, and dockerd takes it for alive.
    private func forgetDeadContainerd() {
        let file = "\(directory)/exec/containerd/containerd.pid"
        guard let text = try? String(contentsOfFile: file, encoding: .utf8) else { return }
        let line = (try? String(contentsOfFile: "/proc/\(text.filter(\.isNumber))/cmdline", encoding: .utf8)) ?? ""
        if !line.contains(directory) { try? FileManager.default.removeItem(atPath: file) }
    }

    private func end() async throws {
        try await stop()
        // A killed dockerd leaves its containerd behind.
        if let text = try? String(contentsOfFile: "\(directory)/exec/containerd/containerd.pid", encoding: .utf8),
            let pid = Int32(text.filter(\.isNumber)), pid > 1,
            let line = try? String(contentsOfFile: "/proc/\(pid)/cmdline", encoding: .utf8), line.contains(directory)
        {
            kill(pid, SIGKILL)
            try await eventually("its containerd has ended") { kill(pid, 0) != 0 }
        }
        if let bridge { try Command.run("/bin/ip", ["link", "delete", bridge]) }
        _ = try? Command.run("/bin/sh", ["-c", "for m in $(awk '$2 ~ \"^\(directory)/\" {print $2}' /proc/mounts | sort -r); do umount -l $m; done"])
        try? FileManager.default.removeItem(atPath: directory)
    }
}
