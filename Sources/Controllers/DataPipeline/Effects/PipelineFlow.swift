import DataPipelinePlan
import Glibc
import Kernel
import Kubernetes
import PipelineJobs
import Platform
import Reconciliation
import Resources
import TimeZoneDatabase

/// The flow of DataPipelines: document to desired, runs and files to observed, runs to make and to forget, all of it to status.
public struct PipelineFlow: ReconciliationFlow {
    public typealias Planning = PipelinePlanner

    let client: KubernetesClient
    let runs: Informer
    let journal: RunJournal
    let places: PipelinePlaces
    let reader: PipelineReader
    let checker: PipelineChecker

    public var type: ResourceType { .dataPipelines }
    /// Runs belong to people as well: deleting a pipeline leaves them.
    public var finalizer: String? { nil }

    public func desired(_ object: JSON, in pass: PassContext) async throws(ActionFailure) -> DesiredPipeline {
        do throws(PipelineIssue) { return try DesiredPipeline(object) } catch { throw .terminal(reason: error.reason.rawValue, error.message) }
    }

    public func observe(_ desired: DesiredPipeline, _ object: JSON, in pass: PassContext) async throws(ActionFailure) -> ObservedPipeline {
        let counts = try await journal.counts(namespace: desired.key.namespace, pipeline: desired.key.name)
        var found: [RunOutline] = []
        var ours: Set<String> = []
        for key in runs.keys(index: RunFlow.pipelineIndex, value: desired.key.description) {
            guard let run = runs.get(key)?.json() else { continue }
            let metadata = Metadata(of: run)
            found.append(RunOutline(of: run))
            // Those of a schedule are the schedule's to forget.
            if metadata.labels[RunMaker.pipelineLabel] == desired.key.name, !(metadata.annotations[RunMaker.causeAnnotation]?.hasPrefix("schedule/") ?? false) { ours.insert(metadata.uid) }
        }
        found.sort(by: RunOutline.inOrder)
        var observed = ObservedPipeline(
            runs: found, ours: ours, succeeded: counts.succeeded, failed: counts.failed, lastSuccess: counts.lastSuccess, check: checker.result(desired),
            newFiles: desired.spec.watchSettle == nil ? nil : try await newFiles(desired))
        observed.isCheckOld = checker.isOld(desired)
        return observed
    }

    /// Files of the watched path that no run has taken, sorted by path.
    private func newFiles(_ desired: DesiredPipeline) async throws(ActionFailure) -> [ObservedPipeline.File] {
        let parameters: ParameterValues
        do throws(InvalidResource) { parameters = try ParameterValues(desired.spec.parameters, given: [:]) } catch {
            throw .terminal(reason: PipelineReason.invalidParameters.rawValue, "a watched pipeline's parameters all need a default: \(error)")
        }
        let path: String
        do throws(FieldError) { 
            let scope = PathScope(desired.spec.parameters, knowsRun: false, timeZones: MachineTimeZones())
            path = try PathTemplate(desired.spec.source.path, scope, at: "spec.source.delimited.path").fill(PathScope.Values(parameters, pipeline: desired.key.name))
        } catch {
            throw .terminal(reason: PipelineReason.invalidSpec.rawValue, "\(error)")
        }
        let whole = path.hasPrefix("/") ? path : "\(places.directory(desired.key.namespace))/\(path)"
        let matching: [ObservedPipeline.File]
        do throws(SystemError) { matching = try WatchedFiles.matching(whole) } catch {
            throw .transient("the watched files can't be looked for: \(error)")
        }
        let files = matching.filter { file in
            let real = Files.resolved(file.path) ?? file.path
            return places.prefixes(desired.key.namespace).contains { prefix in
                let allowed = Files.resolved(prefix) ?? prefix
                return real.hasPrefix(allowed == "/" ? "/" : allowed + "/")
            }
        }
        let taken = try await journal.taken(desired.uid, files.map(\.identity))
        return files.filter { !taken.contains($0.identity) }
    }

    public func execute(_ action: PipelineAction, desired: DesiredPipeline, in pass: PassContext) async throws(ActionFailure) {
        switch action.kind {
        case .check: try await checker.check(desired, places: places, reader: reader)
        case .createRun(let name, let files):
            // First the run, then the note: killed in between, the same files make the same run.
            try await RunMaker(client: client).make(
                name: name, namespace: desired.key.namespace, pipeline: desired.key.name, parameters: [:], cause: "watch", files: files.map(\.path))
            try await journal.take(desired.uid, files: files.map(\.identity))
        case .deleteRun(let name, let uid):
            var options = DeleteOptions()
            options.uid = uid
            do throws(KubernetesError) {
                _ = try await client.delete(.dataPipelineRuns, NamespacedName(namespace: desired.key.namespace, name: name), options)
            } catch {
                if error.isNotFound { return }
                throw ActionFailure(error, breaker: "kubernetes.\(client.target).Write")
            }
        }
    }

    public func isEmpty(_ observed: ObservedPipeline) -> Bool { true }

    public func status(_ report: PassReport<PipelinePlanner>, now: Timestamp) -> StatusProposal? {
        var isPaused = false
        let stage: PipelineStatus.Stage
        switch report.stage {
        case .undecided, .unobserved: stage = .undecided
        case .acting(let desired, let observed, _), .planned(let desired, let observed, _), .failed(let desired, let observed, _, _, _): stage = .seen(desired, observed)
        case .paused(let desired, let observed, _):
            isPaused = true
            stage = .seen(desired, observed)
        }
        return StatusProposal(PipelineStatus.status(of: report.object, stage, trouble: report.failure.flatMap(PipelineTrouble.of), isPaused: isPaused, now: now), counters: [])
    }

    public func forget(_ key: NamespacedName) async { checker.forget(key) }
}
