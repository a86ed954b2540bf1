import EventLoop
import Kernel
import Postgres

extension StoreEngine {
    static let channel = "millwright_changes"

    /// Follows what other processes write, until the task is cancelled. Woken by notifications, and now and then without.
    ///
    /// - Throws: `StoreError` when the database is not the one it was, or holds what can't be read.
    func runFollower() async throws {
        var failures = 0
        while !Task.isCancelled {
            var connection: PostgresConnection?
            do {
                let fresh = try await connector.connect()
                connection = fresh
                try await follow(over: fresh) { failures = 0 }
            } catch let error as PostgresError {
                if Task.isCancelled { break }
                failures += 1
                becomeStale(error, isFirst: failures == 1)
                // Short at first: a server that was restarted is back in a tenth of a second.
                let ceiling = min(Int64(20) << min(failures, 6), 1000)
                do { try await loop.sleep(for: max(.milliseconds(ceiling), min(error.retryAfter ?? .zero, .seconds(2)))) } catch {}
            }
            await connection?.close()
        }
    }

    private func becomeStale(_ error: PostgresError, isFirst: Bool) {
        lastFailure = "\(error)"
        freshness.withLock { $0 = .stale(reason: "\(connector.endpoint) is away: \(error); reads answer from memory, writes wait") }
        instruments.following(false)
        if isFirst { logger.warning("following the database is interrupted; reads answer from memory", ["error": "\(error)"]) }
    }

    private func follow(over connection: PostgresConnection, isFollowing: () -> Void) async throws {
        let changed = changed
        try await connection.listen(Self.channel) { [weak self] _, payload in
            // On the loop, as this actor is.
            guard let revision = Int64(payload) else { return }
            self?.assumeIsolated { $0.noteAnnounced(revision) }
        } onLoss: {
            changed.signal()
        }
        try await identity.check(connection, known: cache.revision)
        // Listening first and reading then: nothing falls in between.
        try await catchUp(over: connection)
        isFollowing()
        let wasStale = freshness.withLock { freshness -> Bool in
            defer { freshness = .current }
            return freshness != .current
        }
        instruments.following(true)
        following.signal()
        if wasStale { logger.info("following the database again", ["revision": "\(cache.revision)"]) }
        var lastLook = clocks.monotonic
        while !Task.isCancelled {
            if announced <= cache.revision { await changed.wait(for: max(settings.pollEvery - (clocks.monotonic - lastLook), .zero)) }
            try await waitForOwnBatch()
            if Task.isCancelled { return }
            guard await connection.isOpen else { throw PostgresError.connectionLost("the server closed the connection", wasSent: false) }
            guard announced > cache.revision || clocks.monotonic - lastLook >= settings.pollEvery else { continue }
            try await catchUp(over: connection)
            lastLook = clocks.monotonic
            // Whatever was announced and isn't there by now won't come.
            announced = min(announced, cache.revision)
        }
    }

    /// Most announcements are of our own batch, whose answer is about to come: reading the log for it would double the work. Not for long:
    /// the batch may be held up, and somebody else's changes be there.
    private func waitForOwnBatch() async throws {
        for _ in 0..<20 where isWriting && announced > cache.revision {
            do { try await loop.sleep(for: .milliseconds(1)) } catch { return }  // cancelled: the caller sees it
        }
    }
}
