import Kernel
import Kubernetes
import Platform
import Reconciliation
import Resources
import RunSchedulePlan
import Schedules

/// The flow of RunSchedules: document to desired, its runs to observed, runs to make and to forget, all of it to status.
public struct ScheduleFlow: ReconciliationFlow {
    public typealias Planning = SchedulePlanner

    let client: KubernetesClient
    /// DataPipelineRuns, indexed by the schedule that made them.
    let runs: Informer
    let zones: TimeZones
    /// Times dealt with, until the status shows them.
    let memory = Locked<[String: (lastTime: Timestamp, missed: Int64)]>([:])

    public var type: ResourceType { .runSchedules }
    /// Runs go with their schedule by the garbage collector.
    public var finalizer: String? { nil }

    /// On runs: the schedule that made them.
    public static let scheduleLabel = "millwright.dev/schedule"

    public func desired(_ object: JSON, in pass: PassContext) async throws(ActionFailure) -> DesiredSchedule {
        do throws(ScheduleIssue) {
            return try DesiredSchedule(object) { name throws(ScheduleError) in try zones.rules(name) }
        } catch { throw .terminal(reason: error.reason.rawValue, error.message) }
    }

    public func observe(_ desired: DesiredSchedule, _ object: JSON, in pass: PassContext) async throws(ActionFailure) -> ObservedSchedule {
        var found: [RunOutline] = []
        for key in runs.keys where key.namespace == desired.key.namespace {
            guard let run = runs.get(key)?.json() else { continue }
            guard Metadata(of: run).labels[Self.scheduleLabel] == desired.key.name else { continue }
            found.append(RunOutline(of: run))
        }
        found.sort(by: RunOutline.inOrder)
        let known = memory.withLock { $0[desired.uid] }
        return ObservedSchedule(runs: found, lastTime: known?.lastTime, missed: max(known?.missed ?? 0, desired.missed), rightsIssue: desired.isDeleting ? nil : try await rightsIssue(desired))
    }

    public func execute(_ action: ScheduleAction, desired: DesiredSchedule, in pass: PassContext) async throws(ActionFailure) {
        switch action.kind {
        case .createRun(let name, let time):
            try await mayCreate(desired)
            try await create(name, time, desired)
            note(desired, time, 0)
        case .passOver(let until, let count): note(desired, until, count)
        case .cancelRun(let name):
            try await call { () throws(KubernetesError) in
                _ = try await client.patch(
                    .dataPipelineRuns, NamespacedName(namespace: desired.key.namespace, name: name), .merge(["spec": ["cancel": true]]), WriteOptions(fieldManager: "millwright"))
            }
        case .deleteRun(let name, let uid):
            var options = DeleteOptions()
            options.uid = uid
            let wanted = options
            try await call { () throws(KubernetesError) in
                _ = try await client.delete(.dataPipelineRuns, NamespacedName(namespace: desired.key.namespace, name: name), wanted)
            }
        }
    }

    private func note(_ desired: DesiredSchedule, _ time: Timestamp, _ missed: Int64) {
        memory.withLock { memory in
            let known = memory[desired.uid]
            memory[desired.uid] = (max(time, known?.lastTime ?? time), max(known?.missed ?? 0, desired.missed) + missed)
        }
    }

    /// Nobody gets more rights by a schedule than its account has.
    private func mayCreate(_ desired: DesiredSchedule) async throws(ActionFailure) {
        guard let issue = try await rightsIssue(desired) else { return }
        throw .refused(dependency: "rbac", issue, retryAfter: .seconds(30))
    }

    /// Why the schedule's account can't make its runs; nil: it can.
    private func rightsIssue(_ desired: DesiredSchedule) async throws(ActionFailure) -> String? {
        let namespace = desired.key.namespace, account = desired.spec.serviceAccount
        do throws(KubernetesError) { _ = try await client.get(.serviceAccounts, NamespacedName(namespace: namespace, name: account)) } catch {
            if error.isNotFound { return "there is no service account \(account) in namespace \(namespace) (spec.serviceAccountName); make it and bind it to a Role, as manifests/pipelines/schedule.yaml does" }
            // Who may not look at accounts may still ask for their rights.
            guard case .forbidden = error else { throw ActionFailure(error, breaker: "kubernetes.\(client.target).Read") }
        }
        let review: JSON = [
            "apiVersion": "authorization.k8s.io/v1", "kind": "SubjectAccessReview",
            "spec": [
                "user": .string("system:serviceaccount:\(namespace):\(account)"),
                "groups": ["system:serviceaccounts", .string("system:serviceaccounts:\(namespace)"), "system:authenticated"],
                "resourceAttributes": ["group": "millwright.dev", "resource": "datapipelineruns", "verb": "create", "namespace": .string(namespace)],
            ],
        ]
        let answer: JSON
        do throws(KubernetesError) { answer = try await client.raw("POST", "/apis/authorization.k8s.io/v1/subjectaccessreviews", body: review) } catch {
            throw ActionFailure(error, breaker: "kubernetes.\(client.target).Write")
        }
        guard answer["status"]?["allowed"] != true else { return nil }
        return "service account \(account) may not create datapipelineruns in namespace \(namespace); bind it to a Role with that right, as manifests/pipelines/schedule.yaml does"
    }

    private func create(_ name: String, _ time: Timestamp, _ desired: DesiredSchedule) async throws(ActionFailure) {
        let template = desired.spec.template
        var labels: JSON = [:]
        for key in template.labels.keys.sorted() { labels[key] = .string(template.labels[key] ?? "") }
        labels[MillwrightName.managedByLabel] = .string(MillwrightName.managedByValue)
        labels[Self.scheduleLabel] = .string(desired.key.name)
        labels["millwright.dev/pipeline"] = .string(template.dataPipelineRun.pipeline)
        var annotations: JSON = [:]
        for key in template.annotations.keys.sorted() { annotations[key] = .string(template.annotations[key] ?? "") }
        annotations["millwright.dev/cause"] = .string("schedule/\(desired.key.name)")
        annotations["millwright.dev/scheduled-time"] = .string(time.rfc3339)
        let local = Timestamp(seconds: time.seconds + Int64(desired.zone.offset(at: time.seconds)))
        var parameters: JSON = [:]
        for key in template.dataPipelineRun.parameters.keys.sorted() {
            let text = template.dataPipelineRun.parameters[key] ?? ""
            parameters[key] = .string(Self.filled(text, time: time.rfc3339, date: String(local.rfc3339.prefix(10))))
        }
        var spec: JSON = ["pipelineRef": ["name": .string(template.dataPipelineRun.pipeline)]]
        if parameters.object?.isEmpty == false { spec["parameters"] = parameters }
        spec["ttlSecondsAfterFinished"] = .int(template.dataPipelineRun.ttlAfterFinished.map { $0.wholeMilliseconds / 1000 } ?? 86400)
        let document: JSON = [
            "apiVersion": .string(MillwrightName.apiVersion), "kind": "DataPipelineRun",
            "metadata": [
                "name": .string(name), "namespace": .string(desired.key.namespace), "labels": labels, "annotations": annotations,
                "ownerReferences": [
                    [
                        "apiVersion": .string(MillwrightName.apiVersion), "kind": "RunSchedule", "name": .string(desired.key.name), "uid": .string(desired.uid), "controller": true,
                        "blockOwnerDeletion": false,
                    ]
                ],
            ],
            "spec": spec,
        ]
        do throws(KubernetesError) { _ = try await client.create(.dataPipelineRuns, document, WriteOptions(fieldManager: "millwright")) } catch {
            if case .alreadyExists = error { return }
            throw ActionFailure(error, breaker: "kubernetes.\(client.target).Write")
        }
    }

    /// `${ time }` and `${ date }`.
    static func filled(_ text: String, time: String, date: String) -> String {
        var result = ""
        var rest = Substring(text)
        while let start = rest.firstRange(of: "${"), let end = rest[start.upperBound...].firstIndex(of: "}") {
            let word = rest[start.upperBound..<end].filter { $0 != " " }
            result += rest[..<start.lowerBound]
            result += word == "time" ? time : word == "date" ? date : String(rest[start.lowerBound...end])
            rest = rest[rest.index(after: end)...]
        }
        return result + rest
    }

    /// What is gone already needs nothing.
    private func call(_ body: () async throws(KubernetesError) -> Void) async throws(ActionFailure) {
        do throws(KubernetesError) { try await body() } catch {
            if error.isNotFound { return }
            throw ActionFailure(error, breaker: "kubernetes.\(client.target).Write")
        }
    }

    public func isEmpty(_ observed: ObservedSchedule) -> Bool { true }

    public func status(_ report: PassReport<SchedulePlanner>, now: Timestamp) -> StatusProposal? {
        var isPaused = false
        var seen: (desired: DesiredSchedule, observed: ObservedSchedule)?
        switch report.stage {
        case .undecided, .unobserved: break
        case .acting(let desired, let observed, _), .planned(let desired, let observed, _), .failed(let desired, let observed, _, _, _): seen = (desired, observed)
        case .paused(let desired, let observed, _):
            isPaused = true
            seen = (desired, observed)
        }
        return StatusProposal(ScheduleStatus.status(of: report.object, seen, trouble: report.failure.flatMap(Self.trouble), isPaused: isPaused, now: now))
    }

    private static func trouble(_ failure: ActionFailure) -> (reason: ScheduleReason, message: String, isFinal: Bool)? {
        switch failure {
        case .terminal(let reason, let message): (ScheduleReason(rawValue: reason) ?? .invalidSpec, message, true)
        case .refused(let dependency, let message, _): (dependency == "rbac" ? .forbidden : .waiting, message, false)
        case .transient(let message): (.waiting, message, false)
        case .stale, .cancelled: nil
        }
    }
}
