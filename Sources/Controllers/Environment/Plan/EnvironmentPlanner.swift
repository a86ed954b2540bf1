import Kernel
import Resources

/// Decides what to do on a Docker engine for one Environment.
///
/// What it keeps to: what is missing or stopped is put right at once; what must be replaced goes one instance at a time, highest ordinal
/// first, stopped before its successor starts, and only while every instance that is new already is ready. Nothing is stopped before all
/// that its successor needs is at hand. Data volumes are removed only as the retention policy says.
public enum EnvironmentPlanner: Planner {
    public static func plan(desired: DesiredEnvironment, observed: ObservedEnvironment, now: Timestamp) -> Plan<EnvironmentAction> {
        assess(desired: desired, observed: observed, now: now).plan
    }

    public static func assess(desired: DesiredEnvironment, observed: ObservedEnvironment, now: Timestamp) -> EnvironmentAssessment {
        var planning = EnvironmentPlanning(desired: desired, observed: observed, now: now)
        planning.run()
        return planning.result
    }
}

/// One run of the planner.
struct EnvironmentPlanning {
    let desired: DesiredEnvironment
    let observed: ObservedEnvironment
    let now: Timestamp
    var result = EnvironmentAssessment()
    private var ensuredVolumes: [String] = []
    private var hasEnsuredNetwork = false
    private var imageAtHand: Bool?
    var ports: PortAssignment

    init(desired: DesiredEnvironment, observed: ObservedEnvironment, now: Timestamp) {
        self.desired = desired
        self.observed = observed
        self.now = now
        ports = PortAssignment(desired: desired, observed: observed)
    }

    mutating func run() {
        let chosen = chooseContainers()
        removeSurplus(chosen)
        for name in observed.abandonedVolumes { add(.removeVolume(name: name), "the container it belonged to was removed without it") }
        if desired.isDeleting {
            result.activity = .deleting
            removeVolumesOfDeleted()
            removeNetworkOfDeleted()
            return
        }
        removeVolumesOfScaled()
        for ordinal in (0..<desired.replicas).reversed() { tend(ordinal, chosen[ordinal]) }
        result.instances.reverse()
        replaceOneOutdated()
        concludeActivity()
    }

    // MARK: Adding to the plan

    mutating func add(_ kind: EnvironmentAction.Kind, _ reason: String) {
        result.plan.actions.append(EnvironmentAction(kind, target: desired.target, because: reason))
    }

    mutating func wait(for what: String, _ wake: Wake = .onChange) {
        if result.plan.waitingFor == nil { result.plan.waitingFor = what }
        result.plan.wake = result.plan.wake.orSooner(wake)
    }

    mutating func report(_ issue: EnvironmentIssue) {
        if !result.issues.contains(issue) { result.issues.append(issue) }
    }

    func reference(_ container: ObservedContainer) -> EnvironmentAction.ContainerRef {
        .init(ordinal: container.ordinal ?? 0, name: container.name, id: container.id)
    }

    // MARK: Too many

    /// The container of each instance: of two with one ordinal, the one with the right name, then the one at the right revision.
    private func chooseContainers() -> [Int: ObservedContainer] {
        var chosen: [Int: ObservedContainer] = [:]
        func rank(_ container: ObservedContainer, _ ordinal: Int) -> (Int, Int, String) {
            (
                container.name == desired.identity.containerName(ordinal) ? 0 : 1, container.revision == desired.revision ? 0 : 1, container.id
            )
        }
        for container in observed.containers {
            guard let ordinal = container.ordinal, ordinal < desired.replicas else { continue }
            if let other = chosen[ordinal], rank(other, ordinal) < rank(container, ordinal) { continue }
            chosen[ordinal] = container
        }
        return chosen
    }

    private mutating func removeSurplus(_ chosen: [Int: ObservedContainer]) {
        let surplus = observed.containers.filter { container in chosen[container.ordinal ?? -1]?.id != container.id }
        for container in surplus.sorted(by: { ($0.ordinal ?? .max, $0.name) > ($1.ordinal ?? .max, $1.name) }) {
            let reason: String
            if desired.isDeleting {
                reason = "the environment is being deleted"
            } else if let ordinal = container.ordinal, ordinal < desired.replicas {
                reason = "a second container stands for instance \(desired.identity.instanceName(ordinal))"
            } else if container.ordinal == nil {
                reason = "it belongs to this environment but its label \(EnvironmentIdentity.ordinalLabel) is no number"
            } else {
                reason = desired.isSuspended ? "the environment is suspended" : "replicas is \(desired.replicas)"
            }
            if result.activity == .atGoal { result.activity = .scaling }
            remove(container, reason)
        }
    }

    mutating func remove(_ container: ObservedContainer, _ reason: String) {
        guard container.state != .removing else {
            wait(for: "the engine to finish removing container \(container.name)", .after(.seconds(2)))
            return
        }
        if container.state == .paused { add(.unpauseContainer(reference(container)), "a paused container can't be stopped") }
        if container.isUp { add(.stopContainer(reference(container), grace: desired.gracePeriod), reason) }
        add(.removeContainer(reference(container)), reason)
    }

    private mutating func removeVolumesOfDeleted() {
        guard desired.whenDeleted == .delete else { return }
        for volume in ownVolumes() {
            add(.removeVolume(name: volume.name), "the environment is being deleted and persistentVolumeClaimRetentionPolicy.whenDeleted is Delete")
        }
    }

    private mutating func removeVolumesOfScaled() {
        guard let spec = desired.spec, spec.whenScaled == .delete, !spec.suspend else { return }
        for volume in ownVolumes() where volume.ordinal.map({ $0 >= spec.replicas }) == true {
            add(
                .removeVolume(name: volume.name),
                "replicas is \(spec.replicas) and persistentVolumeClaimRetentionPolicy.whenScaled is Delete")
        }
    }

    /// Data volumes of instances, highest ordinal first. Only those whose labels say so and whose name is what we would call them.
    private func ownVolumes() -> [ObservedEnvironment.Volume] {
        // What a container that is being removed still holds comes later.
        if observed.containers.contains(where: { $0.state == .removing }) { return [] }
        return observed.volumes.filter { volume in
            guard let claim = volume.claim, let ordinal = volume.ordinal else { return false }
            return volume.name == desired.identity.volumeName(claim: claim, ordinal: ordinal)
        }.sorted { ($0.ordinal ?? 0, $0.name) > ($1.ordinal ?? 0, $1.name) }
    }

    private mutating func removeNetworkOfDeleted() {
        guard case .ours = observed.network, observed.otherEnvironments == 0, !observed.containers.contains(where: { $0.state == .removing })
        else { return }
        add(.removeNetwork(name: desired.identity.networkName), "the last environment of namespace \(desired.identity.namespace) is being deleted")
    }

    // MARK: What a container needs

    /// The steps to a new container that runs, or nil when something stands in the way (which is reported or waited for).
    mutating func creation(_ ordinal: Int, instead old: ObservedContainer?, _ reason: String) -> [EnvironmentAction]? {
        guard isDue(.run(ordinal: ordinal, revision: desired.revision)) else { return nil }
        let name = desired.identity.containerName(ordinal)
        if let holder = observed.nameHolders.first(where: { $0.name == name }) {
            report(
                EnvironmentIssue(
                    .nameConflict,
                    "container \(holder.id.prefix(12)) has the name \(name) but isn't Millwright's; remove or rename it: docker rename \(holder.id.prefix(12)) NEWNAME"))
            return nil
        }
        guard let hostPorts = assignPorts(ordinal, instead: old), ensureNetwork(), ensureImage() else { return nil }
        guard let container = desired.container(ordinal, hostPorts: hostPorts) else { return nil }
        for volume in desired.neededVolumes(ordinal)
        where !ensuredVolumes.contains(volume.name) && !observed.volumes.contains(where: { $0.name == volume.name }) {
            ensuredVolumes.append(volume.name)
            add(.createVolume(name: volume.name, labels: volume.labels), "instance \(desired.identity.instanceName(ordinal)) needs it and it doesn't exist")
        }
        let reference = EnvironmentAction.ContainerRef(ordinal: ordinal, name: container.name)
        var kinds: [EnvironmentAction.Kind] = [.createContainer(container)]
        if container.files.contains(where: { !$0.files.isEmpty }) { kinds.append(.copyFiles(reference, container.files)) }
        kinds.append(.startContainer(reference))
        return kinds.map { EnvironmentAction($0, target: desired.target, because: reason) }
    }

    /// False while what failed last time is not to be tried again yet; the failure is reported.
    mutating func isDue(_ subject: ObservedEnvironment.Failure.Subject) -> Bool {
        guard let failure = observed.failure(subject) else { return true }
        let next = failure.at + EnvironmentBackoff.delay(failure.count)
        report(failure.issue)
        guard next > now else { return true }
        wait(for: "the next try: \(failure.issue.message)", .after(next - now))
        return false
    }

    private mutating func assignPorts(_ ordinal: Int, instead old: ObservedContainer?) -> [Int]? {
        switch ports.assign(ordinal, instead: old) {
        case .success(let assigned): return assigned
        case .failure(let issue):
            report(issue)
            // Nobody tells when a port gets free.
            wait(for: issue.message, .after(EnvironmentBackoff.first))
            return nil
        }
    }

    private mutating func ensureNetwork() -> Bool {
        switch observed.network {
        case .ours: return true
        case .foreign(let id):
            report(
                EnvironmentIssue(
                    .nameConflict,
                    "network \(id.prefix(12)) has the name \(desired.identity.networkName) but isn't Millwright's; remove it: docker network rm \(id.prefix(12))"))
            return false
        case .absent:
            if !hasEnsuredNetwork {
                hasEnsuredNetwork = true
                add(
                    .createNetwork(name: desired.identity.networkName, labels: desired.identity.namespaceLabels),
                    "the environments of namespace \(desired.identity.namespace) have no network yet")
            }
            return true
        }
    }

    private mutating func ensureImage() -> Bool {
        if let imageAtHand { return imageAtHand }
        let answer = imageCanBeHad()
        imageAtHand = answer
        return answer
    }

    private mutating func imageCanBeHad() -> Bool {
        guard let spec = desired.spec else { return false }
        switch (spec.imagePullPolicy, observed.image) {
        case (.never, nil):
            report(
                EnvironmentIssue(
                    .imageUnavailable,
                    "the engine has no image \(spec.image) and imagePullPolicy is Never; build or load it there (docker load), or set imagePullPolicy: IfNotPresent"))
            wait(for: "image \(spec.image)", .after(EnvironmentBackoff.first))
            return false
        case (.never, _?), (.ifNotPresent, _?): return true
        case (.ifNotPresent, nil), (.always, _):
            guard isDue(.pull(image: spec.image)) else { return false }
            let reason = spec.imagePullPolicy == .always ? "imagePullPolicy is Always" : "the engine doesn't have it"
            add(.pullImage(spec.image, secrets: spec.imagePullSecrets), reason)
            return true
        }
    }
}
