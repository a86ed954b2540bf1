import Kernel

/// Secret: `stringData` folded into `data`, what each type must hold, size, and `immutable`.
struct SecretStrategy: ResourceStrategy {
    func prepareForCreate(_ object: inout JSON) {
        fold(&object)
        if (object["type"]?.string ?? "").isEmpty { object["type"] = "Opaque" }
    }

    func prepareForUpdate(_ object: inout JSON, old: JSON) { prepareForCreate(&object) }

    func validateCreate(_ object: JSON) -> [StatusCause] {
        let data = DataKeys.members(object["data"])
        var causes: [StatusCause] = []
        var size = 0
        for (key, value) in data.sorted {
            causes += DataKeys.check(key, "data")
            guard let text = value.string else { continue }
            if let count = Base64.decodedCount(text) { size += count } else { causes.append(.notBase64("data[\(key)]")) }
        }
        if size > DataKeys.sizeLimit { causes.append(.tooLong("data", limit: DataKeys.sizeLimit)) }
        return causes + checkType(object, data)
    }

    func validateUpdate(_ object: JSON, old: JSON) -> [StatusCause] {
        var causes: [StatusCause] = []
        let type = object["type"] ?? ""
        if type != old["type"] ?? "Opaque" { causes.append(.invalid("type", type, "field is immutable")) }
        return causes + DataKeys.checkImmutable(object, old, fields: ["data"]) + validateCreate(object)
    }

    private func fold(_ object: inout JSON) {
        guard case .object(let plain)? = object["stringData"] else {
            object["stringData"] = nil
            return
        }
        for (key, value) in plain {
            guard let text = value.string else { continue }
            object[path: ["data", key]] = .string(Base64.encode(Array(text.utf8)))
        }
        object["stringData"] = nil
    }

    private func checkType(_ object: JSON, _ data: JSONObject) -> [StatusCause] {
        func missing(_ keys: String...) -> [StatusCause] {
            keys.filter { data.position(of: $0) == nil }.map { .required("data[\($0)]") }
        }
        switch object["type"]?.string {
        case "kubernetes.io/service-account-token"?:
            let annotation = "kubernetes.io/service-account.name"
            let account = object["metadata"]?["annotations"]?[annotation]?.string ?? ""
            return account.isEmpty ? [.required("metadata.annotations[\(annotation)]")] : []
        case "kubernetes.io/dockercfg"?: return missing(".dockercfg") + checkJSON(data, ".dockercfg")
        case "kubernetes.io/dockerconfigjson"?: return missing(".dockerconfigjson") + checkJSON(data, ".dockerconfigjson")
        case "kubernetes.io/basic-auth"?:
            // One of both suffices.
            let absent = missing("username", "password")
            return absent.count == 2 ? absent : []
        case "kubernetes.io/ssh-auth"?: return missing("ssh-privatekey")
        case "kubernetes.io/tls"?: return missing("tls.crt", "tls.key")
        default: return []
        }
    }

    private func checkJSON(_ data: JSONObject, _ key: String) -> [StatusCause] {
        guard let bytes = data[key]?.string.flatMap(Base64.decode) else { return [] }
        do throws(JSONError) {
            _ = try JSONParser.parse(bytes)
            return []
        } catch {
            // The parser's message could quote a part of the value.
            return [.invalid("data[\(key)]", "<secret contents redacted>", "must be JSON; it is malformed at byte \(error.offset)")]
        }
    }
}
