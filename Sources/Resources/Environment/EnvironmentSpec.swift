import Kernel

/// What an Environment asks for: `spec`, with its defaults filled in.
public struct EnvironmentSpec: Sendable, Equatable {
    public enum Runtime: String, Sendable, CaseIterable { case docker = "Docker", kubernetes = "Kubernetes" }
    public enum RestartPolicy: String, Sendable, CaseIterable { case always = "Always", onFailure = "OnFailure", never = "Never" }
    public enum ImagePullPolicy: String, Sendable, CaseIterable { case always = "Always", ifNotPresent = "IfNotPresent", never = "Never" }
    public enum Retention: String, Sendable, CaseIterable { case retain = "Retain", delete = "Delete" }

    /// nil: the installation's default.
    public var runtime: Runtime?
    public var target = "local"
    public var replicas = 1
    public var suspend = false
    public var image: String
    public var imagePullPolicy: ImagePullPolicy
    /// Names of Secrets, in order.
    public var imagePullSecrets: [String] = []
    /// nil: the image's own.
    public var command: [String]?
    public var args: [String]?
    public var workingDir: String?
    public var env: [EnvVar] = []
    public var envFrom: [EnvFromSource] = []
    public var ports: [ContainerPort] = []
    public var volumeMounts: [VolumeMount] = []
    public var volumes: [Volume] = []
    /// Names of the claims, in order.
    public var volumeClaimTemplates: [String] = []
    public var whenDeleted = Retention.retain
    public var whenScaled = Retention.retain
    public var resources = ResourceRequirements()
    public var startupProbe: Probe?
    public var readinessProbe: Probe?
    public var livenessProbe: Probe?
    public var securityContext = SecurityContext()
    public var restartPolicy = RestartPolicy.always
    public var terminationGracePeriod = Duration.seconds(30)
    public var hostname: String?

    public init(image: String) {
        self.image = image
        imagePullPolicy = Self.defaultPullPolicy(of: image)
    }

    /// As Kubernetes has it: a tag that moves is pulled always.
    static func defaultPullPolicy(of image: String) -> ImagePullPolicy {
        if image.contains("@") { return .ifNotPresent }
        let last = image.split(separator: "/").last ?? ""
        guard let colon = last.firstIndex(of: ":") else { return .always }
        return last[last.index(after: colon)...] == "latest" ? .always : .ifNotPresent
    }

    /// How many instances should exist now.
    public var wantedReplicas: Int { suspend ? 0 : replicas }

    /// The port of that name or number, for probes.
    public func port(_ reference: PortReference) -> ContainerPort? {
        switch reference {
        case .name(let name): ports.first { $0.name == name }
        case .number(let number): ports.first { $0.containerPort == number && $0.transport == .tcp }
        }
    }
}

extension EnvironmentSpec {
    private static let fields = [
        "runtime", "target", "replicas", "suspend", "image", "imagePullPolicy", "imagePullSecrets", "command", "args", "workingDir", "env",
        "envFrom", "ports", "volumeMounts", "volumes", "volumeClaimTemplates", "persistentVolumeClaimRetentionPolicy", "resources",
        "startupProbe", "readinessProbe", "livenessProbe", "securityContext", "restartPolicy", "terminationGracePeriodSeconds", "hostname",
    ]

    /// Reads `spec` and checks everything that crds/ says about it, also what it says as rules.
    public init(_ json: JSON?, at path: String = "spec") throws(InvalidResource) {
        let sink = FieldReader.Sink()
        let spec = Self(FieldReader(json, at: path, fields: Self.fields, into: sink))
        guard sink.errors.isEmpty else { throw InvalidResource(errors: sink.errors) }
        self = spec
    }

    private init(_ reader: FieldReader) {
        self.init(image: reader.required("image", length: 1...1024, .imageName))
        runtime = reader.choice("runtime", Runtime.self)
        target = reader.string("target", length: 1...63, .label) ?? "local"
        replicas = Int(reader.int("replicas", 0...100) ?? 1)
        suspend = reader.bool("suspend") ?? false
        if let policy = reader.choice("imagePullPolicy", ImagePullPolicy.self) { imagePullPolicy = policy }
        imagePullSecrets = reader.objects("imagePullSecrets", most: 16, fields: ["name"]) { $0.required("name", length: 1...253) }
        command = reader.strings("command", count: 0...256, length: 0...32768).flatMap { $0.isEmpty ? nil : $0 }
        args = reader.strings("args", count: 0...256, length: 0...32768).flatMap { $0.isEmpty ? nil : $0 }
        workingDir = reader.string("workingDir", length: 0...4096).flatMap { $0.isEmpty ? nil : $0 }
        env = reader.objects("env", most: 256, fields: EnvVar.fields, identity: \.name, EnvVar.init)
        envFrom = reader.objects("envFrom", most: 32, fields: EnvFromSource.fields, EnvFromSource.init)
        ports = reader.objects("ports", most: 64, fields: ContainerPort.fields, identity: { "\($0.containerPort)/\($0.transport)" }, ContainerPort.init)
        volumeMounts = reader.objects("volumeMounts", most: 64, fields: VolumeMount.fields, identity: \.mountPath, VolumeMount.init)
        volumes = reader.objects("volumes", most: 64, fields: Volume.fields, identity: \.name, Volume.init)
        volumeClaimTemplates = reader.objects(
            "volumeClaimTemplates", most: 16, fields: ["metadata", "spec"], identity: { $0 }, VolumeClaimTemplate.name)
        if let policy = reader.object("persistentVolumeClaimRetentionPolicy", fields: ["whenDeleted", "whenScaled"]) {
            whenDeleted = policy.choice("whenDeleted", Retention.self) ?? .retain
            whenScaled = policy.choice("whenScaled", Retention.self) ?? .retain
        }
        resources = reader.object("resources", fields: ["limits", "requests"]).map(ResourceRequirements.init) ?? ResourceRequirements()
        startupProbe = reader.object("startupProbe", fields: Probe.fields).map { Probe($0, mayNeedSeveralSuccesses: false) }
        readinessProbe = reader.object("readinessProbe", fields: Probe.fields).map { Probe($0, mayNeedSeveralSuccesses: true) }
        livenessProbe = reader.object("livenessProbe", fields: Probe.fields).map { Probe($0, mayNeedSeveralSuccesses: false) }
        securityContext = reader.object("securityContext", fields: SecurityContext.fields).map(SecurityContext.init) ?? SecurityContext()
        restartPolicy = reader.choice("restartPolicy", RestartPolicy.self) ?? .always
        terminationGracePeriod = .seconds(reader.int("terminationGracePeriodSeconds", 0...3600) ?? 30)
        hostname = reader.string("hostname", length: 1...63, .label)
        checkTogether(reader)
    }

    /// What no field can say alone.
    private func checkTogether(_ reader: FieldReader) {
        if replicas > 1 {
            for (index, port) in ports.enumerated() where port.hostPort != 0 {
                reader.fail(
                    "ports[\(index)].hostPort",
                    "is fixed to \(port.hostPort) with \(replicas) replicas, which would all want it; leave it out (each gets a free port, see status.endpoints) or set replicas to 1")
            }
        }
        let names = ports.compactMap(\.name)
        for (index, port) in ports.enumerated() {
            if let name = port.name, names.firstIndex(of: name) != index, ports.firstIndex(where: { $0.name == name }) != index {
                reader.fail("ports[\(index)].name", "\(name) names another port already")
            }
            if port.hostPort != 0,
                ports[..<index].contains(where: { $0.hostPort == port.hostPort && $0.transport == port.transport && $0.hostIP == port.hostIP })
            {
                reader.fail("ports[\(index)].hostPort", "\(port.hostPort) is wanted by another port already")
            }
        }
        for (index, volume) in volumes.enumerated() where volumeClaimTemplates.contains(volume.name) {
            reader.fail("volumes[\(index)].name", "\(volume.name) stands in volumeClaimTemplates too; rename one of them")
        }
        for (index, mount) in volumeMounts.enumerated() {
            let source = volumes.first { $0.name == mount.name }?.source
            if source == nil, !volumeClaimTemplates.contains(mount.name) {
                reader.fail("volumeMounts[\(index)].name", "\(JSON.string(mount.name)) must name an entry of volumes or of volumeClaimTemplates")
            }
            switch source {
            case .emptyDir?, .configMap?, .secret?:
                if volumeMounts[..<index].contains(where: { $0.name == mount.name }) {
                    reader.fail("volumeMounts[\(index)].name", "\(mount.name) is mounted already; a volume of this source can be mounted once")
                }
            case .hostPath?, .persistentVolumeClaim?, nil: break
            }
        }
        for (key, probe) in [("startupProbe", startupProbe), ("readinessProbe", readinessProbe), ("livenessProbe", livenessProbe)] {
            guard let reference = probe?.port, port(reference) == nil else { continue }
            let handler = if case .httpGet? = probe?.handler { "httpGet" } else { "tcpSocket" }
            reader.fail("\(key).\(handler).port", "\(reference) must be a TCP containerPort of ports or its name")
        }
        if securityContext.runAsNonRoot, (securityContext.runAsUser ?? 0) == 0 {
            reader.fail("securityContext.runAsUser", "must be set and not 0 because runAsNonRoot is true")
        }
        if securityContext.runAsGroup != nil, securityContext.runAsUser == nil {
            reader.fail("securityContext.runAsUser", "must be set because runAsGroup is")
        }
    }
}
