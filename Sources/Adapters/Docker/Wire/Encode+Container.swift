import Kernel

extension EngineContainerSpec {
    /// The body of a create request. What is absent is left to the engine.
    var json: JSON {
        var body: JSON = ["Image": .string(image)]
        body["Entrypoint"] = command.map { JSON($0) }
        body["Cmd"] = args.map { JSON($0) }
        body["WorkingDir"] = workingDirectory.map { .string($0) }
        body["Env"] = env.isEmpty ? nil : JSON(env)
        body["Labels"] = labels.isEmpty ? nil : jsonMap(labels)
        body["Hostname"] = hostname.map { .string($0) }
        body["User"] = user.map { .string($0) }
        body["Tty"] = isTTY ? true : nil
        body["OpenStdin"] = opensStandardInput ? true : nil
        body["StopSignal"] = stopSignal.map { .string($0) }
        body["StopTimeout"] = stopTimeout.map { JSON($0.engineSeconds) }
        if !ports.isEmpty {
            body["ExposedPorts"] = .object(JSONObject(Set(ports.map(\.key)).sorted().map { ($0, .object(JSONObject())) }))
        }
        body["HostConfig"] = hostConfig
        if let network {
            body["NetworkingConfig"] = ["EndpointsConfig": .object(JSONObject([(network.network, network.endpoint)]))]
        }
        return body
    }

    private var hostConfig: JSON {
        var host: JSON = ["RestartPolicy": restartPolicy.json]
        if let mode = networkMode ?? network?.network { host["NetworkMode"] = .string(mode) }
        host["PidMode"] = pidMode.map { .string($0) }
        host["IpcMode"] = ipcMode.map { .string($0) }
        if !ports.isEmpty {
            var bindings = JSONObject()
            for port in ports {
                let binding: JSON = ["HostIp": .string(port.hostIP), "HostPort": .string(port.hostPort == 0 ? "" : String(port.hostPort))]
                bindings[port.key] = .array((bindings[port.key]?.array ?? []) + [binding])
            }
            host["PortBindings"] = .object(bindings)
        }
        host["Mounts"] = mounts.isEmpty ? nil : .array(mounts.map(\.json))
        host["Memory"] = memory.map { JSON($0.count) }
        host["MemoryReservation"] = memoryReservation.map { JSON($0.count) }
        host["CpuShares"] = cpuShares.map { JSON($0) }
        host["NanoCpus"] = nanoCPUs.map { JSON($0) }
        host["PidsLimit"] = pidsLimit.map { JSON($0) }
        host["ReadonlyRootfs"] = isRootReadOnly ? true : nil
        host["CapAdd"] = addedCapabilities.isEmpty ? nil : JSON(addedCapabilities)
        host["CapDrop"] = droppedCapabilities.isEmpty ? nil : JSON(droppedCapabilities)
        host["SecurityOpt"] = allowsNewPrivileges ? nil : ["no-new-privileges"]
        host["Privileged"] = isPrivileged ? true : nil
        host["GroupAdd"] = supplementalGroups.isEmpty ? nil : JSON(supplementalGroups)
        host["Init"] = usesInit ? true : nil
        host["ExtraHosts"] = extraHosts.isEmpty ? nil : JSON(extraHosts)
        if let logLimit {
            host["LogConfig"] = ["Type": "json-file", "Config": ["max-size": .string(String(max(logLimit.count, 1))), "max-file": "1"]]
        }
        return host
    }
}

extension EnginePort {
    fileprivate var key: String { "\(containerPort)/\(transport)" }
}

extension EngineMount {
    fileprivate var json: JSON {
        switch self {
        case .volume(let name, let path, let readOnly, let labels):
            labels.isEmpty
                ? ["Type": "volume", "Source": .string(name), "Target": .string(path), "ReadOnly": .bool(readOnly)]
                : [
                    "Type": "volume", "Source": .string(name), "Target": .string(path), "ReadOnly": .bool(readOnly),
                    "VolumeOptions": ["Labels": jsonMap(labels)],
                ]
        case .bind(let source, let path, let readOnly):
            ["Type": "bind", "Source": .string(source), "Target": .string(path), "ReadOnly": .bool(readOnly)]
        case .tmpfs(let path, let size, let mode):
            ["Type": "tmpfs", "Target": .string(path), "TmpfsOptions": Self.tmpfsOptions(size, mode)]
        }
    }

    private static func tmpfsOptions(_ size: Bytes?, _ mode: Int?) -> JSON {
        var options: JSON = [:]
        options["SizeBytes"] = size.map { JSON($0.count) }
        options["Mode"] = mode.map { JSON($0) }
        return options
    }
}

extension EngineAttachment {
    var endpoint: JSON { aliases.isEmpty ? [:] : ["Aliases": JSON(aliases)] }
}

/// Sorted by name: the same request gives the same bytes.
func jsonMap(_ map: [String: String]) -> JSON {
    .object(JSONObject(map.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) }))
}

extension Duration {
    /// The engine counts in whole seconds; a part of one is rounded up, as a grace must not be cut.
    var engineSeconds: Int {
        let nanoseconds = max(wholeNanoseconds, 0)
        return Int(nanoseconds / 1_000_000_000 + (nanoseconds % 1_000_000_000 > 0 ? 1 : 0))
    }
}
