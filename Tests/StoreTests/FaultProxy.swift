import Glibc
import Kernel
import Platform
import TestSupport

/// Stands between a store and its server, and cuts the connection at the worst moment.
///
/// Each connection has a thread of its own that copies both ways; what comes from the client is searched for a marker.
final class FaultProxy: Sendable {
    enum Fault: Sendable, CaseIterable {
        /// The marked bytes never reach the server.
        case beforeTheServer
        /// The server gets them; the connection ends before it can answer.
        case whileTheServerWorks
        /// The server's answer is seen here, so the commit is done, and never arrives.
        case afterTheCommit
    }

    private struct State {
        var fault: (marker: [UInt8], kind: Fault)?
        var cuts = 0
        var isStopped = false
        /// No new connections are let through.
        var isClosed = false
        var clients: Set<Int32> = []
    }

    let directory: TemporaryDirectory
    private let upstream: String
    private let listener: Int32
    private let state = Locked(State())

    /// The loopback port it listens at, when it does so by TCP.
    let port: UInt16

    /// - Parameter upstream: the server's socket directory.
    init(upstream: String, overTCP: Bool = false) throws {
        directory = try TemporaryDirectory()
        self.upstream = upstream + "/.s.PGSQL.5432"
        if overTCP {
            (listener, port) = try UnixSocket.listenAtLoopback()
        } else {
            (listener, port) = (try UnixSocket.listen(directory.path + "/.s.PGSQL.5432"), 0)
        }
        Threads.start(name: "proxy") { [self] in accept() }
    }

    /// Cuts the connection over which the marker is sent next, once.
    func cut(_ kind: Fault, at marker: String) { state.withLock { $0.fault = (Array(marker.utf8), kind) } }
    func close(_ isClosed: Bool) { state.withLock { $0.isClosed = isClosed } }
    /// Ends the connections there are.
    func sever() { state.withLock { for client in $0.clients { shutdown(client, Int32(SHUT_RDWR)) } } }
    var cuts: Int { state.withLock { $0.cuts } }

    func stop() {
        state.withLock { $0.isStopped = true }
        shutdown(listener, Int32(SHUT_RDWR))
        Glibc.close(listener)
        directory.remove()
    }

    private func accept() {
        while true {
            let client = Glibc.accept(listener, nil, nil)
            guard client >= 0 else { return }
            guard !state.withLock({ $0.isClosed || $0.isStopped }), let server = try? UnixSocket.connect(upstream) else {
                Glibc.close(client)
                continue
            }
            Threads.start(name: "proxy-copy") { [self] in copy(client, server) }
        }
    }

    private func copy(_ client: Int32, _ server: Int32) {
        state.withLock { _ = $0.clients.insert(client) }
        defer {
            state.withLock { _ = $0.clients.remove(client) }
            Glibc.close(client)
            Glibc.close(server)
        }
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        var isAwaitingAnswer = false
        while true {
            var polls = [pollfd(fd: client, events: Int16(POLLIN), revents: 0), pollfd(fd: server, events: Int16(POLLIN), revents: 0)]
            guard poll(&polls, 2, -1) > 0 else { continue }
            for (at, target) in [(0, server), (1, client)] where polls[at].revents != 0 {
                let count = read(polls[at].fd, &buffer, buffer.count)
                guard count > 0 else { return }
                if at == 0, let fault = fault(in: buffer[..<count]) {
                    if fault == .beforeTheServer { return }
                    guard send(server, buffer, count, Int32(MSG_NOSIGNAL)) == count else { return }
                    if fault == .whileTheServerWorks { return }
                    isAwaitingAnswer = true
                    continue
                }
                if at == 1, isAwaitingAnswer { return }
                guard send(target, buffer, count, Int32(MSG_NOSIGNAL)) == count else { return }
            }
        }
    }

    private func fault(in bytes: ArraySlice<UInt8>) -> Fault? {
        state.withLock { state in
            guard let (marker, kind) = state.fault, Self.contains(bytes, marker) else { return nil }
            state.fault = nil
            state.cuts += 1
            return kind
        }
    }

    private static func contains(_ bytes: ArraySlice<UInt8>, _ marker: [UInt8]) -> Bool {
        guard bytes.count >= marker.count else { return false }
        return bytes.indices.dropLast(marker.count - 1).contains { bytes[$0...].starts(with: marker) }
    }
}
