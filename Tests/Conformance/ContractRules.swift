import Glibc
import Kernel
import YAML

/// What breaks the rules in crds/, one after the other.
enum ContractRules {
    static func definitions() throws -> [JSON] {
        let directory = "/" + #filePath.split(separator: "/").prefix { $0 != "Tests" }.joined(separator: "/") + "/crds"
        guard let stream = opendir(directory) else { throw TestFailure("\(directory) can't be read") }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            names.append(withUnsafePointer(to: entry.pointee.d_name) { $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) } })
        }
        return try names.filter { $0.hasSuffix(".yaml") }.sorted().map { name in
            guard let file = fopen("\(directory)/\(name)", "r") else { throw TestFailure("\(name) can't be read") }
            defer { fclose(file) }
            var text: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 65_536)
            while true {
                let count = fread(&buffer, 1, buffer.count, file)
                if count == 0 { break }
                text += buffer[..<count]
            }
            guard let document = try YAML.parse(text).first else { throw TestFailure("\(name) is empty") }
            return document
        }
    }

    /// Kind and message of every rule of a definition.
    static func rules(_ definition: JSON) -> [(kind: String, message: String)] {
        let kind = definition["spec"]?["names"]?["kind"]?.string ?? ""
        var found: [(kind: String, message: String)] = []
        func look(_ schema: JSON) {
            for rule in schema["x-kubernetes-validations"]?.array ?? [] { found.append((kind, rule["message"]?.string ?? "a rule without a message")) }
            for (_, member) in schema["properties"]?.object ?? JSONObject() { look(member) }
            if let items = schema["items"] { look(items) }
            if let values = schema["additionalProperties"] { look(values) }
        }
        for version in definition["spec"]?["versions"]?.array ?? [] { look(version["schema"]?["openAPIV3Schema"] ?? .null) }
        return found
    }

    static let smallest: [(kind: String, spec: JSON)] = [
        ("Environment", ["image": "a"]), ("DataPipeline", pipeline()), ("DataPipelineRun", ["pipelineRef": ["name": "p"]]),
        ("RunSchedule", ["schedule": "0 6 * * *", "template": ["dataPipelineRun": ["pipelineRef": ["name": "p"]]]]),
    ]

    // MARK: Documents

    private static func environment(_ extra: JSON) -> JSON {
        var spec: JSON = ["image": "a"]
        for (name, value) in extra.object ?? JSONObject() { spec[name] = value }
        return spec
    }

    private static func pipeline(_ extra: JSON = [:]) -> JSON {
        var spec: JSON = ["source": ["delimited": ["path": "in.csv"]], "outputs": [["name": "out", "delimited": ["path": "out.csv"]]]]
        for (name, value) in extra.object ?? JSONObject() { spec[name] = value }
        return spec
    }

    private static func step(_ step: JSON) -> JSON { pipeline(["steps": [step]]) }

    static let cases: [BrokenRule] = environments + pipelines + runs

    private static let longName = String(repeating: "n", count: 64)

    private static let environments: [BrokenRule] = [
        BrokenRule(
            kind: "Environment", message: "metadata.name must be at most 55 characters long and hold no dot: it becomes a host name", name: "a.b",
            spec: environment([:])),
        BrokenRule(
            kind: "Environment", message: "spec.runtime can't change once the environment is placed; delete it and create it anew (data volumes are kept)",
            before: environment(["runtime": "Docker"]), status: ["runtime": "Docker"], spec: environment(["runtime": "Kubernetes"])),
        BrokenRule(
            kind: "Environment", message: "spec.target can't change once the environment is placed; delete it and create it anew on the other target",
            before: environment([:]), status: ["target": "local"], spec: environment(["target": "other"])),
        BrokenRule(
            kind: "Environment",
            message:
                "with replicas over 1 a fixed hostPort would be wanted by every instance: leave hostPort out (each gets a free port, see status.endpoints) or set replicas to 1",
            spec: environment(["replicas": 2, "ports": [["containerPort": 80, "hostPort": 8080]]])),
        BrokenRule(
            kind: "Environment", message: "two ports have the same name; give each a name of its own",
            spec: environment(["ports": [["containerPort": 80, "name": "http"], ["containerPort": 81, "name": "http"]]])),
        BrokenRule(
            kind: "Environment",
            message: "two ports want the same hostPort; give each its own, or leave hostPort out (a free one is chosen, see status.endpoints)",
            spec: environment(["ports": [["containerPort": 80, "hostPort": 8080], ["containerPort": 81, "hostPort": 8080]]])),
        BrokenRule(
            kind: "Environment", message: "volumeClaimTemplates can't be added or removed later; delete the environment and create it anew (data volumes are kept)",
            before: environment([:]), spec: environment(["volumeClaimTemplates": [claim("1Gi")]])),
        BrokenRule(
            kind: "Environment", message: "volumeClaimTemplates can't change; delete the environment and create it anew (data volumes are kept)",
            before: environment(["volumeClaimTemplates": [claim("1Gi")]]), spec: environment(["volumeClaimTemplates": [claim("2Gi")]])),
        BrokenRule(
            kind: "Environment", message: "each volumeMount must name an entry of volumes or of volumeClaimTemplates",
            spec: environment(["volumeMounts": [["name": "data", "mountPath": "/data"]]])),
        BrokenRule(
            kind: "Environment", message: "a name can't stand both in volumes and in volumeClaimTemplates",
            spec: environment(["volumes": [["name": "data", "emptyDir": [:]]], "volumeClaimTemplates": [claim("1Gi")]])),
        BrokenRule(
            kind: "Environment", message: "value and valueFrom exclude each other",
            spec: environment(["env": [["name": "A", "value": "1", "valueFrom": ["fieldRef": ["fieldPath": "metadata.name"]]]]])),
        BrokenRule(
            kind: "Environment", message: "exactly one of secretKeyRef, configMapKeyRef and fieldRef must be set",
            spec: environment(["env": [["name": "A", "valueFrom": [:]]]])),
        BrokenRule(
            kind: "Environment", message: "exactly one of configMapRef and secretRef must be set", spec: environment(["envFrom": [["prefix": "A"]]])),
        BrokenRule(
            kind: "Environment", message: "exactly one of configMap, secret, emptyDir, hostPath and persistentVolumeClaim must be set",
            spec: environment(["volumes": [["name": "a", "emptyDir": [:], "secret": ["secretName": "b"]]]])),
        BrokenRule(
            kind: "Environment", message: "exactly one of httpGet, tcpSocket and exec must be set", spec: environment(["startupProbe": ["periodSeconds": 5]])),
        BrokenRule(
            kind: "Environment", message: "exactly one of httpGet, tcpSocket and exec must be set",
            spec: environment(["readinessProbe": ["httpGet": ["port": 80], "tcpSocket": ["port": 80]]])),
        BrokenRule(
            kind: "Environment", message: "exactly one of httpGet, tcpSocket and exec must be set", spec: environment(["livenessProbe": [:]])),
        BrokenRule(
            kind: "Environment", message: "requests.cpu must not be more than limits.cpu; lower the one or raise the other",
            spec: environment(["resources": ["requests": ["cpu": 2], "limits": ["cpu": "500m"]]])),
        BrokenRule(
            kind: "Environment", message: "requests.memory must not be more than limits.memory; lower the one or raise the other",
            spec: environment(["resources": ["requests": ["memory": "2Gi"], "limits": ["memory": "1Gi"]]])),
        BrokenRule(
            kind: "Environment", message: "limits.memory must be at least 6Mi, the least an engine takes",
            spec: environment(["resources": ["limits": ["memory": 4096]]])),
        BrokenRule(
            kind: "Environment", message: "requests.memory must be at least 6Mi, the least an engine takes",
            spec: environment(["resources": ["requests": ["memory": "5Mi"]]])),
        BrokenRule(
            kind: "Environment", message: "limits.cpu must be more than 0; leave it out for no bound", spec: environment(["resources": ["limits": ["cpu": 0]]])),
        BrokenRule(
            kind: "Environment", message: "requests.cpu must be more than 0; leave it out for no share of its own",
            spec: environment(["resources": ["requests": ["cpu": "0"]]])),
        BrokenRule(
            kind: "Environment", message: "runAsUser must be set and not 0 because runAsNonRoot is true",
            spec: environment(["securityContext": ["runAsNonRoot": true, "runAsUser": 0]])),
        BrokenRule(
            kind: "Environment", message: "runAsUser must be set because runAsGroup is", spec: environment(["securityContext": ["runAsGroup": 1000]])),
    ]

    private static func claim(_ size: String) -> JSON {
        ["metadata": ["name": "data"], "spec": ["resources": ["requests": ["storage": .string(size)]]]]
    }

    private static let pipelines: [BrokenRule] = [
        BrokenRule(
            kind: "DataPipeline", message: "metadata.name must be at most 52 characters long: runs are named after it", name: longName, spec: pipeline()),
        BrokenRule(
            kind: "DataPipeline", message: "each fallback must name another output that has no fallback itself",
            spec: pipeline(["outputs": [["name": "out", "delimited": ["path": "out.csv"], "fallback": "out"]]])),
        BrokenRule(
            kind: "DataPipeline", message: "policy DeadLetter needs errors.deadLetter.path", spec: pipeline(["errors": ["policy": "DeadLetter"]])),
        BrokenRule(
            kind: "DataPipeline", message: "without a header, columns must name every column in order",
            spec: pipeline(["source": ["delimited": ["path": "in.csv", "header": false]]])),
        BrokenRule(
            kind: "DataPipeline",
            message:
                "exactly one of javascript, filter, derive, select, rename, cast, lookup, split, deduplicate, sort and aggregate must be set",
            spec: step(["name": "s"])),
        BrokenRule(
            kind: "DataPipeline", message: "exactly one of source and configMapKeyRef must be set", spec: step(["name": "s", "javascript": [:]])),
        BrokenRule(
            kind: "DataPipeline", message: "of is required but for Count",
            spec: step(["name": "s", "aggregate": ["groupBy": ["a"], "columns": [["name": "b", "function": "Sum"]]]])),
        BrokenRule(
            kind: "DataPipeline", message: "exactly one of delimited, jsonLines and postgresql must be set", spec: pipeline(["outputs": [["name": "out"]]])),
        BrokenRule(
            kind: "DataPipeline", message: "mode Upsert needs keys, and only mode Upsert",
            spec: pipeline(["outputs": [["name": "out", "postgresql": ["connectionSecretRef": ["name": "w"], "table": "t", "mode": "Upsert"]]]])),
        BrokenRule(
            kind: "DataPipeline", message: "expect is only for outcome Written",
            spec: pipeline(["tests": [["name": "t", "input": ["a": "1"], "outcome": "Filtered", "expect": ["a": "1"]]]])),
    ]

    private static let runs: [BrokenRule] = [
        BrokenRule(
            kind: "DataPipelineRun", message: "metadata.name must be at most 63 characters long: runs are named after it", name: longName,
            spec: ["pipelineRef": ["name": "p"]]),
        BrokenRule(
            kind: "DataPipelineRun", message: "a run can't be changed but for suspend, cancel and ttlSecondsAfterFinished; make another run",
            before: ["pipelineRef": ["name": "p"]], spec: ["pipelineRef": ["name": "q"]]),
        BrokenRule(
            kind: "DataPipelineRun", message: "cancel can't be taken back; make another run", before: ["pipelineRef": ["name": "p"], "cancel": true],
            spec: ["pipelineRef": ["name": "p"], "cancel": false]),
        BrokenRule(
            kind: "RunSchedule", message: "metadata.name must be at most 52 characters long: runs are named after it", name: longName,
            spec: ["schedule": "0 6 * * *", "template": ["dataPipelineRun": ["pipelineRef": ["name": "p"]]]]),
    ]
}
