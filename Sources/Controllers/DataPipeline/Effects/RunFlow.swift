import DataPipelinePlan
import Kernel
import Kubernetes
import PipelineJobs
import Platform
import Reconciliation
import Resources
import TimeZoneDatabase

/// The flow of DataPipelineRuns: document to desired, journal and workers to observed, actions to both, all of it to status.
public struct RunFlow: ReconciliationFlow {
    public typealias Planning = RunPlanner

    let client: KubernetesClient
    let pipelines: Informer
    let runs: Informer
    let journal: RunJournal
    let supervisor: RunSupervisor
    let places: PipelinePlaces
    let reader: PipelineReader
    let errand: WorkerErrand
    /// Of this program.
    let version: String
    let threads: Int
    /// After every batch, for tests.
    let checkpointsEveryBatch: Bool

    public var type: ResourceType { .dataPipelineRuns }

    public func desired(_ object: JSON, in pass: PassContext) async throws(ActionFailure) -> DesiredRun {
        do throws(PipelineIssue) { return try DesiredRun(object) } catch { throw .terminal(reason: error.reason.rawValue, error.message) }
    }

    public func observe(_ desired: DesiredRun, _ object: JSON, in pass: PassContext) async throws(ActionFailure) -> ObservedRun {
        let record = try await journal.find(desired.uid)
        let pipeline = pipeline(desired)
        var observed = ObservedRun(record: record, worker: supervisor.view(desired.uid), pipeline: pipeline, others: [])
        guard record == nil, !desired.isDeleting, let pipeline, pipeline.issue == nil else { return observed }
        observed.others = others(desired)
        let earlier = try await earlier(desired)
        observed.parameterIssue = parameterIssue(desired, pipeline, earlier)
        observed.replayIssue = replayIssue(desired, earlier)
        return observed
    }

    func pipeline(_ desired: DesiredRun) -> ObservedRun.Pipeline? {
        let key = NamespacedName(namespace: desired.key.namespace, name: desired.spec.pipeline)
        guard let object = pipelines.get(key)?.json(), object["metadata"]?["deletionTimestamp"] == nil else { return nil }
        let json = object["spec"] ?? [:]
        let uid = object["metadata"]?["uid"]?.string ?? "", revision = DesiredPipeline.revision(of: json), generation = object["metadata"]?["generation"]?.int ?? 0
        do throws(InvalidResource) {
            let spec = try DataPipelineSpec(json)
            return ObservedRun.Pipeline(
                uid: uid, spec: json, revision: revision, generation: generation, suspend: spec.suspend, concurrency: spec.concurrency, successors: spec.onSuccess.count, issue: nil)
        } catch {
            return ObservedRun.Pipeline(uid: uid, spec: json, revision: revision, generation: generation, suspend: false, concurrency: .forbid, successors: 0, issue: PipelineIssue(.invalidSpec, "\(error)"))
        }
    }

    private func others(_ desired: DesiredRun) -> [ObservedRun.Other] {
        var others: [ObservedRun.Other] = []
        for key in runs.keys(index: Self.pipelineIndex, value: "\(desired.key.namespace)/\(desired.spec.pipeline)") where key.name != desired.key.name {
            guard let object = runs.get(key)?.json() else { continue }
            let phase = object["status"]?["phase"]?.string ?? "Pending"
            guard !["Succeeded", "Failed", "Cancelled"].contains(phase) else { continue }
            let metadata = Metadata(of: object)
            // One that can't begin by itself keeps nobody waiting.
            if object["status"]?["startTime"] == nil, object["spec"]?["suspend"] == true || metadata.isPaused { continue }
            others.append(
                .init(
                    name: metadata.name, creation: metadata.creation ?? Timestamp(seconds: 0), hasStarted: object["status"]?["startTime"] != nil,
                    isCancelling: object["spec"]?["cancel"] == true || metadata.isDeleting))
        }
        return others.sorted { ($0.creation, $0.name) < ($1.creation, $1.name) }
    }

    func uid(of run: String, _ namespace: String) -> String? {
        runs.get(NamespacedName(namespace: namespace, name: run)).map { Metadata(of: $0.json()).uid }
    }

    // MARK: Acting

    public func execute(_ action: RunAction, desired: DesiredRun, in pass: PassContext) async throws(ActionFailure) {
        switch action.kind {
        case .record: try await record(desired, in: pass)
        case .recordEnded(let issue):
            try await journal.begin(beginning(desired, pipeline(desired), runID: desired.uid, job: [:]), ended: issue)
        case .startWorker: try await startWorker(desired, in: pass)
        case .pauseWorker: supervisor.pause(desired.uid)
        case .cancelWorker: supervisor.cancel(desired.uid)
        case .markPaused: try await journal.markPaused(desired.uid)
        case .end(let issue): try await end(desired, issue, in: pass)
        case .cancelOther(let name): try await patch(name, desired.key.namespace, ["spec": ["cancel": true]])
        case .follow: try await follow(desired)
        case .claim: try await journal.claim(desired.uid)
        case .reopen: try await journal.reopen(desired.uid)
        case .clear: try await clear(desired, in: pass)
        case .deleteSelf: try await delete(desired)
        }
    }

    private static let openFiles: Int64 = 1024

    private func startWorker(_ desired: DesiredRun, in pass: PassContext) async throws(ActionFailure) {
        // What it needs is gathered first: a start that can't be made is none in vain.
        guard let left = try await journal.left(by: desired.uid) else { throw .stale("run \(desired.key) has no record any more") }
        guard var job = WorkerJob(left.job) else { return try await fail(desired, PipelineIssue(.workerFailed, "the job in the journal can't be read by this version of Millwright; make another run")) }
        let spec: DataPipelineSpec
        do throws(InvalidResource) { spec = try DataPipelineSpec(job.spec) } catch { return try await fail(desired, PipelineIssue(.invalidSpec, "\(error)")) }
        try await install(&job, desired)
        job.settledLoads = desired.wantsCancel || !spec.outputs.contains(where: { if case .postgresql = $0.sink { true } else { false } }) ? [] : try await journal.settledLoads(namespace: desired.key.namespace, pipeline: desired.spec.pipeline)
        job.clearsAway = desired.wantsCancel
        job.checkpointsEveryBatch = checkpointsEveryBatch
        let asked = pass.clocks.monotonic
        guard let taken = try await journal.take(desired.uid) else { throw .stale("another process has run \(desired.key)") }
        job.checkpoints = .parent(taken.checkpoint)
        try supervisor.start(
            .init(
                key: desired.key, uid: desired.uid, pipeline: desired.spec.pipeline, revision: DesiredPipeline.revision(of: job.spec), epoch: taken.epoch, asked: asked, job: job,
                started: taken.started, report: taken.report, places: places, wantsCancel: desired.wantsCancel))
    }

    /// As the installation says now: databases, directories, bounds, whom the worker becomes.
    func install(_ job: inout WorkerJob, _ desired: DesiredRun) async throws(ActionFailure) {
        let spec: DataPipelineSpec
        do throws(InvalidResource) { spec = try DataPipelineSpec(job.spec) } catch { return }
        do throws(ActionFailure) { job.connections = try await reader.connections(spec, namespace: desired.key.namespace) } catch {
            // Without the Secret what it wrote there can't be cleared away; the rest can.
            guard desired.wantsCancel, case .refused(PipelineReader.missingDependency, _, _) = error else { throw error }
        }
        job.baseDirectory = places.directory(desired.key.namespace)
        job.allowedPrefixes = places.prefixes(desired.key.namespace)
        job.limits = WorkerJob.Limits(spec, threads: job.threads)
        job.limits.user = try places.prepare(desired.key.namespace, run: job.runID)
        job.limits.openFiles = Self.openFiles
        job.workDirectory = places.work(job.runID)
    }

    private func fail(_ desired: DesiredRun, _ issue: PipelineIssue) async throws(ActionFailure) {
        try await journal.end(desired.uid, epoch: nil, .init(phase: .failed, issue: issue))
    }

    private func follow(_ desired: DesiredRun) async throws(ActionFailure) {
        guard let pipeline = pipeline(desired), let record = try await journal.find(desired.uid) else { return try await journal.markFollowed(desired.uid) }
        let spec: DataPipelineSpec, parameters: ParameterValues
        do throws(InvalidResource) {
            spec = try DataPipelineSpec(pipeline.spec)
            parameters = try ParameterValues(spec.parameters, given: desired.spec.parameters)
        } catch { throw .stale("\(error)") }
        let scope = PathScope(spec.parameters, knowsRun: true, timeZones: MachineTimeZones())
        let known = PathScope.Values(
            parameters, pipeline: desired.spec.pipeline,
            run: PathScope.Run(id: desired.uid, name: desired.key.name, started: Timestamp(seconds: record.started.seconds)))
        for (index, successor) in spec.onSuccess.enumerated() {
            var values: [String: JSON] = [:]
            for (name, text) in successor.parameters {
                do throws(FieldError) { values[name] = .string(try PathTemplate(text, scope, at: "spec.onSuccess[\(index)].parameters.\(name)").fill(known)) } catch {
                    throw .terminal(reason: PipelineReason.invalidParameters.rawValue, "\(error)")
                }
            }
            let name = DesiredPipeline.runName(pipeline: successor.pipeline, cause: "\(desired.uid) \(index)")
            try await RunMaker(client: client).make(
                name: name, namespace: desired.key.namespace, pipeline: successor.pipeline,
                parameters: .object(JSONObject(values.keys.sorted().map { ($0, values[$0] ?? "") })), cause: "run/\(desired.key.name)")
        }
        try await journal.markFollowed(desired.uid)
    }

    private func patch(_ name: String, _ namespace: String, _ change: JSON) async throws(ActionFailure) {
        do throws(KubernetesError) {
            _ = try await client.patch(.dataPipelineRuns, NamespacedName(namespace: namespace, name: name), .merge(change), WriteOptions(fieldManager: "millwright"))
        } catch {
            if error.isNotFound { return }
            throw ActionFailure(error, breaker: "kubernetes.\(client.target).Write")
        }
    }

    private func delete(_ desired: DesiredRun) async throws(ActionFailure) {
        var options = DeleteOptions()
        options.uid = desired.uid
        do throws(KubernetesError) { _ = try await client.delete(.dataPipelineRuns, desired.key, options) } catch {
            if error.isNotFound { return }
            throw ActionFailure(error, breaker: "kubernetes.\(client.target).Write")
        }
    }

    // MARK: Status

    /// Nothing of the run is under way; its record stays until its retention ends.
    public func isEmpty(_ observed: ObservedRun) -> Bool { observed.worker == nil && observed.record.map { $0.phase.isEnded && !$0.leavesSomething } ?? true }

    public func status(_ report: PassReport<RunPlanner>, now: Timestamp) -> StatusProposal? {
        var isPaused = false
        let stage: RunStatus.Stage
        switch report.stage {
        case .undecided: stage = .undecided
        // What is known stays as it stands.
        case .unobserved(let desired, _): stage = desired.hasStartedBefore ? .undecided : .seen(desired, ObservedRun(record: nil, worker: nil, pipeline: pipeline(desired), others: []), waitingFor: nil)
        case .acting(let desired, let observed, _): stage = .seen(desired, observed, waitingFor: nil)
        case .planned(let desired, let observed, let plan): stage = .seen(desired, observed, waitingFor: plan.waitingFor)
        case .failed(let desired, let observed, _, _, _): stage = .seen(desired, observed, waitingFor: nil)
        case .paused(let desired, let observed, let plan):
            isPaused = true
            stage = .seen(desired, observed, waitingFor: plan.waitingFor)
        }
        return StatusProposal(
            RunStatus.status(of: report.object, stage, trouble: report.failure.flatMap(PipelineTrouble.of), isPaused: isPaused, now: now),
            counters: [["progress"], ["checkpoint"]])
    }

    public func events(_ report: PassReport<RunPlanner>) -> [EventNote] {
        guard case .planned(_, let observed, _) = report.stage, let record = observed.record, record.phase.isEnded,
            report.object["status"]?["phase"]?.string != record.phase.rawValue
        else { return [] }
        switch record.phase {
        case .succeeded: return [EventNote(.normal, reason: "Succeeded", message: "The run has ended; status.outputs says what it wrote")]
        case .failed: return [EventNote(.warning, reason: record.reason?.rawValue ?? "Failed", message: record.message)]
        case .cancelled: return [EventNote(.normal, reason: "Cancelled", message: "The run was cancelled; its outputs did not appear")]
        case .running, .paused: return []
        }
    }

    static let pipelineIndex = "pipeline"

    static let indexes = [
        Informer.Index(pipelineIndex) { object in
            guard let namespace = object["metadata"]?["namespace"]?.string, let pipeline = object["spec"]?["pipelineRef"]?["name"]?.string else { return [] }
            return ["\(namespace)/\(pipeline)"]
        }
    ]
}
