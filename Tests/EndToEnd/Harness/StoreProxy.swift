import Foundation
import Platform
import TestSupport

/// A PostgreSQL with a hand on it: passes every byte between Millwright and the server, sees each commit of the store, and at a chosen
/// one has the process killed.
///
/// From the chosen commit on nothing of what the server says reaches anybody, on no connection, until it has answered that one: else the
/// notification of the change would overtake the answer.
final class StoreProxy: Sendable {
    /// When the process dies.
    enum Moment: String, Sendable, CaseIterable {
        /// The commit is done, and its answer never arrives.
        case beforeTheAnswer = "before the answer"
        /// The answer has been taken from the socket.
        case afterTheAnswer = "after the answer"
    }

    struct Point: Sendable {
        /// Of the commits since `arm`, counted from 1, those that only renew Leases left out.
        let number: Int
        let moment: Moment
    }

    private struct State {
        var point: Point?
        var commits: [[String]] = []
        var isHolding = false
    }

    let directory: TemporaryDirectory
    private let upstream: String
    private let listener: Int32
    private let state = Locked(State())
    private let staysConnected: Bool
    private let onKill: @Sendable () -> Void

    /// - Parameters:
    ///   - upstream: the server's socket directory.
    ///   - staysConnected: the connections go on after the kill, as it is somebody else's process that dies.
    init(upstream: String, staysConnected: Bool = false, onKill: @escaping @Sendable () -> Void) throws {
        signal(SIGPIPE, SIG_IGN)
        directory = try TemporaryDirectory("mwt-store")
        self.upstream = upstream + "/.s.PGSQL.5432"
        self.staysConnected = staysConnected
        self.onKill = onKill
        listener = try UnixSocket.listen(directory.path + "/.s.PGSQL.5432")
        Threads.start(name: "store-proxy") { [self] in
            while case let client = accept(listener, nil, nil), client >= 0 {
                Threads.start(name: "store-proxied") { [self] in serve(client) }
            }
        }
    }

    /// Begins to count anew, and kills at that point, once.
    func arm(_ point: Point?) {
        state.withLock {
            $0.point = point
            $0.commits = []
        }
    }

    /// The commits since `arm`, those that only renew Leases left out; each with its writes.
    var commits: [[String]] { state.withLock { $0.commits } }
    /// Whether a point is still waited for.
    var isArmed: Bool { state.withLock { $0.point != nil } }

    func close() {
        shutdown(listener, Int32(SHUT_RDWR))
        Glibc.close(listener)
        directory.remove()
    }

    private func serve(_ client: Int32) {
        defer { Glibc.close(client) }
        guard let server = try? UnixSocket.connect(upstream) else { return }
        defer { Glibc.close(server) }
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        var said = PostgresTraffic()
        var answers = PostgresAnswers()
        var chosen: (endsWith: Int, moment: Moment)?
        // Whatever ends this connection, the others must not wait for its answer.
        defer { if chosen != nil { state.withLock { $0.isHolding = false } } }
        while true {
            var polls = [pollfd(fd: client, events: Int16(POLLIN), revents: 0), pollfd(fd: server, events: Int16(POLLIN), revents: 0)]
            guard poll(&polls, 2, -1) > 0 else { continue }
            if polls[0].revents != 0 {
                let count = read(client, &buffer, buffer.count)
                guard count > 0 else { return }
                for commit in said.take(buffer[..<count]) {
                    if let moment = chooses(commit) { chosen = (commit.endsWith, moment) }
                }
                guard send(server, buffer, count, Int32(MSG_NOSIGNAL)) == count else { return }
            }
            if polls[1].revents != 0 {
                let count = read(server, &buffer, buffer.count)
                guard count > 0 else { return }
                if let (endsWith, moment) = chosen {
                    if answers.take(buffer[..<count]) >= endsWith {
                        if moment == .afterTheAnswer { deliver(buffer[..<count], to: client) }
                        onKill()
                        state.withLock { $0.isHolding = false }
                        chosen = nil
                        guard staysConnected else { return }
                        if moment == .afterTheAnswer { continue }
                    }
                } else {
                    _ = answers.take(buffer[..<count])
                    while state.withLock({ $0.isHolding }) { usleep(1000) }
                }
                guard send(client, buffer, count, Int32(MSG_NOSIGNAL)) == count else { return }
            }
        }
    }

    private func chooses(_ commit: PostgresTraffic.Commit) -> Moment? {
        guard !commit.writes.allSatisfy({ $0.contains(" leases.coordination.k8s.io/") }) else { return nil }
        return state.withLock { state in
            state.commits.append(commit.writes)
            guard let point = state.point, state.commits.count == point.number else { return nil }
            state.point = nil
            state.isHolding = true
            return point.moment
        }
    }

    /// Sends, and waits until the other side has read it all.
    private func deliver(_ bytes: ArraySlice<UInt8>, to client: Int32) {
        let bytes = Array(bytes)
        guard send(client, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count else { return }
        for _ in 0..<2000 {
            var unread: Int32 = 0
            guard ioctl(client, UInt(TIOCOUTQ), &unread) == 0, unread > 0 else { return }
            usleep(500)
        }
    }
}

/// Counts the answers "ready for query" in what the server says.
struct PostgresAnswers {
    private var pending: [UInt8] = []
    private var count = 0

    /// - Returns: how many there were so far.
    mutating func take(_ bytes: ArraySlice<UInt8>) -> Int {
        pending += bytes
        while pending.count >= 5 {
            let total = 1 + pending[1..<5].reduce(0) { $0 << 8 | Int($1) }
            guard pending.count >= total else { break }
            if pending[0] == UInt8(ascii: "Z") { count += 1 }
            pending.removeFirst(total)
        }
        return count
    }
}
