import DataPipelinePlan
import Kernel
import PipelineJobs
import PipelineProcess
import Platform
import Reconciliation

/// Writes what workers say into the journal, and what their end means.
extension RunSupervisor {
    func hear(_ hearing: Hearing) async {
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
            case .message(.checkpoint(let number, let bytes, let bytesRead, let rows)):
                let isKept = await keep(start, number, bytes, bytesRead, rows)
                if isKept { note(start) { $0.checkpoint = bytes.isEmpty ? nil : (rows, bytesRead) } }
                hearing.worker.send(.acknowledge(number: number, isRefused: !isKept))
                if !isKept { lose(start.uid) }
            case .message(.finished(let report, let isTransient)): finished = (report, isTransient)
            case .message(.log(let lines)): for line in lines { logger.info("script: \(line)", ["run": start.key.description]) }
            case .message(.problem(let problem)):
                // A warning is the engine's: it tries again by itself, or has turned to a fallback. A row's problem is in the report.
                // What is remarkable about a script is in the report as well.
                guard problem["severity"] == "warning", problem["category"] != "script" else { break }
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
    private func keep(_ start: Start, _ number: Int64, _ bytes: [UInt8], _ bytesRead: Int64, _ rows: JSON) async -> Bool {
        var wait = Duration.milliseconds(200)
        while !Task.isCancelled {
            guard let entry = running.withLock({ $0[start.uid] }), !entry.isLetGo, !entry.hasLost else { return false }
            let asked = clocks.monotonic
            var report = entry.view.progress ?? start.report ?? [:]
            (report["rows"], report["bytesRead"]) = (rows, .int(bytesRead))
            do throws(ActionFailure) {
                let isKept = try await journal.checkpoint(start.uid, epoch: start.epoch, number: number, bytes: bytes, bytesRead: bytesRead, report: report)
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
                    let heard = RunEnding.Heard(
                        job: start.job, wantsCancel: start.wantsCancel || entry.view.request == .cancel, death: end, said: finished, progress: entry.view.progress ?? start.report,
                        checkpoint: entry.checkpoint, retries: entry.view.retries, elapsed: clocks.now - start.started)
                    try await write(start, RunEnding.of(heard), entry.view)
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

    private func write(_ start: Start, _ what: RunEnding, _ view: ObservedRun.Worker) async throws(ActionFailure) {
        var ending: RunJournal.Ending
        switch what {
        case .goesOn(let phase, let message, let report, let isPassing):
            return try await journal.workerEnded(start.uid, epoch: start.epoch, phase: phase, message: message, report: report, passing: isPassing, retries: view.retries)
        case .ended(let ended): ending = ended
        }
        do throws(SystemError) { ending.reportPath = try RunReportFiles.write(start.facts(inForce: view.inForce, version: version, now: clocks.now), ending.report ?? [:], of: start.key, in: start.places) } catch {
            logger.warning("the report of run \(start.key) can't be written: \(error)")
        }
        guard try await journal.end(start.uid, epoch: start.epoch, ending) else { return }
        if !ending.leavesSomething { OpenDirectory.removeTree(start.job.workDirectory) }
        instruments.ended(start.key.namespace, start.pipeline, ending.phase.rawValue)
        guard ending.phase == .succeeded else { return }
        // What can't be noted now is removed once more by the next run.
        do throws(ActionFailure) { try await journal.noteLoadsForgotten(start.job.settledLoads) } catch { logger.warning("notes of loads that went can't be noted: \(error.message)") }
    }
}
