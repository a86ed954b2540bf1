import Kernel
import Resources

/// What an assessment comes to for a reader of `status`.
struct EnvironmentStatusView {
    private static let longestTail = 600

    let desired: DesiredEnvironment
    let observed: ObservedEnvironment
    let assessment: EnvironmentAssessment
    let previous: JSON?

    init(_ desired: DesiredEnvironment, _ observed: ObservedEnvironment, _ assessment: EnvironmentAssessment, previous: JSON?) {
        self.desired = desired
        self.observed = observed
        self.assessment = assessment
        self.previous = previous
    }

    var existing: [ObservedContainer] { observed.containers.filter { $0.state != .removing } }
    var readyCount: Int { assessment.instances.filter { $0.container?.isReady == true }.count }

    private func any(_ state: EnvironmentAssessment.InstanceState) -> Bool { assessment.instances.contains { $0.state == state } }

    private var isPulling: Bool {
        assessment.plan.actions.contains { action in if case .pullImage = action.kind { true } else { false } }
    }

    private var isAllReady: Bool { assessment.instances.allSatisfy { $0.state == .ready && !$0.isOutdated } }

    // MARK: Phase and Ready

    var phase: EnvironmentPhase {
        if desired.isDeleting { return .terminating }
        if desired.replicas == 0 { return .suspended }
        if isAllReady { return .running }
        if any(.crashLooping) || any(.completed) { return .degraded }
        if isPulling, readyCount == 0 { return .pulling }
        if !assessment.issues.isEmpty { return existing.isEmpty ? .pending : .degraded }
        switch assessment.activity {
        case .creating, .updating, .scaling: return .starting
        default:
            let before = previous?["phase"]?.string.flatMap(EnvironmentPhase.init(rawValue:))
            return before == .running || before == .degraded ? .degraded : .starting
        }
    }

    func ready(issue: EnvironmentIssue?, hitch: String?) -> (isReady: Bool, reason: EnvironmentReason, message: String) {
        if desired.isDeleting {
            let left = existing.count
            return (false, .terminating, hitch ?? (left == 0 ? "nothing is left to remove" : "\(left) of its containers are still to be removed"))
        }
        if desired.replicas == 0 {
            guard existing.isEmpty else { return (false, desired.isSuspended ? .suspended : .scaledToZero, hitch ?? "its containers are being removed") }
            return desired.isSuspended
                ? (true, .suspended, "suspended: nothing runs, data volumes are kept; set spec.suspend to false to go on")
                : (true, .scaledToZero, "replicas is 0: nothing runs, data volumes are kept")
        }
        let total = desired.replicas
        let count = total == 1 ? "" : "\(readyCount) of \(total) instances are ready; "
        if let issue { return (false, issue.reason, count + issue.message) }
        if isAllReady {
            if let hitch { return (true, .instancesReady, hitch) }
            return (true, .instancesReady, total == 1 ? "the instance is ready" : "all \(total) instances are ready")
        }
        if let looping = assessment.instances.first(where: { $0.state == .crashLooping }) {
            return (false, .crashLoopBackOff, count + described(looping))
        }
        if let hitch { return (false, reasonWhileWorking, count + hitch) }
        if let done = assessment.instances.first(where: { $0.state == .completed }) { return (false, .completed, count + described(done)) }
        if isPulling, let image = desired.spec?.image { return (false, .pulling, "\(count)image \(image) is being pulled") }
        let first = assessment.instances.last { $0.state != .ready || $0.isOutdated }
        return (false, reasonWhileWorking, count + (first.map(described) ?? ""))
    }

    private var reasonWhileWorking: EnvironmentReason {
        if assessment.activity == .updating { return .updating }
        switch phase {
        case .starting: return .starting
        case .pulling: return .pulling
        case .pending: return .pending
        case .running, .degraded, .suspended, .terminating: return .notReady
        }
    }

    /// `line-3-0: its process ended with exit code 1; last lines: …`
    private func described(_ instance: EnvironmentAssessment.Instance) -> String {
        var text = "\(desired.identity.instanceName(instance.ordinal)): \(instance.message)"
        let tail = instance.container?.lastLines.value ?? ""
        if !tail.isEmpty, instance.state == .crashLooping || instance.state == .completed {
            text += "; last lines of its log: \(tail.suffix(Self.longestTail))"
        }
        return text
    }

    // MARK: Lists

    func instances() -> [JSON] {
        assessment.instances.map { Self.instance($0.ordinal, $0.container, message: desired.secretMask.masked($0.message), previous: previous) }
    }

    /// - Parameter previous: the status before.
    static func instance(_ ordinal: Int, _ container: ObservedContainer?, message: String, previous: JSON?) -> JSON {
        var members = JSONObject([("ordinal", .int(Int64(ordinal)))])
        if let container {
            members["id"] = .string(container.shortID)
            members["state"] = .string(container.state.rawValue)
            members["ready"] = .bool(container.isReady)
            members["restarts"] = .int(max(Int64(container.restarts), knownRestarts(ordinal, container.shortID, previous)))
            members["revision"] = .string(container.revision)
        } else {
            members["state"] = "absent"
            members["ready"] = false
            members["restarts"] = 0
        }
        if !message.isEmpty { members["message"] = .string(String(message.prefix(1000))) }
        return .object(members)
    }

    /// What status said of the same container before: a Millwright that was restarted doesn't remember all of them.
    private static func knownRestarts(_ ordinal: Int, _ id: String, _ previous: JSON?) -> Int64 {
        let known = (previous?["instances"]?.array ?? []).first { $0["ordinal"]?.int == Int64(ordinal) && $0["id"]?.string == id }
        return known?["restarts"]?.int ?? 0
    }

    /// Of each instance that should be: what its container was given, else what it had before.
    func endpoints() -> [JSON] {
        guard let spec = desired.spec else { return [] }
        var result: [JSON] = []
        for instance in assessment.instances {
            for port in spec.ports {
                let given = instance.container?.ports.first { $0.containerPort == port.containerPort && $0.transport == port.transport }
                let kept = desired.recorded.first { $0.ordinal == instance.ordinal }?.hostPorts["\(port.containerPort)/\(port.transport.rawValue)"]
                guard let host = given?.hostPort ?? kept else { continue }
                let address = given?.hostIP ?? port.hostIP ?? "127.0.0.1"
                result.append([
                    "port": .string(port.label), "containerPort": .int(Int64(port.containerPort)), "protocol": .string(port.transport.rawValue),
                    "ordinal": .int(Int64(instance.ordinal)), "address": .string("\(address.contains(":") ? "[\(address)]" : address):\(host)"),
                ])
            }
        }
        return result
    }
}
