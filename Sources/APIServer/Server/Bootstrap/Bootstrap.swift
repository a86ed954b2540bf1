import APIServerCore
import Kernel
import Store
import Telemetry

/// Brings up what must exist from the start; running it again changes nothing.
struct Bootstrap: Sendable {
    private let parts: ServerParts
    private let logger: Logger
    /// They can't be deleted.
    static let namespaces = ["default", "kube-system"]

    init(_ parts: ServerParts) {
        self.parts = parts
        logger = parts.logger.with(["component": "bootstrap"])
    }

    /// Tries until everything is there, or the task is cancelled: the store may be away for a while.
    func run() async {
        var delay = Duration.milliseconds(100)
        while !Task.isCancelled {
            do throws(APIStatus) {
                try await bringUp()
                parts.readiness.becomeReady()
                return
            } catch {
                logger.warning("bringing up what must exist failed, trying again", ["reason": error.message])
            }
            do { try await Task.sleep(for: delay) } catch { return }
            delay = min(delay * 2, .seconds(5))
        }
    }

    private func bringUp() async throws(APIStatus) {
        for name in Self.namespaces {
            try await create(["apiVersion": "v1", "kind": "Namespace", "metadata": ["name": .string(name)]])
        }
        for object in BootstrapPolicy.objects { try await reconcilePolicy(object) }
        for definition in parts.configuration.customResourceDefinitions { try await applyDefinition(definition) }
        try await RoleAggregator(parts).update()
    }

    private func resource(_ object: JSON) throws(APIStatus) -> ServedResource {
        let kind = GroupVersionKind(apiVersion: object["apiVersion"]?.string ?? "", kind: object["kind"]?.string ?? "")
        guard let resource = parts.registry.table.find(kind) else { throw .internalError("\(kind) is not served") }
        return resource
    }

    private func create(_ object: JSON) async throws(APIStatus) {
        let resource = try resource(object)
        let key = resource.key(namespace: "", name: object["metadata"]?["name"]?.string ?? "")
        guard parts.store.get(key) == nil else { return }
        do throws(APIStatus) {
            _ = try await parts.writer.create(object, resource, WriteOptions(), warnings: Warnings())
        } catch {
            guard error.reason == .alreadyExists else { throw error }
        }
    }

    /// Makes what is missing; adds missing rules and subjects where the object still says that it keeps itself up to date.
    private func reconcilePolicy(_ wanted: JSON) async throws(APIStatus) {
        let resource = try resource(wanted)
        let key = resource.key(namespace: "", name: wanted["metadata"]?["name"]?.string ?? "")
        guard parts.store.get(key) != nil else {
            try await create(wanted)
            return
        }
        _ = try await parts.writer.update(key, resource, WriteOptions(), part: .whole, warnings: Warnings()) { old, _ throws(APIStatus) in
            Self.completed(old, by: wanted)
        }
    }

    /// A role or binding with the rules and subjects that it lacks.
    private static func completed(_ old: JSON, by wanted: JSON) -> JSON {
        guard old["metadata"]?["annotations"]?[BootstrapPolicy.autoupdate]?.string == "true" else { return old }
        var new = old
        if let rules = wanted["rules"]?.array, wanted["aggregationRule"] == nil {
            let present = old["rules"]?.array ?? []
            let held = present.map { PolicyRule($0) }
            let missing = rules.filter { !PolicyRule.uncovered([PolicyRule($0)], by: held).isEmpty }
            if !missing.isEmpty { new["rules"] = .array(present + missing) }
        }
        if let subjects = wanted["subjects"]?.array {
            let present = old["subjects"]?.array ?? []
            let missing = subjects.filter { !present.contains($0) }
            if !missing.isEmpty { new["subjects"] = .array(present + missing) }
        }
        return new
    }

    /// Our own definitions: made, or their spec brought up to date; what others added to their metadata stays.
    private func applyDefinition(_ wanted: JSON) async throws(APIStatus) {
        let resource = try resource(wanted)
        let name = wanted["metadata"]?["name"]?.string ?? ""
        let key = resource.key(namespace: "", name: name)
        guard parts.store.get(key) != nil else {
            try await create(wanted)
            return
        }
        _ = try await parts.writer.update(key, resource, WriteOptions(), part: .whole, warnings: Warnings()) { old, _ throws(APIStatus) in
            var new = old
            new["spec"] = wanted["spec"]
            for field in ["labels", "annotations"] {
                for (key, value) in wanted["metadata"]?[field]?.object ?? JSONObject() { new[path: ["metadata", field, key]] = value }
            }
            return new
        }
    }
}
