import Foundation
import Platform
import TestSupport

/// A Docker engine with a hand on it: passes every byte between Millwright and the real engine, counts the writes,
/// and at a chosen one does what the test wants before the reply gets through.
///
/// `@unchecked Sendable`: all state is in `state`; descriptors are used by one thread each.
final class EngineProxy: @unchecked Sendable {
    enum Mode: Sendable, Equatable {
        case pass
        /// Takes connections and answers nothing.
        case hang
        /// Closes every connection at once.
        case refuse
    }

    private struct State {
        var mode = Mode.pass
        var requests: [String] = []
        var killAtWrite: Int?
        var connections: [(Int32, Int32)] = []
    }

    let path: String
    private let upstream: String
    private let listener: Int32
    private let state = Locked(State())
    private let onKill: @Sendable () -> Void

    /// - Parameter onKill: called in place of the reply to the chosen write; the engine has done it by then.
    init(path: String, upstream: String = Engine.socket, onKill: @escaping @Sendable () -> Void = {}) throws {
        self.path = path
        self.upstream = upstream
        self.onKill = onKill
        // Whoever hangs up while we write is no reason for the tests to end.
        signal(SIGPIPE, SIG_IGN)
        listener = try UnixSocket.listen(path)
        Threads.start(name: "proxy") { [self] in acceptLoop() }
    }

    var host: String { "unix://\(path)" }

    func set(_ mode: Mode) {
        let toClose = state.withLock { state -> [(Int32, Int32)] in
            state.mode = mode
            return mode == .pass ? [] : state.connections
        }
        // What is under way is cut, as by an engine that stops; a hanging engine keeps its connections and says nothing.
        if mode == .refuse { for (a, b) in toClose { shutdown(a, Int32(SHUT_RDWR)); shutdown(b, Int32(SHUT_RDWR)) } }
    }

    /// Kills at the nth write from now, counted from 1.
    func killAtWrite(_ number: Int?) {
        state.withLock {
            $0.requests = []
            $0.killAtWrite = number
        }
    }

    /// The writes seen since the last `killAtWrite`, `POST /containers/create`, without exec probes.
    var writes: [String] { state.withLock { $0.requests.filter(Self.isWrite) } }
    /// Every request line since then.
    var requests: [String] { state.withLock { $0.requests } }

    func close() {
        shutdown(listener, Int32(SHUT_RDWR))
        Glibc.close(listener)
        unlink(path)
    }

    private static func isWrite(_ line: String) -> Bool {
        !line.hasPrefix("GET ") && !line.hasPrefix("HEAD ") && !line.contains("/exec")
    }

    private func acceptLoop() {
        while true {
            let client = accept(listener, nil, nil)
            guard client >= 0 else { return }
            switch state.withLock({ $0.mode }) {
            case .refuse: Glibc.close(client)
            case .hang, .pass: Threads.start(name: "proxied") { [self] in serve(client) }
            }
        }
    }

    private func serve(_ client: Int32) {
        guard let server = try? UnixSocket.connect(upstream) else {
            Glibc.close(client)
            return
        }
        state.withLock { $0.connections.append((client, server)) }
        let pending = Locked<Bool>(false)  // the chosen write is under way on this connection
        let done = DispatchSemaphore(value: 0)
        Threads.start(name: "proxied-up") { [self] in
            pump(from: client, to: server) { [self] bytes in
                guard let line = Self.requestLine(bytes) else { return true }
                let chosen = state.withLock { state -> Bool in
                    state.requests.append(line)
                    guard Self.isWrite(line), let wanted = state.killAtWrite else { return false }
                    return state.requests.filter(Self.isWrite).count == wanted
                }
                if chosen { pending.withLock { $0 = true } }
                return true
            }
            shutdown(server, Int32(SHUT_WR))
            done.signal()
        }
        pump(from: server, to: client) { [self] _ in
            guard pending.withLock({ $0 }) else { return true }
            state.withLock { $0.killAtWrite = nil }
            onKill()
            return false
        }
        shutdown(client, Int32(SHUT_RDWR))
        shutdown(server, Int32(SHUT_RDWR))
        done.wait()
        state.withLock { $0.connections.removeAll { $0.0 == client } }
        Glibc.close(client)
        Glibc.close(server)
    }

    private func pump(from: Int32, to: Int32, _ allow: ([UInt8]) -> Bool) {
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = buffer.withUnsafeMutableBytes { read(from, $0.baseAddress, $0.count) }
            guard count > 0 else { return }
            while state.withLock({ $0.mode }) == .hang { usleep(20_000) }
            let bytes = Array(buffer[..<count])
            guard allow(bytes), (try? Files.writeAll(bytes, to: to, name: "proxy")) != nil else { return }
        }
    }

    /// `POST /containers/create`, without the version and the query, when the bytes begin a request.
    private static func requestLine(_ bytes: [UInt8]) -> String? {
        let head = String(decoding: bytes.prefix(400), as: UTF8.self)
        guard let line = head.split(separator: "\r\n").first, line.hasSuffix("HTTP/1.1") else { return nil }
        let words = line.split(separator: " ")
        guard words.count == 3, ["GET", "POST", "PUT", "DELETE", "HEAD"].contains(words[0]) else { return nil }
        var path = words[1].prefix { $0 != "?" }
        if path.hasPrefix("/v1."), let slash = path.dropFirst().firstIndex(of: "/") { path = path[slash...] }
        return "\(words[0]) \(path)"
    }
}
