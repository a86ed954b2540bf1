import Crypto
import EventLoop
import Kernel
import Platform
import Postgres
import Telemetry

/// The working part of the store on PostgreSQL: gathers writes into batches, follows the change log, keeps the log short.
///
/// Flow: `commit` queues; `runWriter` takes all that waits as one batch while the batch before it is under way, and settles it; `runFollower` reads
/// what other processes wrote. Both apply changes to the one cache in revision order: whoever comes second finds them applied.
///
/// Pinned to the event loop, so between two awaits nothing else here runs.
actor StoreEngine {
    private static let batchWrites = 256
    private static let batchBytes = 4 << 20

    let loop: EventLoop
    let connector: PostgresConnector
    let cache: WatchCache
    let codec: ObjectCodec
    let settings: PostgresStoreSettings
    let identity: StoreIdentity
    let logger: Logger
    let instruments: StoreInstruments
    let freshness: Locked<StoreFreshness>
    /// Opened when the store follows the database for the first time.
    let following: Wakeup
    let changed: Wakeup
    let clocks = SystemClocks()
    private let work: Wakeup

    /// Of this process; batches are numbered under it.
    private let writer: [UInt8]
    private var batchNumber: Int64 = 0
    private var waiting: [PendingWrite] = []
    private var waitingBytes = 0
    private var underWay: [PendingWrite] = []
    private var isSweeping = false
    private var isStopped = false
    private var writerConnection: PostgresConnection?
    /// The highest revision that somebody announced.
    var announced: Int64 = 0
    var lastFailure = "PostgreSQL has not answered yet"
    private var random = SystemRandomNumberGenerator()

    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    init(
        loop: EventLoop, connector: PostgresConnector, cache: WatchCache, codec: ObjectCodec, settings: PostgresStoreSettings,
        identity: StoreIdentity,
        writer: [UInt8], freshness: Locked<StoreFreshness>, logger: Logger, instruments: StoreInstruments
    ) {
        self.loop = loop
        self.connector = connector
        self.cache = cache
        self.codec = codec
        self.settings = settings
        self.identity = identity
        self.writer = writer
        self.freshness = freshness
        self.logger = logger
        self.instruments = instruments
        following = Wakeup(loop: loop)
        work = Wakeup(loop: loop)
        changed = Wakeup(loop: loop)
    }

    var isWriting: Bool { !underWay.isEmpty }

    // MARK: Taking writes

    func commit(_ write: StoreWrite) async -> Result<StoredObject, StoreError> {
        let sealed: (keyID: String?, value: [UInt8])
        do { sealed = try codec.seal(write.bytes, for: write.key) } catch { return .failure(error) }
        if isStopped { return .failure(.unavailable("the store is stopping; try again in a moment")) }
        guard waiting.count < settings.waitingWrites, waiting.isEmpty || waitingBytes + sealed.value.count <= settings.waitingBytes else {
            return .failure(.unavailable("\(waiting.count) writes wait for PostgreSQL already; try again later. Last: \(lastFailure)"))
        }
        return await withCheckedContinuation { continuation in
            waitingBytes += sealed.value.count
            waiting.append(
                PendingWrite(
                    write: write, keyID: sealed.keyID, value: sealed.value, deadline: clocks.monotonic + settings.writeDeadline,
                    continuation: continuation))
            work.signal()
            sweepLater()
        }
    }

    /// Answers writes whose time is over, as long as there are writes.
    private func sweepLater() {
        guard !isSweeping else { return }
        isSweeping = true
        loop.schedule(after: .milliseconds(250)) { [weak self] in self?.assumeIsolated { $0.sweep() } }
    }

    private func sweep() {
        isSweeping = false
        let now = clocks.monotonic
        for pending in waiting + underWay where pending.deadline <= now { giveUp(pending) }
        waiting.removeAll(where: \.isAnswered)
        waitingBytes = waiting.reduce(0) { $0 + $1.value.count }
        if !waiting.isEmpty || !underWay.isEmpty { sweepLater() }
    }

    private func giveUp(_ pending: PendingWrite) {
        guard !pending.isAnswered else { return }
        let waited = settings.writeDeadline.manifest
        let advice = "Check that PostgreSQL is running and not overloaded; writes go on by themselves when it is back."
        pending.answer(
            .failure(
                .unavailable(
                    pending.wasSent
                        ? "the write of \(pending.write.key) was sent, but no answer came within \(waited) (\(lastFailure)): it may or may not have been "
                            + "made. Read the object to see. \(advice)"
                        : "\(pending.write.key) was not written: PostgreSQL was not available for \(waited) (\(lastFailure)). \(advice)")))
    }

    // MARK: Writing

    /// Until the task is cancelled.
    /// - Throws: `StoreError` when the database is not the one it was: start anew, from its present state.
    func runWriter() async throws {
        defer { stopWriting() }
        // Now, so that the first write doesn't wait for it.
        do { _ = try await connectedWriter() } catch { lastFailure = "\(error)" }
        while !Task.isCancelled {
            guard !waiting.isEmpty else {
                await work.wait(for: nil)
                continue
            }
            let batch = takeBatch()
            underWay = batch
            try await settle(batch)
            underWay.removeAll(where: \.isAnswered)  // what is left, a stop answers
            if announced > cache.revision { changed.signal() }
        }
    }

    private func stopWriting() {
        isStopped = true
        for pending in waiting + underWay {
            pending.answer(
                .failure(
                    .unavailable(
                        "the store stopped before the write of \(pending.write.key) was \(pending.wasSent ? "confirmed: it may or may not have been made" : "made")"
                    )))
        }
        waiting = []
        underWay = []
    }

    private func takeBatch() -> [PendingWrite] {
        var count = 0
        var bytes = 0
        for pending in waiting {
            bytes += pending.value.count
            if count > 0, count >= Self.batchWrites || bytes > Self.batchBytes { break }
            count += 1
        }
        let batch = Array(waiting.prefix(count))
        waiting.removeFirst(count)
        waitingBytes -= batch.reduce(0) { $0 + $1.value.count }
        return batch
    }

    /// Sends the batch until its outcome is known, or nobody waits for it any more.
    private func settle(_ batch: [PendingWrite]) async throws {
        batchNumber += 1
        var failures = 0
        // Of an attempt before this one: a later "no" of the server says nothing about that.
        var isOutcomeUnknown = false
        while !Task.isCancelled {
            // The next batch's number makes sure that this one is not carried out later.
            if batch.allSatisfy(\.isAnswered) { return }
            do {
                let connection = try await connectedWriter()
                for pending in batch { pending.wasSent = true }
                let answer = try await connection.query(statement(batch), .write)
                try await conclude(batch, try answer.ints(0, 0), over: connection)
                return
            } catch let error as PostgresError {
                isOutcomeUnknown = isOutcomeUnknown || error.isOutcomeUnknown
                for pending in batch { pending.wasSent = isOutcomeUnknown }
                if Task.isCancelled { return }
                failures += 1
                lastFailure = "\(error)"
                if error.sqlState == PostgresError.diskFull, !isOutcomeUnknown { return refuseForSpace(batch, error) }
                if error.sqlState == CommitFunction.wrongDatabase { throw identity.replaced }
                if let state = error.sqlState, state.hasPrefix("22") || state.hasPrefix("23") || state.hasPrefix("42") || state.hasPrefix("54") {
                    return try await refuse(batch, error)
                }
                // Class 25: the session is in no state to write, or its server became a standby. The next one finds a server that takes writes.
                if error.sqlState?.hasPrefix("25") == true { await writerConnection?.close() }
                if failures == 1 {
                    logger.warning("a write to PostgreSQL failed; trying again", ["error": "\(error)", "writes": "\(batch.count)"])
                }
                do { try await loop.sleep(for: pause(after: failures, error)) } catch { return }
            }
        }
    }

    /// The server answered that it will never take this: nothing of the batch was done. One by one the innocent ones get through.
    private func refuse(_ batch: [PendingWrite], _ error: PostgresError) async throws {
        guard batch.count > 1 else {
            logger.error("PostgreSQL refused a write", ["key": batch.first.map { "\($0.write.key)" } ?? "", "error": "\(error)"])
            for pending in batch { pending.answer(.failure(.invalid("\(pending.write.key) can't be stored: \(error)"))) }
            return
        }
        for pending in batch { try await settle([pending]) }
    }

    /// Waiting makes no space: said at once, for nothing of the batch was done.
    private func refuseForSpace(_ batch: [PendingWrite], _ error: PostgresError) {
        logger.error("PostgreSQL's disk is full; free space there", ["error": "\(error)", "writes": "\(batch.count)"])
        for pending in batch {
            pending.answer(.failure(.unavailable("\(pending.write.key) was not written: \(error). Free space on PostgreSQL's disk, then try again")))
        }
    }

    private func connectedWriter() async throws(PostgresError) -> PostgresConnection {
        if let connection = writerConnection, await connection.isOpen { return connection }
        let connection = try await connector.connect()
        writerConnection = connection
        return connection
    }

    private func pause(after failures: Int, _ error: PostgresError) -> Duration {
        let ceiling = min(Int64(20) << min(failures, 6), 1000)
        let own = Duration.milliseconds(Int64.random(in: ceiling / 2...ceiling, using: &random))
        return max(own, min(error.retryAfter ?? .zero, .seconds(2)))
    }

    private func statement(_ batch: [PendingWrite]) -> PostgresStatement {
        PostgresStatement(
            CommitFunction.call,
            [
                .uuid(identity.bytes), .int(cache.revision), .uuid(writer), .int(batchNumber), .ints(batch.map(\.kind)),
                .texts(batch.map(\.write.key.resource)), .texts(batch.map(\.write.key.namespace)), .texts(batch.map(\.write.key.name)),
                .ints(batch.map(\.expected)), .texts(batch.map(\.keyID)), .byteArrays(batch.map(\.value)),
            ], isPrepared: true)
    }

    /// Makes what was written visible, then answers.
    private func conclude(_ batch: [PendingWrite], _ outcomes: [Int64], over connection: PostgresConnection) async throws {
        guard outcomes.count == batch.count + 1 else {
            throw PostgresError.malformed("PostgreSQL gave \(outcomes.count - 1) outcomes for \(batch.count) writes")
        }
        let base = outcomes[0]
        var results: [Result<StoredObject, StoreError>] = []
        var changes: [WatchCache.Change] = []
        for (pending, outcome) in zip(batch, outcomes.dropFirst()) {
            guard outcome > 0 else {
                results.append(.failure(pending.refusal(outcome, base: base)))
                continue
            }
            guard let object = StoredObject(key: pending.write.key, revision: outcome, unversioned: pending.write.bytes) else {
                results.append(.failure(.invalid("\(pending.write.key) is not a JSON object with metadata; send the whole object")))
                continue
            }
            let isDeletion = if case .delete = pending.write.change { true } else { false }
            changes.append(WatchCache.Change(object: object, isDeletion: isDeletion))
            results.append(.success(object))
        }
        let reached = max(base, changes.last?.object.revision ?? 0)
        // A gap: others wrote in between. Read theirs first; ours come with them.
        if cache.revision < base || !cache.apply(changes) { await show(reached, over: connection) }
        instruments.settled(results, revision: reached)
        for (pending, result) in zip(batch, results) { pending.answer(result) }
    }

    /// Reads the log until the revision is visible. What was written is durable whatever happens here, so a failure only leaves it to the
    /// follower to show it, which is waited for in reason.
    private func show(_ revision: Int64, over connection: PostgresConnection) async {
        do { try await catchUp(over: connection) } catch { lastFailure = "\(error)" }
        guard cache.revision < revision else { return }
        changed.signal()
        _ = await cache.waitUntil(revision: revision, timeout: settings.writeDeadline)
    }

    // MARK: Following

    /// Applies what the log has after the cache's revision; loads everything anew when some of that is gone.
    func catchUp(over connection: PostgresConnection) async throws {
        let log = ChangeLog(connection: connection, codec: codec)
        while true {
            switch try await log.page(after: cache.revision) {
            case .changes(let changes, let isLast):
                cache.apply(changes)
                if isLast { return }
            case .gap:
                logger.warning("changes were compacted before they were seen; loading all objects anew", ["revision": "\(cache.revision)"])
                let snapshot = try await SnapshotLoader(connection: connection, codec: codec).load()
                // The other loop may have come by in the meantime.
                if snapshot.revision > cache.revision {
                    cache.reset(snapshot.objects, revision: snapshot.revision, evictedThrough: [:], floor: snapshot.revision)
                }
            }
        }
    }

    func noteAnnounced(_ revision: Int64) {
        announced = max(announced, revision)
        // A batch of ours under way may be what was announced; its end looks again.
        if announced > cache.revision { changed.signal() }
    }

    func close() async {
        await writerConnection?.close()
        writerConnection = nil
    }
}
