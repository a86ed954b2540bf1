import Kernel
import Kubernetes
import Platform
import Resilience
import ServiceKit
import Telemetry

/// Runs a reconciler over the objects of an informer: one pass per object at a time, several objects side by side, failures with backoff.
///
/// Guarantees: a pass sees a state no older than our own last write to the object; nothing is lost (every change is followed by a pass that
/// began after it); a change of nothing but the status that we wrote ourselves causes no pass; told to stop, it begins no more passes and
/// gives those under way `grace` to end.
public final class Controller<Handler: Reconciler>: Sendable {
    public struct Settings: Sendable {
        /// For logs and metrics.
        public var name: String
        /// The queue's concurrency is the number of passes running at the same time.
        public var queue: WorkQueueState<NamespacedName>.Settings
        /// A pass is cancelled after that.
        public var passTimeout: Duration
        /// For passes under way at shutdown.
        public var grace: Duration
        /// A pass over every object that often; nil, the default: only when something changes.
        public var resync: Duration?
        /// How long a key waits for its own last write to come back by the watch before the server is asked.
        public var fenceTimeout: Duration
        /// Whether this process may act for the object now: it holds the lease. When that becomes true, call `enqueueAll`.
        public var mayAct: @Sendable (KubernetesObject) -> Bool

        public init(
            name: String, queue: WorkQueueState<NamespacedName>.Settings = .init(), passTimeout: Duration = .seconds(900),
            grace: Duration = .seconds(20), resync: Duration? = nil, fenceTimeout: Duration = .seconds(5),
            mayAct: @escaping @Sendable (KubernetesObject) -> Bool = { _ in true }
        ) {
            self.name = name
            self.queue = queue
            self.passTimeout = passTimeout
            self.grace = grace
            self.resync = resync
            self.fenceTimeout = fenceTimeout
            self.mayAct = mayAct
        }
    }

    private enum Done { case worker, timers, graceOver }

    public let settings: Settings
    private let informer: Informer
    private let dependencies: [Informer]
    private let reconciler: Handler
    private let clocks: any WaitingClocks
    private let logger: Logger
    private let metrics: Metrics
    private let queue: WorkQueue<NamespacedName>
    /// Keys waiting for their own last write.
    private let fenced = Locked<Set<NamespacedName>>([])
    private let interruption = PassInterruption()
    private let identifiers: Locked<any RandomNumberGenerator & Sendable>

    /// - Parameters:
    ///   - informer: of the kind; runs as a service of its own, before this.
    ///   - dependencies: informers the reconciler reads from: no pass before they have synced.
    ///   - random: for jitter and correlation ids; seeded in simulations.
    public init(
        _ settings: Settings, informer: Informer, dependencies: [Informer] = [], reconciler: Handler, clocks: any WaitingClocks,
        logger: Logger, metrics: Metrics, random: any RandomNumberGenerator & Sendable = SystemRandomNumberGenerator()
    ) {
        self.settings = settings
        self.informer = informer
        self.dependencies = dependencies
        self.reconciler = reconciler
        self.clocks = clocks
        self.logger = logger.with(["controller": settings.name])
        self.metrics = metrics
        queue = WorkQueue(settings.queue, clocks: clocks, random: random)
        identifiers = Locked(random)
        informer.onChange { [weak self] change in self?.noticed(change) }
    }

    // MARK: What makes passes due

    /// Something the object depends on or owns changed.
    public func enqueue(_ key: NamespacedName, cause: PassCause = .world) {
        queue.add(key, cause: cause)
        metrics.set("millwright_queue_depth", labels, to: Double(queue.depth), help: "Objects waiting for a pass.")
    }

    /// A pass over the object when that time has gone by.
    public func enqueue(_ key: NamespacedName, after delay: Duration) { queue.add(key, cause: .timer, after: delay) }

    /// A pass over every object, after everything that is more urgent.
    public func enqueueAll(cause: PassCause = .resync) { for key in informer.keys { enqueue(key, cause: cause) } }

    /// Cancels every pass under way: the right to act is lost.
    public func interrupt() { interruption.interrupt() }

    /// Objects waiting for a pass now, for status and tests.
    public var depth: Int { queue.depth }
    /// Nothing is in line or under way; delayed wakes and backoffs may stand.
    public var isIdle: Bool { queue.depth == 0 && queue.running == 0 }

    private func noticed(_ change: CacheChange) {
        let wasFenced = informer.isCurrent(change.key) && fenced.withLock { $0.remove(change.key) != nil }
        if change.isOwnWrite, !wasFenced, !change.changesMoreThanStatus { return }
        // Of a status that isn't known as ours by now (the event may be quicker than the answer to the write) a look is enough: it is no
        // reason to forget a backoff.
        enqueue(change.key, cause: change.isInitial ? .resync : change.changesMoreThanStatus ? .object : .timer)
    }

    // MARK: Running

    /// The services of this controller; put them into the group after the informers.
    public var services: [any Service] {
        GracefulService("controller \(settings.name)") { stop, ready in await self.run(until: stop, ready: ready) }.services
    }

    /// Runs passes until told to stop; returns when those under way have ended or the grace is over.
    public func run(until stop: StopSignal, ready: @escaping @Sendable () -> Void = {}) async {
        guard await isSynced(unless: stop) else { return }
        ready()
        await withTaskGroup(of: Done.self) { group in
            group.addTask {
                await self.queue.run()
                return .timers
            }
            if let resync = settings.resync { group.addTask { await self.resync(every: resync) } }
            for _ in 0..<settings.queue.concurrency {
                group.addTask {
                    while let ticket = await self.queue.next() { await self.work(ticket) }
                    return .worker
                }
            }
            group.addTask {
                await stop.wait()
                self.queue.shutDown()
                do { try await self.clocks.sleep(for: self.settings.grace) } catch { return .graceOver }
                self.logger.warning("passes still running at shutdown are cancelled", ["grace": self.settings.grace.manifest])
                return .graceOver
            }
            var workers = settings.queue.concurrency
            while workers > 0, let done = await group.next() {
                switch done {
                case .worker: workers -= 1
                case .timers: break
                case .graceOver: group.cancelAll()
                }
            }
            group.cancelAll()
        }
    }

    /// False when it was told to stop before everything it reads from was there.
    private func isSynced(unless stop: StopSignal) async -> Bool {
        await withTaskGroup(of: Bool.self) { group in
            group.addTask {
                for informer in [self.informer] + self.dependencies { await informer.waitUntilSynced() }
                return !Task.isCancelled
            }
            group.addTask {
                await stop.wait()
                return false
            }
            defer { group.cancelAll() }
            return await group.next() ?? false
        }
    }

    private func resync(every interval: Duration) async -> Done {
        do {
            while true {
                try await clocks.sleep(for: interval)
                enqueueAll()
            }
        } catch {
            return .timers
        }
    }

    private var labels: Metrics.Labels { [("controller", settings.name)] }

    // MARK: One pass

    private func work(_ ticket: WorkQueue<NamespacedName>.Ticket) async {
        metrics.observe("millwright_queue_wait_seconds", labels, seconds: ticket.waited.inSeconds, help: "How long objects waited for a pass.")
        metrics.set("millwright_queue_depth", labels, to: Double(queue.depth), help: "Objects waiting for a pass.")
        let object: KubernetesObject?
        switch await current(ticket) {
        case .success(let found): object = found
        case .failure(.postponed): return queue.postpone(ticket, by: settings.fenceTimeout)
        case .failure(.failed(let result)): return finish(ticket, result, took: nil)
        }
        guard let object else {
            await reconciler.forget(ticket.key)
            return finish(ticket, .settled, took: nil)
        }
        guard settings.mayAct(object) else { return finish(ticket, .settled, took: nil) }

        let start = clocks.monotonic
        let correlation = identifiers.withLock { random in String(random.next(), radix: 16) }
        let pass = PassContext(
            key: ticket.key, correlation: correlation, now: clocks.now, deadline: start + settings.passTimeout, failures: ticket.failures,
            cause: ticket.cause, clocks: clocks, logger: logger.with(["namespace": ticket.key.namespace, "name": ticket.key.name]))
        let result = await Correlation.$id.withValue(correlation) {
            pass.logger.debug("pass begins", ["cause": ticket.cause.name, "resourceVersion": object.resourceVersion])
            return await interruption.run(atMost: settings.passTimeout, clocks: clocks) { await self.reconciler.reconcile(object, in: pass) }
        }
        finish(ticket, result, took: clocks.monotonic - start, correlation: correlation)
    }

    private enum NotNow: Error {
        case postponed
        case failed(PassResult)
    }

    /// The object as of our own last write at least, or nil when it is gone.
    private func current(_ ticket: WorkQueue<NamespacedName>.Ticket) async -> Result<KubernetesObject?, NotNow> {
        let key = ticket.key
        if informer.isCurrent(key) {
            _ = fenced.withLock { $0.remove(key) }
            return .success(informer.get(key))
        }
        let isSecondTime = fenced.withLock { !$0.insert(key).inserted }
        guard isSecondTime else {
            // The event may have come between the two lines above.
            if informer.isCurrent(key), fenced.withLock({ $0.remove(key) != nil }) { return .success(informer.get(key)) }
            return .failure(.postponed)
        }
        metrics.increment("millwright_fence_reads_total", labels, help: "Objects read from the server because the watch was late.")
        do {
            // The fence stays until the watch has caught up: what is in memory is as old as before, and the next pass must not decide from it.
            let object = try await informer.client.get(informer.type, key)
            _ = fenced.withLock { $0.remove(key) }
            return .success(object)
        } catch .notFound {
            _ = fenced.withLock { $0.remove(key) }
            return .success(nil)
        } catch {
            return .failure(.failed(PassResult(ActionFailure(error, breaker: "kubernetes.\(informer.client.target).Read"))))
        }
    }

    private func finish(_ ticket: WorkQueue<NamespacedName>.Ticket, _ result: PassResult, took: Duration?, correlation: String? = nil) {
        let delay = queue.finish(ticket, result)
        guard let took else { return }
        metrics.increment("millwright_passes_total", labels + [("result", result.kind)], help: "Passes over objects, by result.")
        metrics.observe("millwright_pass_seconds", labels, seconds: took.inSeconds, help: "How long passes took.")
        if delay != nil { metrics.increment("millwright_requeues_total", labels, help: "Passes that asked for another one.") }
        Correlation.$id.withValue(correlation) {
            switch result {
            case .retry(let why), .retryAfter(_, let why):
                logger.warning(
                    "pass failed: \(why)",
                    ["key": ticket.key.description, "failures": "\(ticket.failures + 1)", "again": (delay ?? .zero).manifest])
            case .stalled(let why): logger.warning("pass stalled until something changes: \(why)", ["key": ticket.key.description])
            case .settled, .again, .cancelled: logger.debug("pass ended", ["key": ticket.key.description, "result": result.kind])
            }
        }
    }
}
