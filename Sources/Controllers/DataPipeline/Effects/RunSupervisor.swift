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
    private struct Running {
        let worker: WorkerProcess
        let epoch: Int64
        var view = ObservedRun.Worker()
        var hasLost = false
    }

    struct Start: Sendable {
        var key: NamespacedName
        var uid: String
        var pipeline: String
        var revision: String
        var epoch: Int64
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
    private let metrics: Metrics
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
        self.metrics = metrics
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
        var entry = Running(worker: worker, epoch: start.epoch)
        if start.wantsCancel { entry.view.request = .cancel }
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
        let worker = running.withLock { running -> WorkerProcess? in
            running[uid]?.view.request = .cancel
            return running[uid]?.worker
        }
        worker?.send(.cancel)
    }

    // MARK: Running

    /// Hears the workers until told to stop; those that still run then are drained by the end of their input and go on at the next start.
    public func run(ready: @escaping @Sendable () -> Void) async {
        await withDiscardingTaskGroup { group in
            group.addTask { await self.keepLeases() }
            ready()
            for await hearing in hearings { group.addTask { await self.hear(hearing) } }
            // Their checkpoints are kept: killed at any byte a run goes on.
            for entry in running.withLock({ $0.values.map(\.worker) }) { entry.kill() }
        }
    }

    private func keepLeases() async {
        while !Task.isCancelled {
            do { try await clocks.sleep(for: .seconds(10)) } catch { return }
            let uids = running.withLock { $0.keys.sorted() }
            guard !uids.isEmpty else { continue }
            do throws(ActionFailure) {
                let ours = try await journal.renew(uids)
                for uid in uids where !ours.contains(uid) { lose(uid) }
            } catch { logger.warning("the leases of pipeline runs can't be renewed: \(error.message)") }
        }
    }

    /// Somebody else has the run: our worker must not write any more.
    private func lose(_ uid: String) {
        let worker = running.withLock { running -> WorkerProcess? in
            running[uid]?.hasLost = true
            return running[uid]?.worker
        }
        worker?.kill()
    }

    private func hear(_ hearing: Hearing) async {
        let start = hearing.start
        var finished: (report: JSON, isTransient: Bool)?
        for await event in hearing.events {
            switch event {
            case .message(.started(_, let inForce)): note(start) { $0.inForce = inForce }
            case .message(.progress(let report)):
                note(start) { $0.progress = report }
                measure(start, report)
            case .message(.checkpoint(let number, let bytes, let bytesRead)):
                let isKept = await keep(start, number, bytes, bytesRead)
                hearing.worker.send(.acknowledge(number: number, isRefused: !isKept))
                if !isKept { lose(start.uid) }
            case .message(.finished(let report, let isTransient)): finished = (report, isTransient)
            case .message(.log(let lines)): for line in lines { logger.info("script: \(line)", ["run": start.key.description]) }
            case .message(.problem), .message(.tests): break
            case .ended(let end): await conclude(start, end, finished)
            }
        }
    }

    private func note(_ start: Start, _ change: (inout ObservedRun.Worker) -> Void) {
        running.withLock { running in
            guard var entry = running[start.uid] else { return }
            change(&entry.view)
            running[start.uid] = entry
        }
        ring.withLock { $0 }(start.key)
    }

    /// Tries until the journal answers: the worker waits, and nothing is lost while the database is away.
    private func keep(_ start: Start, _ number: Int64, _ bytes: [UInt8], _ bytesRead: Int64) async -> Bool {
        var wait = Duration.milliseconds(200)
        while !Task.isCancelled {
            do throws(ActionFailure) {
                return try await journal.checkpoint(start.uid, epoch: start.epoch, number: number, bytes: bytes, bytesRead: bytesRead)
            } catch { logger.warning("a checkpoint of run \(start.key) can't be kept yet: \(error.message)") }
            do { try await clocks.sleep(for: wait) } catch { return false }
            wait = min(wait * 2, .seconds(10))
        }
        return false
    }

    private func conclude(_ start: Start, _ end: ChildEnd, _ finished: (report: JSON, isTransient: Bool)?) async {
        logger.info("pipeline worker ended", ["run": start.key.description, "end": "\(end)"])
        let entry = running.withLock { $0[start.uid] }
        var wait = Duration.milliseconds(200)
        while entry?.hasLost != true, !Task.isCancelled {
            do throws(ActionFailure) {
                try await write(start, end, finished, inForce: entry?.view.inForce ?? [])
                break
            } catch {
                logger.warning("the end of run \(start.key)'s worker can't be noted yet: \(error.message)")
                do { try await clocks.sleep(for: wait) } catch { break }
                wait = min(wait * 2, .seconds(10))
            }
        }
        running.withLock { $0[start.uid] = nil }
        count()
        ring.withLock { $0 }(start.key)
    }

    private func write(_ start: Start, _ end: ChildEnd, _ finished: (report: JSON, isTransient: Bool)?, inForce: [String]) async throws(ActionFailure) {
        guard let finished else {
            return try await journal.workerEnded(start.uid, epoch: start.epoch, phase: .running, message: "its worker \(end)", report: nil)
        }
        let outcome = finished.report["outcome"]?.string ?? "Failed"
        switch outcome {
        case "Paused":
            return try await journal.workerEnded(start.uid, epoch: start.epoch, phase: .paused, message: "", report: finished.report)
        case "Succeeded", "Cancelled": break
        default:
            // What may be over by itself is tried again, with the planner's backoff, as long as it comes further.
            if finished.isTransient {
                let why = finished.report["failure"].map(Self.words) ?? "its worker failed"
                return try await journal.workerEnded(start.uid, epoch: start.epoch, phase: .running, message: why, report: finished.report)
            }
        }
        let phase = RunRecord.Phase(rawValue: outcome) ?? .failed
        let failure = finished.report["failure"]
        let issue = phase == .succeeded ? nil
            : PipelineIssue(phase == .cancelled ? .cancelled : PipelineReason(category: failure?["category"]?.string ?? ""), failure.map(Self.words) ?? "")
        let path = report(start, finished.report, inForce)
        try await journal.end(start.uid, epoch: start.epoch, phase: phase, issue: issue, report: finished.report, reportPath: path)
        metrics.increment(
            "millwright_pipeline_runs_total", [("namespace", start.key.namespace), ("pipeline", start.pipeline), ("outcome", outcome)], help: "Pipeline runs that ended, by what became of them.")
    }

    private static func words(_ failure: JSON) -> String {
        var place: [String] = []
        for (key, word) in [("file", ""), ("row", "row "), ("byte", "byte "), ("column", "column "), ("step", "step "), ("line", "line ")] {
            if let value = failure["where"]?[key] { place.append(word + (value.string ?? value.text)) }
        }
        let text = [failure["what"]?.string, failure["why"]?.string].compactMap { $0 }.filter { !$0.isEmpty }.joined(separator: ": ")
        return (place.isEmpty ? "" : place.joined(separator: ", ") + ": ") + text + (failure["fix"]?.string.map { ". \($0)" } ?? "")
    }

    /// The report's files; nil when they can't be written, which is no fault of the run.
    private func report(_ start: Start, _ worker: JSON, _ inForce: [String]) -> String? {
        var facts = RunReport.Facts(
            pipeline: start.pipeline, namespace: start.key.namespace, run: start.key.name, version: version, revision: start.revision,
            started: Timestamp(seconds: start.job.startMicroseconds / 1_000_000), ended: clocks.now, attempts: Int(start.epoch))
        facts.parameters = start.job.parameters
        facts.inForce = inForce
        let report = RunReport(facts, worker: worker)
        var json = JSONWriter()
        json.writeIndented(report.json)
        do throws(SystemError) {
            try Files.makeDirectory(start.reportDirectory, mode: 0o755)
            try Files.write(Array(report.html.utf8), to: "\(start.reportDirectory)/report.html", mode: 0o644)
            try Files.write(Array(report.csv.utf8), to: "\(start.reportDirectory)/report.csv", mode: 0o644)
            try Files.write(json.bytes + [0x0A], to: "\(start.reportDirectory)/report.json", mode: 0o644)
            return start.reportDirectory
        } catch {
            logger.warning("the report of run \(start.key) can't be written: \(error)")
            return nil
        }
    }

    // MARK: Metrics

    private func count() {
        metrics.set("millwright_pipeline_workers", [], to: Double(running.withLock { $0.count }), help: "Pipeline workers that run here.")
    }

    private func measure(_ start: Start, _ report: JSON) {
        let labels: Metrics.Labels = [("namespace", start.key.namespace), ("pipeline", start.pipeline)]
        for (key, name) in [("rowsRead", "read"), ("rowsWritten", "written"), ("rowsFiltered", "filtered"), ("rowsDeadLettered", "dead"), ("rowsSkipped", "skipped")] {
            guard let rows = report["rows"]?[key]?.int else { continue }
            metrics.set("millwright_pipeline_run_rows", labels + [("kind", name)], to: Double(rows), help: "Rows of the run under way, by what became of them.")
        }
        for channel in report["channels"]?.array ?? [] {
            metrics.set(
                "millwright_pipeline_channel_depth", labels + [("channel", channel["name"]?.string ?? "")], to: Double(channel["depth"]?.int ?? 0),
                help: "Batches that wait between two stages of a run: full ones mean that the next stage is the slow one.")
        }
    }
}
