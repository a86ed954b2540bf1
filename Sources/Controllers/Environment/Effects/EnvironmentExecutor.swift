import Docker
import EnvironmentPlan
import Kernel
import Reconciliation
import Resources

/// Does an action on an engine. Each is idempotent by name and by the labels that say whose it is.
///
/// What fails for a reason that trying at once can't cure is remembered, so that the next plan waits and status says why.
struct EnvironmentExecutor: Sendable {
    let target: EnvironmentTarget
    let memory: EnvironmentMemory
    let policy: EnvironmentPolicy
    let pool: AddressPool
    let secrets: ConfigReader
    private var engine: any ContainerEngine { target.engine }

    func execute(_ action: EnvironmentAction, desired: DesiredEnvironment, in pass: PassContext) async throws(ActionFailure) {
        let identity = desired.identity
        let key = pass.key
        switch action.kind {
        case .pullImage(let image, let names):
            try await pull(image, names, identity, pass)
        case .createNetwork(let name, let labels):
            try await createNetwork(name, labels, identity)
        case .createVolume(let name, let labels):
            try await plain { () throws(DockerError) in _ = try await engine.createVolume(name: name, labels: labels) }
        case .createContainer(let container):
            try await run(container.ordinal, desired, key, pass) { () throws(DockerError) in try await create(container, identity) }
        case .copyFiles(let reference, let sets):
            try await run(reference.ordinal, desired, key, pass) { () throws(DockerError) in
                for set in sets where !set.files.isEmpty {
                    try await engine.putArchive(reference.handle, path: set.mountPath, tar: Self.archive(set))
                }
            }
        case .startContainer(let reference):
            try await run(reference.ordinal, desired, key, pass) { () throws(DockerError) in try await engine.startContainer(reference.handle) }
            memory.succeeded(key, .run(ordinal: reference.ordinal, revision: desired.revision))
        case .unpauseContainer(let reference):
            try await plain { () throws(DockerError) in try await engine.unpauseContainer(reference.handle) }
        case .connectNetwork(let reference, let network, let aliases):
            try await plain { () throws(DockerError) in
                try await engine.ensureConnected(container: reference.handle, to: EngineAttachment(network: network, aliases: aliases))
            }
        case .setRestartPolicy(let reference, let policy):
            try await plain { () throws(DockerError) in
                try await engine.updateContainer(reference.handle, restartPolicy: EngineRestartPolicy(policy))
            }
        case .restartContainer(let reference, let grace):
            try await plain { () throws(DockerError) in try await engine.restartContainer(reference.handle, grace: grace) }
            // It counts towards a crash loop, though the engine says it was asked for.
            if let id = reference.id { memory.died(id, at: pass.clocks.now) }
        case .stopContainer(let reference, let grace):
            try await plain { () throws(DockerError) in try await engine.stopContainerIfPresent(reference.handle, grace: grace) }
        case .removeContainer(let reference):
            try await plain { () throws(DockerError) in try await engine.removeContainerIfPresent(reference.handle, force: false) }
            if let id = reference.id { memory.gone(id) }
        case .removeVolume(let name):
            try await plain { () throws(DockerError) in try await engine.removeVolumeIfPresent(name) }
        case .removeNetwork(let name):
            try await plain { () throws(DockerError) in try await engine.removeNetworkIfPresent(name) }
        }
    }

    /// An action whose failure says nothing but that it failed.
    private func plain(_ body: () async throws(DockerError) -> Void) async throws(ActionFailure) {
        do { try await body() } catch { throw ActionFailure(looking: error) }
    }

    /// A step towards an instance that runs: a failure that isn't the engine's being away is remembered with the instance.
    private func run(
        _ ordinal: Int, _ desired: DesiredEnvironment, _ key: NamespacedName, _ pass: PassContext, _ body: () async throws(DockerError) -> Void
    ) async throws(ActionFailure) {
        do { try await body() } catch {
            guard let issue = await issue(error, ordinal, desired, pass) else { throw ActionFailure(looking: error) }
            memory.failed(key, .run(ordinal: ordinal, revision: desired.revision), issue, at: pass.clocks.now)
            throw .stale(issue.message)
        }
    }

    // MARK: Container

    private func create(_ container: DesiredContainer, _ identity: EnvironmentIdentity) async throws(DockerError) {
        if target.isLocal {
            for mount in container.mounts {
                guard case .host(let source, _, _, let type) = mount else { continue }
                if let issue = HostPathCheck.problem(source, type, namespace: identity.namespace, policy: policy) {
                    throw .startFailed(.mountFailed(issue.message))
                }
            }
        }
        let labels = [
            MillwrightName.installationLabel: identity.installation, MillwrightName.uidLabel: identity.uid,
            EnvironmentIdentity.ordinalLabel: String(container.ordinal),
            MillwrightName.revisionLabel: container.labels[MillwrightName.revisionLabel] ?? "",
        ]
        var spec = EngineContainerSpec(container)
        // More than there are is no bound, as on Kubernetes; the engine would refuse it.
        if let wanted = spec.nanoCPUs {
            let cpus = Int64(try await engine.info().cpus)
            if cpus > 0, wanted >= cpus * 1_000_000_000 { spec.nanoCPUs = nil }
        }
        _ = try await engine.ensureContainer(name: container.name, spec, matching: labels)
    }

    /// The files of one volume, with the directories they stand in.
    private static func archive(_ set: FileSet) -> [UInt8] {
        var directories: [String] = []
        var entries: [TarEntry] = []
        for file in set.files {
            var parent = ""
            for part in file.path.split(separator: "/").dropLast() {
                parent += parent.isEmpty ? String(part) : "/" + part
                if !directories.contains(parent) {
                    directories.append(parent)
                    entries.append(TarEntry(parent, .directory, mode: 0o755))
                }
            }
            entries.append(TarEntry(file.path, .file(file.bytes.value), mode: UInt32(clamping: file.mode)))
        }
        return TarWriter.archive(entries)
    }

    /// What a person has to do about it; nil when it is the engine that is away, or the world that has changed.
    private func issue(_ error: DockerError, _ ordinal: Int, _ desired: DesiredEnvironment, _ pass: PassContext) async -> EnvironmentIssue? {
        switch error {
        case .startFailed(.portInUse(let text)): return await portIssue(text, ordinal, desired, pass)
        case .startFailed(let failure): return EnvironmentIssue(.engineRefused, failure.description)
        case .badRequest: return EnvironmentIssue(.engineRefused, error.description)
        case .conflict(let text, _): return EnvironmentIssue(.nameConflict, text)
        case .notFound(let text): return EnvironmentIssue(.engineRefused, "\(text); it is tried again")
        case .unauthorized, .pullFailed, .unreachable, .timeout, .outcomeUnknown, .refused, .server, .cancelled: return nil
        }
    }

    private func portIssue(_ text: String, _ ordinal: Int, _ desired: DesiredEnvironment, _ pass: PassContext) async -> EnvironmentIssue {
        let spec = desired.spec
        // The engine names the address it couldn't have: `… 127.0.0.1:18088: bind: address already in use`.
        let numbers = text.split(whereSeparator: { !$0.isNumber }).compactMap { Int($0) }
        let fixed = spec?.ports.enumerated().first { $1.hostPort != 0 && numbers.contains($1.hostPort) }
        guard let (index, port) = fixed else {
            for number in numbers where (1...65535).contains(number) {
                for transport in ContainerPort.Transport.allCases { memory.refused(number, transport, target: target.name, now: pass.clocks.now) }
            }
            return EnvironmentIssue(.portConflict, "a port that was chosen for it is in use on the engine's host; another one is chosen")
        }
        let holder: String
        do throws(DockerError) {
            let all = try await engine.containers(.none)
            let other = all.first { $0.ports.contains { $0.hostPort == port.hostPort } }
            holder = other.map { "container \($0.name)" } ?? "another process of the host (see: ss -ltnp 'sport = :\(port.hostPort)')"
        } catch { holder = "something on the engine's host" }
        return EnvironmentIssue(
            .portConflict,
            "spec.ports[\(index)].hostPort: \(port.hostPort) is used by \(holder); stop that, choose another port, or leave hostPort out to get a free one")
    }

    // MARK: Image

    private func pull(_ image: String, _ names: [String], _ identity: EnvironmentIdentity, _ pass: PassContext) async throws(ActionFailure) {
        var candidates: [RegistryCredentials?] = []
        for name in names {
            let key = NamespacedName(namespace: identity.namespace, name: name)
            guard let secret = try await secrets.object(secrets.secrets, key, pass) else { continue }
            if let config = ConfigReader.secret(secret)[".dockerconfigjson"] {
                candidates += RegistryAuth.credentials(for: image, in: config.value).map { Optional($0) }
            }
        }
        if candidates.isEmpty { candidates = [nil] }
        let logger = pass.logger
        var failure: DockerError?
        for credentials in candidates {
            do throws(DockerError) {
                try await engine.pullImage(image, credentials: credentials) { progress in
                    logger.debug("pulling \(image)", ["layer": progress.layer, "status": progress.status])
                }
                memory.succeeded(pass.key, .pull(image: image))
                return
            } catch {
                failure = error
                // Other credentials can help against these only.
                switch error {
                case .pullFailed(_, .accessDenied), .pullFailed(_, .notFound): continue
                default: break
                }
                break
            }
        }
        guard let failure else { return }
        guard case .pullFailed = failure else { throw ActionFailure(looking: failure) }
        memory.failed(pass.key, .pull(image: image), EnvironmentIssue(.imageUnavailable, failure.description), at: pass.clocks.now)
        throw .stale(failure.description)
    }

    // MARK: Network

    /// Looks again before it gives up: the first environments of namespaces want networks at one moment, and a range that was free is
    /// another's an instant later.
    private static let networkAttempts = 4

    private func createNetwork(_ name: String, _ labels: [String: String], _ identity: EnvironmentIdentity) async throws(ActionFailure) {
        for attempt in 1...Self.networkAttempts {
            if try await triesToCreateNetwork(name, labels, identity, isLast: attempt == Self.networkAttempts) { return }
        }
    }

    /// - Returns: false when something else was quicker and it may be tried again.
    private func triesToCreateNetwork(
        _ name: String, _ labels: [String: String], _ identity: EnvironmentIdentity, isLast: Bool
    ) async throws(ActionFailure) -> Bool {
        do throws(DockerError) {
            var inUse = try await engine.subnetsInUse()
            if target.isLocal { inUse += HostRoutes.current() }
            guard let subnet = pool.range(for: identity.namespace, inUse: inUse) else {
                throw DockerError.badRequest("no range of the network pool \(pool.pool) is free; give another one with --network-pool")
            }
            _ = try await engine.ensureNetwork(name: name, subnet: subnet, labels: labels, matching: labels)
            return true
        } catch {
            switch error {
            // Someone took the range in between, or the network was made by another pass: look again, then a moment later.
            case .conflict(let text, _):
                if isLast { throw .transient(text) }
                return false
            default: throw ActionFailure(looking: error)
            }
        }
    }
}

extension EnvironmentAction.ContainerRef {
    /// What the engine finds it by: the very container where one is known.
    var handle: String { id ?? name }
}
