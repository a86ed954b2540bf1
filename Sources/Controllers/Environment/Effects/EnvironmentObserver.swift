import Docker
import EnvironmentPlan
import Kernel
import Reconciliation
import Resources

/// Looks at an engine for one Environment. Changes nothing there.
struct EnvironmentObserver: Sendable {
    private static let tailLines = 8

    let target: EnvironmentTarget
    let memory: EnvironmentMemory
    let prober: Prober
    private var engine: any ContainerEngine { target.engine }

    init(target: EnvironmentTarget, memory: EnvironmentMemory, prober: Prober) {
        self.target = target
        self.memory = memory
        self.prober = prober
    }

    /// - Parameters:
    ///   - others: how many other Environments of the namespace want the network.
    ///   - probing: whether probes are set going for what runs; not when a plan is only to be shown.
    func observe(_ desired: DesiredEnvironment, others: Int, probing: Bool, now: Timestamp) async throws(ActionFailure) -> ObservedEnvironment {
        var observed = ObservedEnvironment()
        let key = NamespacedName(namespace: desired.identity.namespace, name: desired.identity.name)
        do throws(DockerError) {
            let inspections = try await ownContainers(desired)
            for inspection in inspections {
                memory.belongs(inspection.id, to: key)
                observed.containers.append(try await container(inspection, desired, probing: probing, now: now))
            }
            observed.containers.sort { ($0.ordinal ?? .max, $0.name) < ($1.ordinal ?? .max, $1.name) }
            observed.otherEnvironments = others
            try await network(desired, &observed, own: inspections.map(\.id))
            observed.volumes = try await volumes(desired)
            observed.abandonedVolumes = try await abandonedVolumes(desired)
            observed.failures = memory.failures(key)
            let isIncomplete = needsOthers(desired, observed)
            memory.waits(key, isIncomplete)
            if let spec = desired.spec, desired.replicas > 0 {
                observed.image = try await engine.imageIfPresent(spec.image).map {
                    ObservedEnvironment.Image(id: $0.id, digest: $0.digests.first.flatMap(Self.digest))
                }
                if isIncomplete { try await lookAtOthers(desired, &observed, now: now) }
            }
        } catch {
            throw ActionFailure(looking: error)
        }
        if probing { prober.keep(inspectionsOf: key, ids: observed.containers.filter { $0.state == .running }.map(\.id)) }
        return observed
    }

    /// `sha256:…` of `name@sha256:…`.
    private static func digest(_ reference: String) -> String? {
        reference.firstIndex(of: "@").map { String(reference[reference.index(after: $0)...]) }
    }

    private func ownContainers(_ desired: DesiredEnvironment) async throws(DockerError) -> [EngineContainer] {
        let filters = EngineFilters(labels: [
            MillwrightName.installationLabel: desired.identity.installation, MillwrightName.uidLabel: desired.identity.uid,
        ])
        var inspections: [EngineContainer] = []
        for summary in try await engine.containers(filters) {
            // Gone between the list and the look: then it isn't there.
            if let container = try await engine.containerIfPresent(summary.id) { inspections.append(container) }
        }
        return inspections
    }

    private func container(
        _ inspection: EngineContainer, _ desired: DesiredEnvironment, probing: Bool, now: Timestamp
    ) async throws(DockerError) -> ObservedContainer {
        let labels = ObservedContainer.labels(inspection.labels)
        let state = inspection.state
        var container = ObservedContainer(
            id: inspection.id, name: inspection.name, ordinal: labels.ordinal, revision: labels.revision, facts: labels.facts,
            state: ObservedContainer.State(rawValue: state.status.rawValue) ?? .exited, exitCode: state.exitCode, error: state.error,
            wasOutOfMemory: state.oomKilled, started: state.started, finished: state.finished, restarts: memory.restarts(inspection.id, counted: inspection.restartCount, started: state.started),
            restartPolicy: EngineRestart(inspection.restartPolicy), ports: labels.ports, networks: inspection.networks.keys.sorted(),
            deaths: memory.deaths(inspection.id, now: now))
        switch container.state {
        case .running:
            if probing { prober.watch(inspection, container, desired, target: target) }
            container.probes = prober.result(inspection.id, started: state.started, desired)
        case .exited, .restarting, .dead:
            // Without its Secrets it isn't known what must not be shown of a log.
            if !desired.isOnlyLookedAt {
                container.lastLines = Hidden(try await tail(inspection.id, finished: state.finished, masking: desired.secretMask))
            }
        case .created, .paused, .removing: break
        }
        return container
    }

    /// The end of a log; it is nothing to fail for when the engine can't give it.
    ///
    /// It is kept masked: a value that is changed afterwards is one that the old process may have printed.
    private func tail(_ id: String, finished: Timestamp?, masking mask: SecretMask) async throws(DockerError) -> String {
        if let known = memory.tail(id, finished: finished) { return mask.masked(known) }
        do {
            let text = mask.masked(try await engine.logTail(id, lines: Self.tailLines).map(\.line).joined(separator: " | "))
            memory.keep(tail: text, of: id, finished: finished)
            return text
        } catch {
            switch error {
            case .notFound, .conflict, .badRequest, .server, .startFailed, .pullFailed: return ""
            case .unauthorized, .unreachable, .timeout, .outcomeUnknown, .refused, .cancelled: throw error
            }
        }
    }

    private func network(_ desired: DesiredEnvironment, _ observed: inout ObservedEnvironment, own: [String]) async throws(DockerError) {
        let network: EngineNetwork
        do { network = try await engine.network(desired.identity.networkName) } catch {
            if case .notFound = error { return }
            throw error
        }
        // Asking by name also finds an id that begins so.
        guard network.name == desired.identity.networkName else { return }
        let isOurs = network.labels[MillwrightName.installationLabel] == desired.identity.installation
        observed.network = isOurs ? .ours(id: network.id) : .foreign(id: network.id)
        // Someone's container in it keeps it in place.
        observed.otherEnvironments += network.containers.filter { !own.contains($0) }.count
    }

    private func volumes(_ desired: DesiredEnvironment) async throws(DockerError) -> [ObservedEnvironment.Volume] {
        let identity = desired.identity
        let wantsShared = desired.spec?.volumes.contains { if case .persistentVolumeClaim = $0.source { true } else { false } } ?? false
        guard !desired.claims.isEmpty || wantsShared || (desired.isDeleting && desired.whenDeleted == .delete) else { return [] }
        let filters = EngineFilters(labels: [
            MillwrightName.installationLabel: identity.installation, MillwrightName.namespaceLabel: identity.namespace,
        ])
        return try await engine.volumes(filters).compactMap { volume in
            let owner = volume.labels[MillwrightName.nameLabel]
            guard owner == nil || owner == identity.name else { return nil }
            return ObservedEnvironment.Volume(
                name: volume.name, claim: volume.labels[EnvironmentIdentity.claimLabel],
                ordinal: volume.labels[EnvironmentIdentity.ordinalLabel].flatMap { Int($0) })
        }.sorted { $0.name < $1.name }
    }

    /// What `docker rm` left of containers with copied files or an emptyDir. Such an Environment says so in its spec, or is going.
    private func abandonedVolumes(_ desired: DesiredEnvironment) async throws(DockerError) -> [String] {
        let hasScratch = desired.spec?.volumes.contains { volume in
            switch volume.source {
            case .configMap, .secret, .emptyDir(false, _): true
            case .emptyDir(true, _), .hostPath, .persistentVolumeClaim: false
            }
        } ?? false
        guard hasScratch || desired.isDeleting else { return [] }
        let filters = EngineFilters(
            labels: [
                MillwrightName.installationLabel: desired.identity.installation, MillwrightName.uidLabel: desired.identity.uid,
                EnvironmentIdentity.scratchLabel: "true",
            ], others: ["dangling": ["true"]])
        return try await engine.volumes(filters).map(\.name).sorted()
    }

    // MARK: What others have

    /// Whether something is about to be created or started, for which names and ports must be known.
    private func needsOthers(_ desired: DesiredEnvironment, _ observed: ObservedEnvironment) -> Bool {
        let wanted = observed.containers.filter { $0.state == .running && $0.revision == desired.revision && $0.ordinal != nil }
        return Set(wanted.compactMap(\.ordinal)).count < desired.replicas
    }

    private func lookAtOthers(_ desired: DesiredEnvironment, _ observed: inout ObservedEnvironment, now: Timestamp) async throws(DockerError) {
        let names = Set((0..<desired.replicas).map(desired.identity.containerName))
        let own = Set(observed.containers.map(\.id))
        for summary in try await engine.containers(.none) where !own.contains(summary.id) {
            if names.contains(summary.name) { observed.nameHolders.append(.init(name: summary.name, id: summary.id)) }
            for port in summary.ports where port.hostPort > 0 {
                guard let transport = ContainerPort.Transport(engine: port.transport) else { continue }
                observed.takenPorts.append(.init(port: port.hostPort, transport: transport, holder: summary.name))
            }
            // What ours were given counts also while they don't run.
            guard summary.labels[MillwrightName.installationLabel] == desired.identity.installation else { continue }
            for port in ObservedContainer.labels(summary.labels).ports
            where !observed.takenPorts.contains(where: { $0.port == port.hostPort && $0.transport == port.transport }) {
                observed.takenPorts.append(.init(port: port.hostPort, transport: port.transport, holder: summary.name))
            }
        }
        observed.takenPorts += memory.refusedPorts(target: target.name, now: now)
    }
}
