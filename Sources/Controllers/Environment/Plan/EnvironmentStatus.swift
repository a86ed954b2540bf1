import Kernel
import Resources

/// What `status` says, as a function of what a pass found.
public struct EnvironmentStatus {
    /// How far the pass came.
    public enum Stage: Sendable {
        /// The document can't be followed, or what it refers to couldn't be read; what runs of it, when that could be looked at.
        case undecided(ObservedEnvironment?)
        /// The engine couldn't be looked at.
        case unobserved(DesiredEnvironment)
        case assessed(DesiredEnvironment, ObservedEnvironment, EnvironmentAssessment)
    }

    private static let longestMessage = 2000

    private let object: JSON
    private let previous: JSON?
    private let generation: Int64
    private let isPaused: Bool
    private let now: Timestamp
    private var conditions: [Condition]
    private var mask = SecretMask()

    /// - Parameters:
    ///   - object: the Environment with its present status.
    ///   - isPaused: whether the annotation keeps hands off the world.
    public static func status(
        of object: JSON, _ stage: Stage, trouble: EnvironmentTrouble?, isPaused: Bool = false, policy: EnvironmentPolicy, now: Timestamp
    ) -> JSON {
        var status = EnvironmentStatus(object: object, isPaused: isPaused, now: now)
        return status.build(stage, trouble, policy)
    }

    private init(object: JSON, isPaused: Bool, now: Timestamp) {
        self.object = object
        self.isPaused = isPaused
        self.now = now
        previous = object["status"]
        generation = object["metadata"]?["generation"]?.int ?? 0
        conditions = (object["status"]?["conditions"]?.array ?? []).compactMap(Condition.init)
    }

    private mutating func build(_ stage: Stage, _ trouble: EnvironmentTrouble?, _ policy: EnvironmentPolicy) -> JSON {
        var members = JSONObject()
        func keep(_ names: [String]) { for name in names { members[name] = previous?[name] } }
        members["observedGeneration"] = .int(generation)
        switch stage {
        case .undecided(let seen):
            keep(["phase", "runtime", "target", "replicas", "readyReplicas", "revision", "imageDigest", "endpoints", "instances"])
            if let seen { show(seen, in: &members) }
            members["phase"] = .string(phaseInTrouble(isDeleting: object["metadata"]?["deletionTimestamp"] != nil))
            unknownWorld(trouble, "the document could not be followed")
        case .unobserved(let desired):
            keep(["phase", "replicas", "readyReplicas", "revision", "imageDigest", "endpoints", "instances"])
            place(&members, desired, policy)
            members["phase"] = .string(phaseInTrouble(isDeleting: desired.isDeleting))
            unknownWorld(trouble, "the engine could not be looked at")
        case .assessed(let desired, let observed, let assessment):
            place(&members, desired, policy)
            mask = desired.secretMask
            let view = EnvironmentStatusView(desired, observed, assessment, previous: previous)
            members["phase"] = .string(view.phase.rawValue)
            members["replicas"] = .int(Int64(view.existing.count))
            members["readyReplicas"] = .int(Int64(view.readyCount))
            if !desired.isDeleting { members["revision"] = .string(desired.revision) }
            members["imageDigest"] = observed.image?.digest.map { .string($0) }
            let endpoints = view.endpoints()
            if !endpoints.isEmpty { members["endpoints"] = .array(endpoints) }
            let instances = view.instances()
            if !instances.isEmpty { members["instances"] = .array(instances) }
            assessed(view, trouble)
        }
        noteGuard(trouble)
        members["conditions"] = .array(conditions.map(\.json))
        return .object(members)
    }

    /// What runs of an Environment that can't be decided on: nothing is said to be there that is gone. Its addresses are kept, as those of
    /// any instance that is to come back.
    private func show(_ seen: ObservedEnvironment, in members: inout JSONObject) {
        let existing = seen.containers.filter { $0.state != .removing }
        members["replicas"] = .int(Int64(existing.count))
        members["readyReplicas"] = .int(Int64(existing.filter(\.isReady).count))
        let known = (previous?["instances"]?.array ?? []).compactMap { $0["ordinal"]?.int.map { Int($0) } }
        let instances = Set(known + existing.compactMap(\.ordinal)).sorted().map { ordinal in
            let container = existing.first { $0.ordinal == ordinal }
            let message = container == nil ? "its container is gone; another is made when what stands in the way is put right" : ""
            return EnvironmentStatusView.instance(ordinal, container, message: message, previous: previous)
        }
        members["instances"] = instances.isEmpty ? nil : .array(instances)
    }

    private func place(_ members: inout JSONObject, _ desired: DesiredEnvironment, _ policy: EnvironmentPolicy) {
        members["runtime"] = .string((desired.spec?.runtime ?? policy.defaultRuntime).rawValue)
        members["target"] = .string(desired.target)
    }

    private func phaseInTrouble(isDeleting: Bool) -> String {
        if isDeleting { return EnvironmentPhase.terminating.rawValue }
        let had = previous?["instances"]?.array?.isEmpty == false
        return (had ? EnvironmentPhase.degraded : .pending).rawValue
    }

    // MARK: Conditions

    private mutating func set(_ type: String, _ status: Condition.Status, _ reason: EnvironmentReason, _ message: String) {
        let message = mask.masked(message)
        let text = message.count > Self.longestMessage ? message.prefix(Self.longestMessage) + "…" : message
        conditions.set(
            Condition(type: type, status: status, reason: reason.rawValue, message: text, observedGeneration: generation, lastTransition: now))
    }

    private mutating func unknownWorld(_ trouble: EnvironmentTrouble?, _ otherwise: String) {
        switch trouble {
        case .issue(let issue)?:
            set("Ready", .false, issue.reason, issue.message)
            set("Reconciling", .false, .waiting, "waits until what stands in the way is put right")
            set("Stalled", .true, issue.reason, issue.message)
        case .failing(let message)?, .guarded(_, let message)?:
            set("Ready", .unknown, .engineUnavailable, message)
            set("Reconciling", .true, .waiting, "tries again by itself")
            set("Stalled", .false, .notStalled, "")
        case .interrupted?, nil:
            set("Ready", .unknown, .pending, otherwise)
            set("Reconciling", .true, .waiting, otherwise)
            set("Stalled", .false, .notStalled, "")
        }
        if conditions["Drifted"] == nil { set("Drifted", .false, .asDeclared, "") }
    }

    private mutating func assessed(_ view: EnvironmentStatusView, _ trouble: EnvironmentTrouble?) {
        var issue = view.assessment.issues.first
        var hitch: String?
        switch trouble {
        case .issue(let found)?: issue = issue ?? found
        case .failing(let message)?, .guarded(_, let message)?: hitch = message
        case .interrupted?, nil: break
        }
        let ready = view.ready(issue: issue, hitch: hitch)
        set("Ready", ready.isReady ? .true : .false, ready.reason, ready.message)
        if let issue {
            set("Reconciling", .false, .waiting, "waits until what stands in the way is put right")
            set("Stalled", .true, issue.reason, issue.message)
        } else {
            let plan = view.assessment.plan
            let work = hitch ?? plan.actions.first.map { "\($0.summary): \($0.reason)" } ?? plan.waitingFor.map { "waits for \($0)" }
            if isPaused {
                let would = plan.actions.first.map { "; without it: \($0.summary)" } ?? ""
                set("Reconciling", .false, .paused, "annotation \(MillwrightName.pausedAnnotation) is set: nothing is touched\(would)")
                set("Stalled", .false, .notStalled, "")
                noteDrift(view)
                return
            }
            let isWorking = work != nil && view.assessment.activity != .atGoal
            set("Reconciling", isWorking ? .true : .false, isWorking ? view.assessment.activity : .atGoal, isWorking ? work ?? "" : "")
            set("Stalled", .false, .notStalled, "")
        }
        noteDrift(view)
    }

    private mutating func noteDrift(_ view: EnvironmentStatusView) {
        if let drift = view.assessment.drift.first {
            set("Drifted", .true, drift.reason, view.assessment.drift.map(\.message).joined(separator: "; "))
        } else if let last = conditions["Drifted"], last.status == .true {
            set("Drifted", .false, .repaired, "put right: \(last.message)")
        } else if conditions["Drifted"] == nil {
            set("Drifted", .false, .asDeclared, "")
        }
    }

    private mutating func noteGuard(_ trouble: EnvironmentTrouble?) {
        if case .guarded(let breaker, let message)? = trouble {
            set("Guarded", .true, .breakerOpen, "breaker \(breaker) lets no call through: \(message)")
        } else {
            set("Guarded", .false, .asDeclared, "")
        }
    }
}

/// `status.phase`.
public enum EnvironmentPhase: String, Sendable, CaseIterable {
    case pending = "Pending", pulling = "Pulling", starting = "Starting", running = "Running", degraded = "Degraded"
    case suspended = "Suspended", terminating = "Terminating"
}
