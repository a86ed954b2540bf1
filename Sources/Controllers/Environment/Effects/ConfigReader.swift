import EnvironmentPlan
import Kernel
import Kubernetes
import Reconciliation
import Resources

/// Reads the ConfigMaps and Secrets an Environment refers to: from memory, and from the server what isn't there yet.
struct ConfigReader: Sendable {
    let configMaps: Informer
    let secrets: Informer

    func read(_ references: ConfigReferences, namespace: String, in pass: PassContext) async throws(ActionFailure) -> ConfigInputs {
        var inputs = ConfigInputs()
        for name in references.configMaps {
            guard let object = try await object(configMaps, NamespacedName(namespace: namespace, name: name), pass) else { continue }
            inputs.configMaps[name] = Self.configMap(object)
        }
        var uids: [String] = []
        for name in references.secrets {
            guard let object = try await object(secrets, NamespacedName(namespace: namespace, name: name), pass) else { continue }
            inputs.secrets[name] = Self.secret(object)
            uids.append(object["metadata"]?["uid"]?.string ?? "")
        }
        inputs.salt = Hidden(uids.joined(separator: ","))
        return inputs
    }

    /// nil when there is none.
    func object(_ informer: Informer, _ key: NamespacedName, _ pass: PassContext) async throws(ActionFailure) -> JSON? {
        if let cached = informer.get(key) { return cached.json() }
        // It may have been made a moment ago, together with the Environment.
        do throws(KubernetesError) {
            return try await informer.client.get(informer.type, key, deadline: pass.remaining(atMost: .seconds(10))).json()
        } catch {
            if error.isNotFound { return nil }
            throw ActionFailure(error, breaker: "kubernetes.\(informer.client.target).Read")
        }
    }

    static func configMap(_ object: JSON) -> [String: Hidden<[UInt8]>] {
        var values: [String: Hidden<[UInt8]>] = [:]
        for (key, value) in object["data"]?.object ?? JSONObject() { values[key] = value.string.map { Hidden(Array($0.utf8)) } }
        for (key, value) in object["binaryData"]?.object ?? JSONObject() { values[key] = value.string.flatMap(Base64.decode).map { Hidden($0) } }
        return values
    }

    static func secret(_ object: JSON) -> [String: Hidden<[UInt8]>] {
        var values: [String: Hidden<[UInt8]>] = [:]
        for (key, value) in object["data"]?.object ?? JSONObject() { values[key] = value.string.flatMap(Base64.decode).map { Hidden($0) } }
        return values
    }
}
