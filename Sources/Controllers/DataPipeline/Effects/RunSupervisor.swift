import DataPipelinePlan
import Kernel
import PipelineJobs
import PipelineProcess
import Platform
import Reconciliation
import ServiceKit
import Telemetry

/// Keeps the workers of this process's runs: starts them, writes what they say into the journal, renews their leases, ends those whose run is lost.
///
/// Nothing of a run is only here: a worker that dies, or this process, leaves the journal behind, and the planner starts the run again.
public final class RunSupervisor: Sendable {
    /// A worker and what was heard of it.
    private struct Running {
        let worker: WorkerProcess
        let epoch: Int64
        /// When its lease was surely ours last.
        var renewed: MonotonicInstant
        var view = ObservedRun.Worker()
        var pace = RunPace()
        var hasLost = false
        /// We ended it so that the run can go on elsewhere.
        var isLetGo = false
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
        var reportDirectory: String
        var wantsCancel: Bool
    }

    /// What a worker says, in order; it ends with its end.
    private struct Hearing: Sendable {
        let start: Start
        let worker: WorkerProcess
        let events: AsyncStream<WorkerProcess.Event>
    }

    private let journal: RunJournal
    private let executable: String
    private let clocks: any WaitingClocks
    private let logger: Logger
    private let instruments: RunInstruments
    private let version: String
    private let running = Locked<[String: Running]>([:])
    private let hearings: AsyncStream<Hearing>
    private let begin: AsyncStream<Hearing>.Continuation
    private let ring = Locked<@Sendable (NamespacedName) -> Void>({ _ in })

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
        var environment = ["PATH=/usr/bin:/bin", "LANG=C.UTF-8"]
        environment.append("SWIFT_BACKTRACE=enable=no")
        let worker: WorkerProcess
        do throws(SystemError) { worker = try WorkerProcess(start.job, executable: executable, environment: environment) } catch {
            throw .transient("the worker of run \(start.key) can't be started: \(error)")
        }
        var entry = Running(worker: worker, epoch: start.epoch, renewed: start.asked)
        if start.wantsCancel { (entry.view.request, entry.cancelled) = (.cancel, clocks.monotonic) }
        running.withLock { $0[start.uid] = entry }
        if start.wantsCancel { worker.send(.cancel) }
        let (events, continuation) = AsyncStream.makeStream(of: WorkerProcess.Event.self)
        Threads.start(name: "pipeline-run") {
            while true {
                let event = worker.next()
                continuation.yield(event)
                if case .ended = event { break }
            }
            continuation.finish()
        }
        begin.yield(Hearing(start: start, worker: worker, events: events))
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

    /// A worker whose lease could not be renewed for so long is ended: others may have the run soon, and nothing but time tells it.
    private static let fence = Duration.seconds(RunJournal.leaseSeconds - 2)

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

    /// Renews three times in the time that a lease holds.
    private func keepLeases(until stop: StopSignal) async {
        while !stop.isStopping {
            do { try await clocks.sleep(for: .seconds(RunJournal.leaseSeconds) / 3) } catch { return }
            let uids = running.withLock { $0.keys.sorted() }
            guard !uids.isEmpty else { continue }
            let asked = clocks.monotonic
            do throws(ActionFailure) {
                let ours = try await journal.renew(uids)
                running.withLock { running in for (uid, _) in ours { running[uid]?.renewed = asked } }
                for uid in uids where !ours.contains(where: { $0.uid == uid }) { lose(uid) }
                for (uid, isClaimed) in ours where isClaimed { letGo(uid) }
            } catch { logger.warning("the leases of pipeline runs can't be renewed: \(error.message)") }
        }
    }

    /// A worker that is busy with a row or a batch of them hears of a cancellation when it is done with it. It is ended sooner, and another clears
    /// away what it wrote.
    private static let cancelGrace = Duration.seconds(3)

    private func keepFence(until stop: StopSignal) async {
        while !stop.isStopping {
            do { try await clocks.sleep(for: .seconds(1)) } catch { return }
            let now = clocks.monotonic
            for (uid, entry) in running.withLock({ $0 }).sorted(by: { $0.key < $1.key }) where now - entry.renewed > Self.fence && !entry.isLetGo {
                logger.warning("a run's lease could not be renewed in time; its worker is ended, and the run goes on from its checkpoint", ["uid": uid])
                letGo(uid)
            }
            for (uid, entry) in running.withLock({ $0 }).sorted(by: { $0.key < $1.key }) {
                guard let cancelled = entry.cancelled, now - cancelled > Self.cancelGrace else { continue }
                logger.info("a cancelled run's worker is ended, as it has not ended by itself", ["uid": uid])
                running.withLock { $0[uid]?.cancelled = nil }
                entry.worker.kill()
            }
        }
    }

    /// Somebody else has the run: our worker must not write any more.
    private func lose(_ uid: String) {
        let worker = running.withLock { running -> WorkerProcess? in
            if running[uid]?.isLetGo != true { running[uid]?.hasLost = true }
            return running[uid]?.worker
        }
        worker?.kill()
    }

    /// Ends the worker and gives the run back to the journal.
    private func letGo(_ uid: String) {
        let worker = running.withLock { running -> WorkerProcess? in
            running[uid]?.isLetGo = true
            return running[uid]?.worker
        }
        worker?.kill()
    }

    private func hear(_ hearing: Hearing) async {
        let start = hearing.start
        var finished: (report: JSON, isTransient: Bool)?
        for await event in hearing.events {
            switch event {
            case .message(.started(_, let inForce)): note(start) { $0.view.inForce = inForce }
            case .message(.progress(let report)):
                let now = clocks.monotonic
                note(start) { entry in
                    if report["rows"]?["rowsRead"]?.int ?? 0 > entry.view.progress?["rows"]?["rowsRead"]?.int ?? 0 { entry.view.trouble = nil }
                    entry.view.progress = report
                    entry.pace.note(report, at: now)
                    (entry.view.rowsPerSecond, entry.view.remaining) = (entry.pace.rowsPerSecond, entry.pace.remaining(report))
                }
                instruments.measure(start.labels, report, running.withLock { $0[start.uid]?.view })
            case .message(.checkpoint(let number, let bytes, let bytesRead)):
                let isKept = await keep(start, number, bytes, bytesRead)
                hearing.worker.send(.acknowledge(number: number, isRefused: !isKept))
                if !isKept { lose(start.uid) }
            case .message(.finished(let report, let isTransient)): finished = (report, isTransient)
            case .message(.log(let lines)): for line in lines { logger.info("script: \(line)", ["run": start.key.description]) }
            case .message(.problem(let problem)):
                // A warning is the engine's: it tries again by itself, or has turned to a fallback. A row's problem is in the report.
                guard problem["severity"] == "warning" else { break }
                let words = ProblemWords.sentence(problem, base: start.job.baseDirectory)
                logger.warning("pipeline run tries again: \(words)", ["run": start.key.description])
                note(start) { entry in
                    if problem["transient"] == true { entry.view.retries += 1 }
                    entry.view.trouble = words
                }
            case .message(.tests): break
            case .ended(let end): await conclude(start, end, finished)
            }
        }
    }

    private func note(_ start: Start, _ change: (inout Running) -> Void) {
        running.withLock { running in
            guard var entry = running[start.uid] else { return }
            change(&entry)
            running[start.uid] = entry
        }
        ring.withLock { $0 }(start.key)
    }

    /// Asks until the journal answers: the worker waits, and nothing is lost while the database is away.
    private func keep(_ start: Start, _ number: Int64, _ bytes: [UInt8], _ bytesRead: Int64) async -> Bool {
        var wait = Duration.milliseconds(200)
        while !Task.isCancelled {
            guard let entry = running.withLock({ $0[start.uid] }), !entry.isLetGo, !entry.hasLost else { return false }
            let asked = clocks.monotonic
            do throws(ActionFailure) {
                let isKept = try await journal.checkpoint(start.uid, epoch: start.epoch, number: number, bytes: bytes, bytesRead: bytesRead)
                if isKept { running.withLock { $0[start.uid]?.renewed = asked } }
                return isKept
            } catch { logger.warning("a checkpoint of run \(start.key) can't be kept yet: \(error.message)") }
            do { try await clocks.sleep(for: wait) } catch { return false }
            wait = min(wait * 2, .seconds(10))
        }
        return false
    }

    private func conclude(_ start: Start, _ end: WorkerDeath, _ finished: (report: JSON, isTransient: Bool)?) async {
        logger.info("pipeline worker ended", ["run": start.key.description, "end": "\(end.end)", "peak": "\(Bytes(end.peak))"])
        var wait = Duration.milliseconds(200)
        while let entry = running.withLock({ $0[start.uid] }), !entry.hasLost, !Task.isCancelled {
            do throws(ActionFailure) {
                // What it said to its end counts, also when it was told to go.
                if entry.isLetGo, finished == nil {
                    try await journal.letGo(start.uid, epoch: start.epoch, retries: entry.view.retries)
                } else {
                    try await write(start, end, finished, entry.view)
                }
                break
            } catch {
                logger.warning("the end of run \(start.key)'s worker can't be noted yet: \(error.message)")
                do { try await clocks.sleep(for: wait) } catch { break }
                wait = min(wait * 2, .seconds(10))
            }
        }
        running.withLock { $0[start.uid] = nil }
        instruments.forget(start.labels)
        count()
        ring.withLock { $0 }(start.key)
    }

    private func write(_ start: Start, _ end: WorkerDeath, _ said: (report: JSON, isTransient: Bool)?, _ view: ObservedRun.Worker) async throws(ActionFailure) {
        var finished = said
        if finished == nil, end.isFinal(start.job.limits) {
            // Its checkpoint stays, for a run that goes on with what failed.
            finished = (["outcome": "Failed", "failure": end.failure(start.job.limits)], false)
        }
        guard let finished else {
            return try await journal.workerEnded(start.uid, epoch: start.epoch, phase: .running, message: "its worker \(end.end)", report: nil, passing: false, retries: view.retries)
        }
        let report = finished.report, failure = report["failure"]
        let words = failure.map { ProblemWords.sentence($0, base: start.job.baseDirectory) } ?? "its worker failed"
        var ending = RunJournal.Ending(phase: .failed, report: report, retries: view.retries)
        switch report["outcome"]?.string {
        case "Paused":
            return try await journal.workerEnded(start.uid, epoch: start.epoch, phase: .paused, message: "", report: report, passing: false, retries: view.retries)
        case "Succeeded": ending.phase = .succeeded
        case "Cancelled": (ending.phase, ending.issue) = (.cancelled, PipelineIssue(.cancelled, "cancelled; its outputs did not appear"))
        default:
            if start.wantsCancel || view.request == .cancel {
                (ending.phase, ending.issue) = (.cancelled, PipelineIssue(.cancelled, "cancelled; its outputs did not appear, but what it wrote could not be cleared away: \(words)"))
                break
            }
            // What may be over by itself is tried again, with the planner's backoff.
            if finished.isTransient {
                return try await journal.workerEnded(start.uid, epoch: start.epoch, phase: .running, message: words, report: report, passing: true, retries: view.retries)
            }
            let category = failure?["category"]?.string ?? ""
            ending.issue = PipelineIssue(PipelineReason(failure: failure), words)
            // The engine keeps hidden files and checkpoint where the rows are not at fault (see PipelinePass).
            // One that died cleared nothing away.
            ending.leavesSomething = said == nil || ["input", "output", "resource", "checkpoint", "defect"].contains(category) || report["keepsCheckpoint"] == true
        }
        do throws(SystemError) { ending.reportPath = try RunReportFiles.write(start, report, inForce: view.inForce, version: version, now: clocks.now) } catch {
            logger.warning("the report of run \(start.key) can't be written: \(error)")
        }
        guard try await journal.end(start.uid, epoch: start.epoch, ending) else { return }
        if !ending.leavesSomething { PipelinePlaces.removeTree(start.job.workDirectory) }
        instruments.ended(start.key.namespace, start.pipeline, ending.phase.rawValue)
        guard ending.phase == .succeeded else { return }
        // What can't be noted now is removed once more by the next run.
        do throws(ActionFailure) { try await journal.noteLoadsForgotten(start.job.settledLoads) } catch { logger.warning("notes of loads that went can't be noted: \(error.message)") }
    }

    private func count() { instruments.count(running.withLock { $0.count }) }
}

extension RunSupervisor.Start {
    /// Of the run's metrics.
    var labels: Metrics.Labels { [("namespace", key.namespace), ("pipeline", pipeline), ("run", key.name)] }
}
