import Kernel

extension EngineImage {
    init(_ fields: EngineFields) throws(DockerError) {
        self.init(id: try fields.required("Id"))
        tags = try fields.texts("RepoTags").filter { $0 != "<none>:<none>" }.sorted()
        digests = try fields.texts("RepoDigests").filter { !$0.hasPrefix("<none>@") }.sorted()
        size = Bytes(Int64(try fields.int("Size") ?? 0))
        // An inspection has the configuration and a text; a list has the labels beside it and a number.
        if case .int(let seconds)? = fields.json["Created"] {
            created = Timestamp(seconds: seconds)
            labels = try fields.map("Labels")
        } else {
            created = try fields.time("Created")
            let config = try fields.fields("Config")
            labels = try config.map("Labels")
            exposedPorts = try config.object("ExposedPorts").keys.sorted()
        }
    }
}

extension EngineVolume {
    init(_ fields: EngineFields) throws(DockerError) {
        self.init(
            name: try fields.required("Name"), driver: try fields.text("Driver") ?? "", mountpoint: try fields.text("Mountpoint") ?? "",
            labels: try fields.map("Labels"), created: try fields.time("CreatedAt"))
    }
}

extension EngineNetwork {
    init(_ fields: EngineFields) throws(DockerError) {
        self.init(id: try fields.required("Id"), name: try fields.required("Name"))
        driver = try fields.text("Driver") ?? ""
        labels = try fields.map("Labels")
        containers = try fields.object("Containers").keys.sorted()
        for range in try fields.fields("IPAM").list("Config") {
            if let subnet = try EngineFields(range, fields.what + ": IPAM.Config").text("Subnet").flatMap({ Subnet($0) }) { subnets.append(subnet) }
        }
        subnets.sort()
    }
}

extension EngineEvent {
    init(_ fields: EngineFields) throws(DockerError) {
        let actor = try fields.fields("Actor")
        var (seconds, rest) = (try fields.int("time") ?? 0, 0)
        if let nanoseconds = try fields.int("timeNano") { (seconds, rest) = nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000) }
        self.init(
            subject: try fields.text("Type").flatMap(Subject.init(rawValue:)) ?? .other, action: try fields.text("Action") ?? "",
            id: try actor.text("ID") ?? "", attributes: try actor.map("Attributes"),
            time: Timestamp(seconds: Int64(max(seconds, 0)), nanoseconds: Int32(max(rest, 0))))
    }
}

extension EngineInfo {
    init(_ fields: EngineFields, apiVersion: EngineVersion) throws(DockerError) {
        self.init(
            version: try fields.text("ServerVersion") ?? "", apiVersion: apiVersion.description,
            operatingSystem: try fields.text("OperatingSystem") ?? "", architecture: try fields.text("Architecture") ?? "",
            cpus: try fields.int("NCPU") ?? 0, memory: Bytes(Int64(try fields.int("MemTotal") ?? 0)), id: try fields.text("ID") ?? "",
            name: try fields.text("Name") ?? "", time: try fields.time("SystemTime"), warnings: try fields.texts("Warnings"))
    }
}

extension EnginePullProgress {
    init(_ fields: EngineFields) throws(DockerError) {
        let detail = try fields.fields("progressDetail")
        self.init(
            layer: try fields.text("id") ?? "", status: try fields.text("status") ?? "",
            done: try detail.int("current").map { Bytes(Int64($0)) }, total: try detail.int("total").map { Bytes(Int64($0)) })
    }
}

extension EngineStats {
    init(_ fields: EngineFields) throws(DockerError) {
        let (cpu, before, memory) = (try fields.fields("cpu_stats"), try fields.fields("precpu_stats"), try fields.fields("memory_stats"))
        func total(_ stats: EngineFields) throws(DockerError) -> Double { Double(try stats.fields("cpu_usage").int("total_usage") ?? 0) }
        let used = try total(cpu) - total(before)
        let span = Double(try cpu.int("system_cpu_usage") ?? 0) - Double(try before.int("system_cpu_usage") ?? 0)
        let cpus = Double(try cpu.int("online_cpus") ?? 1)
        // Cache that can be given back: cgroup v1 calls it total_inactive_file, v2 inactive_file.
        let detail = try memory.fields("stats")
        let (v1, v2) = (try detail.int("total_inactive_file"), try detail.int("inactive_file"))
        let cache = v1 ?? v2 ?? 0
        let usage = try memory.int("usage") ?? 0
        var (received, sent) = (Int64(0), Int64(0))
        for (_, interface) in try fields.object("networks") {
            let interface = EngineFields(interface, fields.what + ": networks")
            received = received.addingReportingOverflow(Int64(try interface.int("rx_bytes") ?? 0)).partialValue
            sent = sent.addingReportingOverflow(Int64(try interface.int("tx_bytes") ?? 0)).partialValue
        }
        self.init(
            time: try fields.time("read"), cpuPercent: used > 0 && span > 0 ? used / span * cpus * 100 : 0,
            memory: Bytes(Int64(usage >= cache && cache >= 0 ? usage - cache : usage)), memoryLimit: Bytes(Int64(try memory.int("limit") ?? 0)),
            received: Bytes(received), sent: Bytes(sent), processes: try fields.fields("pids_stats").int("current") ?? 0)
    }
}
