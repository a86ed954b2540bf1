import Kernel
import Resources

/// What should be: an Environment with its references resolved, its defaults filled in and its rights checked.
public struct DesiredEnvironment: Sendable {
    /// What an earlier pass wrote about an instance, to keep its ports and to notice that it was removed.
    public struct Recorded: Sendable, Equatable {
        public var ordinal: Int
        public var containerID: String
        /// By `8088/TCP`: the host's port.
        public var hostPorts: [String: Int]
    }

    public let identity: EnvironmentIdentity
    public let generation: Int64
    public let target: String
    public let isDeleting: Bool
    public let isPaused: Bool
    /// nil only while deleting, when the document doesn't matter any more.
    public let spec: EnvironmentSpec?
    /// Claims whose volumes are removed with the Environment or with their instance.
    public let whenDeleted: EnvironmentSpec.Retention
    /// How long a process may take to end, also while deleting.
    public let gracePeriod: Duration
    public let facts: ContainerFacts
    public let files: [FileSet]
    public let recorded: [Recorded]
    /// Covers what its Secrets hold, in everything that is shown of it.
    public let secretMask: SecretMask
    /// Its references are not resolved: it can be looked at, and nothing can be decided.
    public let isOnlyLookedAt: Bool
    private let resolution: ConfigResolution?

    /// Hash of the facts.
    public let revision: String
    private let factsLabel: String
    /// How many instances should be now.
    public var replicas: Int { isDeleting || isOnlyLookedAt ? 0 : spec?.wantedReplicas ?? 0 }
    public var isSuspended: Bool { spec?.suspend ?? false }

    /// - Parameters:
    ///   - object: the whole Environment.
    ///   - inputs: what it refers to.
    /// - Throws: what stands in the way, never for an object being deleted.
    public init(object: JSON, inputs: ConfigInputs, policy: EnvironmentPolicy) throws(EnvironmentIssue) {
        let metadata = Metadata(of: object)
        let identity = EnvironmentIdentity(
            installation: policy.installation, namespace: metadata.namespace, name: metadata.name, uid: metadata.uid)
        self.identity = identity
        generation = metadata.generation
        isDeleting = metadata.isDeleting
        isPaused = metadata.annotations[MillwrightName.pausedAnnotation] == "true"
        recorded = Self.recorded(object["status"])
        let placed = object["status"]?["target"]?.string
        if metadata.isDeleting {
            spec = nil
            let policy = object["spec"]?["persistentVolumeClaimRetentionPolicy"]?["whenDeleted"]?.string
            whenDeleted = policy.flatMap(EnvironmentSpec.Retention.init(rawValue:)) ?? .retain
            target = placed ?? object["spec"]?["target"]?.string ?? "local"
            gracePeriod = .seconds(min(max(object["spec"]?["terminationGracePeriodSeconds"]?.int ?? 30, 0), 3600))
            facts = ContainerFacts()
            revision = ""
            factsLabel = ""
            files = []
            secretMask = SecretMask()
            isOnlyLookedAt = false
            resolution = nil
            return
        }
        let spec: EnvironmentSpec
        do { spec = try EnvironmentSpec(object["spec"]) } catch {
            throw EnvironmentIssue(.invalidSpec, "\(error); correct the document and apply it again")
        }
        try Self.check(spec, metadata: metadata, status: object["status"], policy: policy)
        let resolution = ConfigResolution(spec: spec, inputs: inputs, identity: identity, metadata: metadata)
        let variables = try resolution.variables(ordinal: nil)
        files = try resolution.files()
        let facts = ContainerFacts(spec, variables: variables, files: files, salt: inputs.salt, identity: identity)
        self.facts = facts
        factsLabel = facts.label
        revision = ContainerFacts.revision(ofLabel: factsLabel)
        self.spec = spec
        self.resolution = resolution
        secretMask = SecretMask(inputs.secrets)
        isOnlyLookedAt = false
        whenDeleted = spec.whenDeleted
        gracePeriod = spec.terminationGracePeriod
        target = spec.target
    }

    /// What is known of an Environment whose document can't be followed now: enough to look at what runs of it.
    public init(onlyToLookAt object: JSON, policy: EnvironmentPolicy) {
        let metadata = Metadata(of: object)
        identity = EnvironmentIdentity(installation: policy.installation, namespace: metadata.namespace, name: metadata.name, uid: metadata.uid)
        generation = metadata.generation
        isDeleting = metadata.isDeleting
        isPaused = metadata.annotations[MillwrightName.pausedAnnotation] == "true"
        recorded = Self.recorded(object["status"])
        // Its probes go on when it can be read.
        let spec: EnvironmentSpec?
        do { spec = try EnvironmentSpec(object["spec"]) } catch { spec = nil }
        self.spec = spec
        whenDeleted = .retain
        target = object["status"]?["target"]?.string ?? spec?.target ?? "local"
        gracePeriod = spec?.terminationGracePeriod ?? .seconds(30)
        facts = ContainerFacts()
        revision = ""
        factsLabel = ""
        files = []
        secretMask = SecretMask()
        isOnlyLookedAt = true
        resolution = nil
    }

    private static func check(
        _ spec: EnvironmentSpec, metadata: Metadata, status: JSON?, policy: EnvironmentPolicy
    ) throws(EnvironmentIssue) {
        if metadata.name.utf8.count > 55 || metadata.name.contains(".") {
            throw EnvironmentIssue(
                .invalidSpec, "metadata.name: must be at most 55 characters long and hold no dot, as it becomes a host name; create it under another name")
        }
        let runtime = spec.runtime ?? policy.defaultRuntime
        if let placed = status?["runtime"]?.string, placed != runtime.rawValue {
            throw EnvironmentIssue(
                .invalidSpec, "spec.runtime: can't change from \(placed) to \(runtime.rawValue) once placed; set it back, or delete the environment and create it anew")
        }
        if let placed = status?["target"]?.string, placed != spec.target {
            throw EnvironmentIssue(
                .invalidSpec, "spec.target: can't change from \(placed) to \(spec.target) once placed; set it back, or delete the environment and create it anew")
        }
        guard runtime == .docker else {
            throw EnvironmentIssue(
                .runtimeUnavailable, "spec.runtime: this version runs environments on Docker only; set runtime: Docker or leave it out")
        }
        guard policy.dockerTargets.contains(spec.target) else {
            let known = policy.dockerTargets.sorted().joined(separator: ", ")
            throw EnvironmentIssue(
                .runtimeUnavailable,
                "spec.target: this installation has no target \(spec.target) (it has \(known.isEmpty ? "none" : known)); correct it, or start Millwright with --target \(spec.target)=docker:URL")
        }
        if let refusal = policy.refusal(of: spec, namespace: metadata.namespace) { throw EnvironmentIssue(.forbidden, refusal) }
    }

    private static func recorded(_ status: JSON?) -> [Recorded] {
        let endpoints = status?["endpoints"]?.array ?? []
        return (status?["instances"]?.array ?? []).compactMap { instance in
            guard let ordinal = instance["ordinal"]?.int else { return nil }
            var ports: [String: Int] = [:]
            for endpoint in endpoints where endpoint["ordinal"]?.int == ordinal {
                guard let container = endpoint["containerPort"]?.int, let address = endpoint["address"]?.string,
                    let colon = address.lastIndex(of: ":"), let port = Int(address[address.index(after: colon)...])
                else { continue }
                ports["\(container)/\(endpoint["protocol"]?.string ?? "TCP")"] = port
            }
            return Recorded(ordinal: Int(ordinal), containerID: instance["id"]?.string ?? "", hostPorts: ports)
        }.sorted { $0.ordinal < $1.ordinal }
    }

    /// The claims of the document, in order.
    public var claims: [String] { spec?.volumeClaimTemplates ?? [] }

    /// Volumes an instance needs before it can be created, with their labels, in order.
    func neededVolumes(_ ordinal: Int) -> [(name: String, labels: [String: String])] {
        guard let spec else { return [] }
        var needed = spec.volumeClaimTemplates.map {
            (name: identity.volumeName(claim: $0, ordinal: ordinal), labels: identity.volumeLabels(claim: $0, ordinal: ordinal))
        }
        for volume in spec.volumes {
            guard case .persistentVolumeClaim(let claim, _) = volume.source else { continue }
            needed.append((name: identity.sharedVolumeName(claim: claim), labels: identity.volumeLabels(claim: claim, ordinal: nil)))
        }
        return needed
    }

    /// The container of one instance, with the host's ports it was given (same order as `spec.ports`).
    func container(_ ordinal: Int, hostPorts: [Int]) -> DesiredContainer? {
        guard let spec, let resolution else { return nil }
        // Resolved once already without error; the ordinal changes no reference.
        let variables: [DesiredContainer.Variable]
        do { variables = try resolution.variables(ordinal: ordinal) } catch { return nil }
        func expanded(_ texts: [String]?) -> [Hidden<String>]? {
            texts.map { $0.map { text in Hidden(VariableExpansion.expand(text) { name in variables.first { $0.name == name }?.value.value }) } }
        }
        let ports = zip(spec.ports, hostPorts).map { port, host in
            DesiredContainer.Port(
                containerPort: port.containerPort, transport: port.transport, hostIP: port.hostIP ?? "127.0.0.1", hostPort: host)
        }
        var labels = identity.labels
        labels[EnvironmentIdentity.ordinalLabel] = String(ordinal)
        labels[MillwrightName.revisionLabel] = revision
        labels[EnvironmentIdentity.factsLabel] = factsLabel
        labels[EnvironmentIdentity.portsLabel] = ports.map { "\($0.containerPort)/\($0.transport.rawValue)=\($0.hostIP):\($0.hostPort)" }.joined(separator: ",")
        let security = spec.securityContext
        let keepsDefaults = security.droppedCapabilities == nil && !security.privileged
        return DesiredContainer(
            ordinal: ordinal, name: identity.containerName(ordinal), image: spec.image, command: expanded(spec.command),
            args: expanded(spec.args), workingDir: spec.workingDir, env: variables, labels: labels,
            hostname: spec.replicas <= 1 ? spec.hostname ?? identity.instanceName(ordinal) : identity.instanceName(ordinal),
            user: security.runAsUser.map { user in security.runAsGroup.map { "\(user):\($0)" } ?? String(user) },
            ports: ports, mounts: mounts(ordinal, spec), files: files, network: identity.networkName,
            aliases: [identity.name, identity.instanceName(ordinal)], restartPolicy: EngineRestart(spec.restartPolicy),
            memory: spec.resources.memoryLimit, memoryRequest: spec.resources.memoryRequest, cpu: spec.resources.cpuLimit,
            cpuRequest: spec.resources.cpuRequest, isRootReadOnly: security.readOnlyRootFilesystem,
            addedCapabilities: keepsDefaults
                ? Set(EnvironmentPolicy.keptCapabilities + security.addedCapabilities).sorted() : security.addedCapabilities,
            droppedCapabilities: keepsDefaults ? ["ALL"] : security.droppedCapabilities ?? [],
            allowsNewPrivileges: security.allowPrivilegeEscalation || security.privileged, isPrivileged: security.privileged,
            gracePeriod: spec.terminationGracePeriod)
    }

    private func mounts(_ ordinal: Int, _ spec: EnvironmentSpec) -> [DesiredContainer.Mount] {
        spec.volumeMounts.map { mount in
            switch spec.volumes.first(where: { $0.name == mount.name })?.source {
            case .configMap?, .secret?, .emptyDir(false, _)?: .scratch(path: mount.mountPath)
            case .emptyDir(true, let limit)?: .memory(path: mount.mountPath, size: limit)
            case .hostPath(let path, let type)?: .host(source: path, path: mount.mountPath, isReadOnly: mount.isReadOnly, type: type)
            case .persistentVolumeClaim(let claim, let readOnly)?:
                .volume(name: identity.sharedVolumeName(claim: claim), path: mount.mountPath, isReadOnly: readOnly || mount.isReadOnly)
            case nil:
                .volume(name: identity.volumeName(claim: mount.name, ordinal: ordinal), path: mount.mountPath, isReadOnly: mount.isReadOnly)
            }
        }
    }
}
