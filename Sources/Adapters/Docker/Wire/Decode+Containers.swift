import Kernel

extension EngineContainerSummary {
    init(_ fields: EngineFields) throws(DockerError) {
        self.init(id: try fields.required("Id"), name: "")
        // The shortest is its own; the others are names by which links know it.
        name = try fields.texts("Names").map(withoutSlash).sorted { ($0.utf8.count, $0) < ($1.utf8.count, $1) }.first ?? ""
        image = try fields.text("Image") ?? ""
        imageID = try fields.text("ImageID") ?? ""
        status = try fields.text("State").flatMap(EngineStatus.init(rawValue:)) ?? .unknown
        statusText = try fields.text("Status") ?? ""
        labels = try fields.map("Labels")
        created = Timestamp(seconds: Int64(try fields.int("Created") ?? 0))
        for port in try fields.list("Ports") {
            let port = EngineFields(port, fields.what + ": Ports")
            ports.append(
                EnginePublishedPort(
                    containerPort: try port.int("PrivatePort") ?? 0, transport: try port.text("Type") ?? "tcp",
                    hostIP: try port.text("IP") ?? "", hostPort: try port.int("PublicPort") ?? 0))
        }
        ports.sort()
        networks = try fields.fields("NetworkSettings").endpoints()
    }
}

extension EngineContainer {
    init(_ fields: EngineFields) throws(DockerError) {
        self.init(id: try fields.required("Id"), name: withoutSlash(try fields.required("Name")))
        let config = try fields.fields("Config")
        let settings = try fields.fields("NetworkSettings")
        image = try config.text("Image") ?? ""
        imageID = try fields.text("Image") ?? ""
        created = try fields.time("Created") ?? created
        state = try EngineContainerState(try fields.fields("State"))
        restartCount = try fields.int("RestartCount") ?? 0
        labels = try config.map("Labels")
        env = try config.texts("Env")
        isTTY = try config.bool("Tty") ?? false
        restartPolicy = try EngineRestartPolicy(try fields.fields("HostConfig").fields("RestartPolicy"))
        networks = try settings.endpoints()
        for (name, bindings) in try settings.object("Ports") {
            let parts = name.split(separator: "/", maxSplits: 1)
            guard let first = parts.first, let containerPort = Int(first) else { continue }
            let transport = parts.count > 1 ? String(parts[1]) : "tcp"
            for binding in bindings.array ?? [] {
                let binding = EngineFields(binding, fields.what + ": NetworkSettings.Ports")
                ports.append(
                    EnginePublishedPort(
                        containerPort: containerPort, transport: transport, hostIP: try binding.text("HostIp") ?? "",
                        hostPort: Int(try binding.text("HostPort") ?? "") ?? 0))
            }
        }
        ports.sort()
        for mount in try fields.list("Mounts") {
            let mount = EngineFields(mount, fields.what + ": Mounts")
            mounts.append(
                EngineMountPoint(
                    type: try mount.text("Type") ?? "", name: try mount.text("Name") ?? "", source: try mount.text("Source") ?? "",
                    destination: try mount.text("Destination") ?? "", isReadOnly: !(try mount.bool("RW") ?? true)))
        }
        mounts.sort { $0.destination < $1.destination }
    }
}

extension EngineContainerState {
    init(_ fields: EngineFields) throws(DockerError) {
        self.init(
            status: try fields.text("Status").flatMap(EngineStatus.init(rawValue:)) ?? .unknown, pid: try fields.int("Pid") ?? 0,
            exitCode: try fields.int("ExitCode") ?? 0, error: try fields.text("Error") ?? "", oomKilled: try fields.bool("OOMKilled") ?? false,
            started: try fields.time("StartedAt"), finished: try fields.time("FinishedAt"))
    }
}

extension EngineRestartPolicy {
    init(_ fields: EngineFields) throws(DockerError) {
        switch try fields.text("Name") ?? "" {
        case "always": self = .always
        case "unless-stopped": self = .unlessStopped
        case "on-failure": self = .onFailure(maximumRetries: try fields.int("MaximumRetryCount") ?? 0)
        default: self = .no
        }
    }

    var json: JSON {
        switch self {
        case .no: ["Name": "no"]
        case .always: ["Name": "always"]
        case .unlessStopped: ["Name": "unless-stopped"]
        case .onFailure(let retries): ["Name": "on-failure", "MaximumRetryCount": JSON(max(retries, 0))]
        }
    }
}

extension EngineFields {
    /// `Networks` of a container's settings.
    fileprivate func endpoints() throws(DockerError) -> [String: EngineEndpoint] {
        var result: [String: EngineEndpoint] = [:]
        for (name, endpoint) in try object("Networks") {
            let endpoint = EngineFields(endpoint, what + ".Networks")
            result[name] = EngineEndpoint(
                networkID: try endpoint.text("NetworkID") ?? "", address: try endpoint.text("IPAddress") ?? "",
                aliases: try endpoint.texts("Aliases"))
        }
        return result
    }
}

private func withoutSlash(_ name: String) -> String { name.hasPrefix("/") ? String(name.dropFirst()) : name }
