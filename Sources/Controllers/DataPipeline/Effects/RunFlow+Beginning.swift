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
        guard let earlier else { return "there is no run \(replay.run) any more whose rows could be run again" }
        guard earlier.record.phase.isEnded else { return "run \(replay.run) has not ended: wait for it, then make another run" }
        switch replay.rows {
        case .deadLetters: return earlier.record.report?["deadLetters"]?["path"] == nil ? "run \(replay.run) left no dead letters" : nil
        case .failed: return earlier.record.phase == .succeeded ? "run \(replay.run) succeeded: nothing of it is left undone" : nil
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
        switch desired.spec.replay?.rows {
        case nil: break
        case .deadLetters:
            job.replayDeadLetters = earlier?.record.report?["deadLetters"]?["path"]?.string
            job.outputSuffix = desired.key.name
        case .failed: if let earlier { return try await goOn(desired, pipeline, earlier, job) }
        }
        try await journal.begin(beginning(desired, pipeline, runID: job.runID, job: job.json))
    }

    /// What the earlier run left undone, by what the pipeline says now: from its checkpoint if that still fits, else all of it, as nothing had appeared.
    private func goOn(_ desired: DesiredRun, _ pipeline: ObservedRun.Pipeline, _ earlier: Earlier, _ begun: WorkerJob) async throws(ActionFailure) {
        var job = begun
        job.inputFiles = earlier.job?.inputFiles ?? job.inputFiles
        job.replayDeadLetters = earlier.job?.replayDeadLetters
        job.outputSuffix = earlier.job?.outputSuffix
        var base = RunRecord.Base(run: earlier.name, generation: earlier.record.generation, offset: 0)
        if let old = earlier.job, earlier.hasCheckpoint, old.parameters == job.parameters, RunContinuity.canGoOn(from: old.spec, with: job.spec) {
            // Hidden files, staging tables and the checkpoint carry the name of the run that made them; and the clock that scripts see stands where it stood.
            job.runID = old.runID
            job.runName = old.runName
            job.startMicroseconds = old.startMicroseconds
            job.workDirectory = places.work(old.runID)
            base.offset = earlier.record.checkpoint?.bytesRead ?? 0
            var run = beginning(desired, pipeline, runID: job.runID, job: job.json)
            run.base = base
            if try await journal.adopt(run, from: earlier.uid) { return }
            throw .stale("run \(earlier.name) has no checkpoint any more")
        }
        var run = beginning(desired, pipeline, runID: job.runID, job: job.json)
        run.base = base
        try await journal.begin(run)
    }
}
