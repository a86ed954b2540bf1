import Docker
import EnvironmentPlan
import Kernel
import Kubernetes
import Platform
import Reconciliation
import Resources

/// The flow of Environments: document and references to desired, engine to observed, actions to the engine, all of it to status.
public struct EnvironmentFlow: ReconciliationFlow {
    public typealias Planning = EnvironmentPlanner

    let policy: EnvironmentPolicy
    let targets: [String: EnvironmentTarget]
    let pool: AddressPool
    let memory: EnvironmentMemory
    let prober: Prober
    let environments: Informer
    let config: ConfigReader
    let clocks: any Clocks

    public var type: ResourceType { .environments }

    public func desired(_ object: JSON, in pass: PassContext) async throws(ActionFailure) -> DesiredEnvironment {
        var inputs = ConfigInputs()
        // What is wrong with the document is said by `DesiredEnvironment`; here only what a good one refers to is read.
        if object["metadata"]?["deletionTimestamp"] == nil, let spec = Self.spec(object) {
            inputs = try await config.read(ConfigReferences(spec), namespace: pass.key.namespace, in: pass)
        }
        do throws(EnvironmentIssue) {
            return try DesiredEnvironment(object: object, inputs: inputs, policy: policy)
        } catch {
            throw .terminal(reason: error.reason.rawValue, error.message)
        }
    }

    private static func spec(_ object: JSON) -> EnvironmentSpec? {
        do { return try EnvironmentSpec(object["spec"]) } catch { return nil }
    }

    /// Containers go on, and go, while a Secret is missing: status must not show one that is gone.
    public func observeUndecided(_ object: JSON, in pass: PassContext) async throws(ActionFailure) -> ObservedEnvironment? {
        try await observe(DesiredEnvironment(onlyToLookAt: object, policy: policy), probing: true, now: pass.clocks.now)
    }

    public func observe(_ desired: DesiredEnvironment, _ object: JSON, in pass: PassContext) async throws(ActionFailure) -> ObservedEnvironment {
        try await observe(desired, probing: true, now: pass.clocks.now)
    }

    private func observe(_ desired: DesiredEnvironment, probing: Bool, now: Timestamp) async throws(ActionFailure) -> ObservedEnvironment {
        let target = try target(desired)
        let identity = desired.identity
        let others = environments.keys(index: Self.namespaceIndex, value: "\(identity.namespace)/\(desired.target)").filter { $0.name != identity.name }
        return try await EnvironmentObserver(target: target, memory: memory, prober: prober)
            .observe(desired, others: others.count, probing: probing, now: now)
    }

    private func target(_ desired: DesiredEnvironment) throws(ActionFailure) -> EnvironmentTarget {
        if let target = targets[desired.target] { return target }
        throw .terminal(
            reason: EnvironmentReason.runtimeUnavailable.rawValue,
            "this installation has no target \(desired.target) any more; start Millwright with --target \(desired.target)=docker:URL, or, if it is gone for good, let go of what runs there with annotation \(MillwrightName.forceDeleteAnnotation)=true")
    }

    public func execute(_ action: EnvironmentAction, desired: DesiredEnvironment, in pass: PassContext) async throws(ActionFailure) {
        let executor = EnvironmentExecutor(target: try target(desired), memory: memory, policy: policy, pool: pool, secrets: config)
        try await executor.execute(action, desired: desired, in: pass)
    }

    public func isEmpty(_ observed: ObservedEnvironment) -> Bool { observed.containers.isEmpty }

    public func status(_ report: PassReport<EnvironmentPlanner>, now: Timestamp) -> StatusProposal? {
        StatusProposal(status(of: report, now: now), counters: [["instances", "*", "restarts"]])
    }

    private func status(of report: PassReport<EnvironmentPlanner>, now: Timestamp) -> JSON {
        let stage: EnvironmentStatus.Stage
        var isPaused = false
        switch report.stage {
        case .undecided(_, let seen): stage = .undecided(seen)
        case .unobserved(let desired, _): stage = .unobserved(desired)
        case .acting(let desired, let observed, _), .planned(let desired, let observed, _), .failed(let desired, let observed, _, _, _):
            stage = .assessed(desired, observed, EnvironmentPlanner.assess(desired: desired, observed: observed, now: now))
        case .paused(let desired, let observed, _):
            isPaused = true
            stage = .assessed(desired, observed, EnvironmentPlanner.assess(desired: desired, observed: observed, now: now))
        }
        return EnvironmentStatus.status(
            of: report.object, stage, trouble: report.failure.map(Self.trouble), isPaused: isPaused, policy: policy, now: now)
    }

    private static func trouble(_ failure: ActionFailure) -> EnvironmentTrouble {
        switch failure {
        case .terminal(let reason, let message): .issue(EnvironmentIssue(EnvironmentReason(rawValue: reason) ?? .engineRefused, message))
        case .transient(let message): .failing(message)
        case .refused(let dependency, let message, _): .guarded(breaker: dependency, message)
        case .stale, .cancelled: .interrupted
        }
    }

    public func events(_ report: PassReport<EnvironmentPlanner>) -> [EventNote] {
        let mask = Self.mask(report.stage)
        return EnvironmentEvents.notes(report, status: status(of: report, now: clocks.now)).map { note in
            EventNote(note.kind, reason: note.reason, message: mask.masked(note.message))
        }
    }

    private static func mask(_ stage: PassReport<EnvironmentPlanner>.Stage) -> SecretMask {
        switch stage {
        case .undecided: SecretMask()
        case .unobserved(let desired, _), .acting(let desired, _, _), .planned(let desired, _, _), .failed(let desired, _, _, _, _), .paused(let desired, _, _):
            desired.secretMask
        }
    }

    public func forget(_ key: NamespacedName) async {
        memory.forget(key)
        prober.forget(key)
    }

    // MARK: Showing a plan

    /// What would be done for the object now, and why, without doing or writing anything: for `millwright plan`.
    public func preview(_ object: JSON, in pass: PassContext) async throws(ActionFailure) -> EnvironmentAssessment {
        let desired = try await desired(object, in: pass)
        let observed = try await observe(desired, probing: false, now: pass.clocks.now)
        return EnvironmentPlanner.assess(desired: desired, observed: observed, now: pass.clocks.now)
    }

    // MARK: Indexes

    static let namespaceIndex = "network"
    static let configMapIndex = "configmap"
    static let secretIndex = "secret"

    static let indexes = [
        // Who wants the network of a namespace on a target.
        Informer.Index(namespaceIndex) { object in
            guard object["metadata"]?["deletionTimestamp"] == nil, let namespace = object["metadata"]?["namespace"]?.string else { return [] }
            return ["\(namespace)/\(object["spec"]?["target"]?.string ?? "local")"]
        },
        Informer.Index(configMapIndex) { references($0).configMaps },
        Informer.Index(secretIndex) { references($0).secrets },
    ]

    private static func references(_ object: JSON) -> (configMaps: [String], secrets: [String]) {
        guard let namespace = object["metadata"]?["namespace"]?.string, let spec = spec(object) else { return ([], []) }
        let references = ConfigReferences(spec)
        return (references.configMaps.map { "\(namespace)/\($0)" }, (references.secrets + spec.imagePullSecrets).map { "\(namespace)/\($0)" })
    }
}
