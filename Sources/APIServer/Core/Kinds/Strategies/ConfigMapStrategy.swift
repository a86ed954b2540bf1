import Kernel

/// ConfigMap: keys, size, and `immutable`.
struct ConfigMapStrategy: ResourceStrategy {
    func validateCreate(_ object: JSON) -> [StatusCause] {
        let data = DataKeys.members(object["data"])
        let binary = DataKeys.members(object["binaryData"])
        var causes: [StatusCause] = []
        var size = 0
        for (key, value) in data.sorted {
            causes += DataKeys.check(key, "data")
            if binary.position(of: key) != nil { causes.append(.invalid("data[\(key)]", .string(key), "duplicate of key present in binaryData")) }
            size += value.string?.utf8.count ?? 0
        }
        for (key, value) in binary.sorted {
            causes += DataKeys.check(key, "binaryData")
            guard let text = value.string else { continue }
            if let count = Base64.decodedCount(text) { size += count } else { causes.append(.notBase64("binaryData[\(key)]")) }
        }
        // Kubernetes names the whole object this way.
        if size > DataKeys.sizeLimit { causes.append(.tooLong("[]", limit: DataKeys.sizeLimit)) }
        return causes
    }

    func validateUpdate(_ object: JSON, old: JSON) -> [StatusCause] {
        DataKeys.checkImmutable(object, old, fields: ["data", "binaryData"]) + validateCreate(object)
    }
}

extension StatusCause {
    /// The value itself is never shown: it may be secret.
    static func notBase64(_ field: String) -> StatusCause {
        StatusCause(
            reason: .invalid, message: "Invalid value: <value omitted>: must be base64-encoded (RFC 4648, padded); use stringData of a Secret, "
                + "or data of a ConfigMap, for plain text", field: field)
    }
}
