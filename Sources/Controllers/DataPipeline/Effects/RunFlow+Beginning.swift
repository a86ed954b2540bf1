import DataPipelinePlan
import Kernel
import PipelineJobs
import Reconciliation
import Resources

/// How a run begins: by what the pipeline says now, with what an earlier run left if it replays one.
extension RunFlow {
    /// The run that a replay names.
    struct Earlier {
        var name: String
        var uid: String
        var record: RunRecord
        /// What it ran; nil when it is forgotten.
        var job: WorkerJob?
        var hasCheckpoint: Bool
    }

    /// nil: it replays none, or there is none of that name.
    func earlier(_ desired: DesiredRun) async throws(ActionFailure) -> Earlier? {
        guard let name = desired.spec.replay?.run, let uid = uid(of: name, desired.key.namespace), let record = try await journal.find(uid) else { return nil }
        let left = try await journal.left(by: uid)
        return Earlier(name: name, uid: uid, record: record, job: left.flatMap { WorkerJob($0.job) }, hasCheckpoint: left?.hasCheckpoint ?? false)
    }

    /// What the run says; else, of what the pipeline still has, what the run said that it replays.
    private func given(_ desired: DesiredRun, _ spec: DataPipelineSpec, _ earlier: Earlier?) -> [String: String] {
        var given = desired.spec.parameters
        for parameter in spec.parameters where given[parameter.name] == nil { given[parameter.name] = earlier?.job?.parameters[parameter.name] }
        return given
    }

    func parameterIssue(_ desired: DesiredRun, _ pipeline: ObservedRun.Pipeline, _ earlier: Earlier?) -> String? {
        do throws(InvalidResource) {
            let spec = try DataPipelineSpec(pipeline.spec)
            _ = try ParameterValues(spec.parameters, given: given(desired, spec, earlier))
            return nil
        } catch { return "\(error); a run's parameters can't be changed: make another run" }
    }

    func replayIssue(_ desired: DesiredRun, _ earlier: Earlier?) -> String? {
        guard let replay = desired.spec.replay else { return nil }
        guard let earlier else {
            return uid(of: replay.run, desired.key.namespace) == nil
                ? "there is no run \(replay.run) in namespace \(desired.key.namespace) whose rows could be run again: correct replay.runRef.name in another run"
                : "run \(replay.run) has not begun, or its record is gone: there are no rows of it that could be run again"
        }
        if let other = earlier.job?.pipeline, other != desired.spec.pipeline {
            return "run \(replay.run) is one of pipeline \(other), whose rows are others than those of \(desired.spec.pipeline): name that pipeline in another run"
        }
        guard earlier.record.phase.isEnded else { return "run \(replay.run) has not ended: wait for it, then make another run" }
        switch replay.rows {
        case .deadLetters: return rejectedRows(earlier) == nil ? "run \(replay.run) left no dead letters" : nil
        case .failed: return earlier.record.phase == .succeeded && rejectedRows(earlier) == nil ? "run \(replay.run) succeeded and keeps no rejected rows: nothing of it is left undone" : nil
        }
    }

    func beginning(_ desired: DesiredRun, _ pipeline: ObservedRun.Pipeline?, runID: String, job: JSON) -> RunJournal.Beginning {
        .init(
            uid: desired.uid, key: desired.key, pipeline: desired.spec.pipeline, revision: pipeline?.revision ?? "", generation: pipeline?.generation ?? 0, runID: runID, job: job)
    }

    func record(_ desired: DesiredRun, in pass: PassContext) async throws(ActionFailure) {
        guard let pipeline = pipeline(desired) else { throw .stale("pipeline \(desired.spec.pipeline) has gone") }
        let earlier = try await earlier(desired)
        let spec: DataPipelineSpec, parameters: ParameterValues
        do throws(InvalidResource) {
            spec = try DataPipelineSpec(pipeline.spec)
            parameters = try ParameterValues(spec.parameters, given: given(desired, spec, earlier))
        } catch { throw .stale("\(error)") }
        var job = WorkerJob(
            runID: desired.uid, pipeline: desired.spec.pipeline, startMicroseconds: pass.clocks.now.seconds * 1_000_000, spec: pipeline.spec,
            baseDirectory: places.directory(desired.key.namespace), workDirectory: places.work(desired.uid))
        job.runName = desired.key.name
        for value in parameters.values { job.parameters[value.name] = value.text }
        job.texts = try await reader.texts(spec, namespace: desired.key.namespace)
        job.inputFiles = desired.inputs
        job.threads = threads
        job.keepsCheckpointOfFailure = true
        switch (desired.spec.replay?.rows, earlier) {
        case (nil, _), (_, nil): break
        case (.deadLetters, let earlier?):
            job.replay = rejectedRows(earlier)
            job.outputSuffix = desired.key.name
        case (.failed, let earlier?): return try await takeUp(desired, pipeline, earlier, job)
        }
        try await journal.begin(beginning(desired, pipeline, runID: job.runID, job: job.json))
    }

    /// Those that the run rejected and kept; nil: there are none.
    private func rejectedRows(_ earlier: Earlier) -> WorkerJob.Replay? {
        guard let report = earlier.record.report, let path = report["deadLetters"]?["path"]?.string else { return nil }
        let before = earlier.job?.replay
        let encoding = earlier.job?.spec[path: ["source", "delimited", "encoding"]]?.string
        return .init(
            path: path, hash: report["deadLetters"]?["hash"]?.string, columns: report["columns"]?.array?.compactMap(\.string) ?? before?.columns ?? [],
            isUndecoded: (encoding == nil || encoding == "utf-8") && before?.isUndecoded != false)
    }

    /// What the earlier run left undone, by what the pipeline says now, with that run's clock and random numbers.
    ///
    /// A run that succeeded left the rows that it rejected. Of another nothing has appeared: it is gone on with from its checkpoint if that
    /// still fits, else all its rows are taken again.
    private func takeUp(_ desired: DesiredRun, _ pipeline: ObservedRun.Pipeline, _ earlier: Earlier, _ begun: WorkerJob) async throws(ActionFailure) {
        var job = begun
        if let old = earlier.job { (job.startMicroseconds, job.seedID) = (old.startMicroseconds, old.seedID ?? old.runID) }
        var base = RunRecord.Base(run: earlier.name, generation: earlier.record.generation, rows: .all, words: "")
        func begin() async throws(ActionFailure) {
            var run = beginning(desired, pipeline, runID: job.runID, job: job.json)
            run.base = base
            try await journal.begin(run)
        }
        if earlier.record.phase == .succeeded {
            job.replay = rejectedRows(earlier)
            job.outputSuffix = desired.key.name
            (base.rows, base.words) = (.rejected, "those that run \(earlier.name) rejected")
            return try await begin()
        }
        job.inputFiles = earlier.job?.inputFiles ?? job.inputFiles
        job.replay = earlier.job?.replay
        job.outputSuffix = earlier.job?.outputSuffix
        if let obstacle = obstacle(earlier, job) {
            base.words = "from the first on, as \(obstacle)"
            return try await begin()
        }
        // Hidden files, staging tables and the checkpoint carry the name of the run that made them.
        if let old = earlier.job { (job.runID, job.runName, job.seedID, job.workDirectory) = (old.runID, old.runName, old.seedID, places.work(old.runID)) }
        base.offset = earlier.record.checkpoint?.bytesRead ?? 0
        (base.rows, base.words) = (.rest, "those behind byte \(base.offset) of the input, where the last checkpoint of run \(earlier.name) stands")
        var run = beginning(desired, pipeline, runID: job.runID, job: job.json)
        run.base = base
        guard try await journal.adopt(run, from: earlier.uid) else { throw .stale("run \(earlier.name) has no checkpoint any more") }
    }

    /// Why the earlier run's checkpoint can't be gone on from; nil: it can.
    private func obstacle(_ earlier: Earlier, _ job: WorkerJob) -> String? {
        guard let old = earlier.job, earlier.hasCheckpoint else { return "run \(earlier.name) left no checkpoint" }
        let what: String
        if old.parameters != job.parameters { what = "the parameters are others than those of run \(earlier.name)" }
        else if let part = RunContinuity.obstacle(from: old.spec, with: job.spec) { what = "\(part) of the pipeline has changed since run \(earlier.name)" }
        else { return nil }
        return "\(what), and its checkpoint at byte \(earlier.record.checkpoint?.bytesRead ?? 0) fits no more"
    }
}
