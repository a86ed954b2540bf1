import DataPipelinePlan
import Kernel
import PipelineJobs
import PipelineProcess
import PipelineReports
import Platform
import Reconciliation
import ServiceKit
import Telemetry

/// Keeps the workers of this process's runs: starts them, writes what they say into the journal, renews their leases, ends those whose run is lost.
///
/// Nothing of a run is only here: a worker that dies, or this process, leaves the journal behind, and the planner starts the run again.
public final class RunSupervisor: Sendable {
    /// A worker and what was heard of it.
    struct Running {
        let worker: WorkerProcess
        let epoch: Int64
        /// When its lease was surely ours last.
        var renewed: MonotonicInstant
        var view = ObservedRun.Worker()
        var pace = RunPace()
        var hasLost = false
        /// We ended it so that the run can go on elsewhere.
        var isLetGo = false
        /// Where the rows up to its last checkpoint went, and bytes read until there.
        var checkpoint: (rows: JSON, bytesRead: Int64)?
        /// When it was told to cancel.
        var cancelled: MonotonicInstant?
    }

    struct Start: Sendable {
        var key: NamespacedName
        var uid: String
        var pipeline: String
        var revision: String
        var epoch: Int64
        /// When its lease was asked for.
        var asked: MonotonicInstant
        var job: WorkerJob
        /// When the run began: the job's clock may be an earlier run's.
        var started: Timestamp
        /// What its worker before this one reported last.
        var report: JSON?
        var places: PipelinePlaces
        var wantsCancel: Bool
    }

    /// What a worker says, in order; it ends with its end.
    struct Hearing: Sendable {
        let start: Start
        let worker: WorkerProcess
        let events: AsyncStream<WorkerProcess.Event>
    }

    let journal: RunJournal
    private let executable: String
    let clocks: any WaitingClocks
    let logger: Logger
    let instruments: RunInstruments
    let version: String
    let running = Locked<[String: Running]>([:])
    private let hearings: AsyncStream<Hearing>
    private let begin: AsyncStream<Hearing>.Continuation
    let ring = Locked<@Sendable (NamespacedName) -> Void>({ _ in })

    /// - Parameter executable: the absolute path of this program.
    public init(journal: RunJournal, executable: String, version: String, clocks: any WaitingClocks, logger: Logger, metrics: Metrics) {
        self.journal = journal
        self.executable = executable
        self.version = version
        self.clocks = clocks
        self.logger = logger
        instruments = RunInstruments(metrics)
        (hearings, begin) = AsyncStream.makeStream()
    }

    /// What makes a pass over a run due.
    func connect(_ ring: @escaping @Sendable (NamespacedName) -> Void) { self.ring.withLock { $0 = ring } }

    func view(_ uid: String) -> ObservedRun.Worker? { running.withLock { $0[uid]?.view } }

    // MARK: Orders

    func start(_ start: Start) throws(ActionFailure) {
        guard running.withLock({ $0[start.uid] == nil }) else { return }
        let worker: WorkerProcess
        do throws(SystemError) { worker = try WorkerProcess(start.job, executable: executable, environment: WorkerErrand.environment) } catch {
            throw .transient("the worker of run \(start.key) can't be started: \(error)")
        }
        var entry = Running(worker: worker, epoch: start.epoch, renewed: start.asked)
        if start.wantsCancel { (entry.view.request, entry.cancelled) = (.cancel, clocks.monotonic) }
        running.withLock { $0[start.uid] = entry }
        if start.wantsCancel { worker.send(.cancel) }
        begin.yield(Hearing(start: start, worker: worker, events: worker.events()))
        logger.info("pipeline worker started", ["run": start.key.description, "pid": "\(worker.pid)", "epoch": "\(start.epoch)"])
        count()
    }

    func pause(_ uid: String) {
        let worker = running.withLock { running -> WorkerProcess? in
            if running[uid]?.view.request == .goOn { running[uid]?.view.request = .pause }
            return running[uid]?.worker
        }
        worker?.send(.pause)
    }

    func cancel(_ uid: String) {
        let now = clocks.monotonic
        let worker = running.withLock { running -> WorkerProcess? in
            guard var entry = running[uid] else { return nil }
            (entry.view.request, entry.cancelled) = (.cancel, entry.cancelled ?? now)
            running[uid] = entry
            return entry.worker
        }
        worker?.send(.cancel)
    }

    // MARK: Running

    /// Hears the workers until told to stop; those that still run then are ended and let go: killed at any byte a run goes on, here or elsewhere.
    public func run(until stop: StopSignal, ready: @escaping @Sendable () -> Void) async {
        await withDiscardingTaskGroup { group in
            group.addTask { await self.keepLeases(until: stop) }
            group.addTask { await self.keepFence(until: stop) }
            group.addTask {
                await stop.wait()
                for uid in self.running.withLock({ $0.keys.sorted() }) { self.letGo(uid) }
                self.begin.finish()
            }
            ready()
            for await hearing in hearings { group.addTask { await self.hear(hearing) } }
        }
    }

    func count() { instruments.count(running.withLock { $0.count }) }
}

extension RunSupervisor.Start {
    /// Of the run's metrics.
    var labels: Metrics.Labels { [("namespace", key.namespace), ("pipeline", pipeline), ("run", key.name)] }

    func facts(inForce: [String], version: String, now: Timestamp) -> RunReport.Facts {
        var facts = RunReport.Facts(
            pipeline: pipeline, namespace: key.namespace, run: key.name, version: version, revision: revision, started: started, ended: now, attempts: Int(epoch))
        facts.parameters = job.parameters
        facts.inForce = inForce
        return facts
    }
}
