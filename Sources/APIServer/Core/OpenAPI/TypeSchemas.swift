import Kernel

/// The tables of `APITypes` as OpenAPI schemas.
public enum TypeSchemas {
    /// - Parameter name: as `io.k8s.api.core.v1.ConfigMap`, or that with `List` at its end for the list of a kind.
    public static func schema(named name: String, _ dialect: OpenAPIDialect) -> JSON? {
        APITypes.named(name).map { schema(of: $0, dialect) }
    }

    public static func schema(of type: APIType, _ dialect: OpenAPIDialect) -> JSON {
        var properties: [(String, JSON)] = type.fields.map { ($0.name, property($0, dialect)) }
        if !type.kinds.isEmpty {
            properties.append(("apiVersion", KindFields.apiVersion))
            properties.append(("kind", KindFields.kind))
            // DeleteOptions and Status name themselves, but have no object metadata.
        }
        properties.sort { $0.0.utf8.lexicographicallyPrecedes($1.0.utf8) }
        var out: JSONObject = ["description": .string(type.description), "type": "object"]
        let required = dialect == .structural ? [] : type.fields.filter(\.isRequired).map(\.name)
        if !required.isEmpty { out["required"] = JSON(required) }
        if !properties.isEmpty { out["properties"] = .object(JSONObject(properties)) }
        if !type.kinds.isEmpty { out["x-kubernetes-group-version-kind"] = KindFields.list(type.kinds) }
        if type.isAtomic { out["x-kubernetes-map-type"] = "atomic" }
        return .object(out)
    }

    private static func property(_ field: APIField, _ dialect: OpenAPIDialect) -> JSON {
        var out = JSONObject()
        out["description"] = .string(field.description)
        let shape = shape(field.type, dialect)
        // In v3 nothing may stand beside a reference, so it is wrapped.
        if dialect == .v2 || shape["$ref"] == nil {
            for (key, value) in shape { out[key] = value }
        } else {
            out["allOf"] = [.object(shape)]
        }
        if let value = field.defaultValue { out["default"] = value }
        if !field.values.isEmpty { out["enum"] = JSON(field.values) }
        switch field.listType {
        case .atomic?: out["x-kubernetes-list-type"] = "atomic"
        case .set?: out["x-kubernetes-list-type"] = "set"
        case .map(let keys)?:
            out["x-kubernetes-list-map-keys"] = JSON(keys)
            out["x-kubernetes-list-type"] = "map"
        case nil: break
        }
        if let key = field.patchMergeKey { out["x-kubernetes-patch-merge-key"] = .string(key) }
        if let strategy = field.patchStrategy { out["x-kubernetes-patch-strategy"] = .string(strategy) }
        return .object(out)
    }

    /// Of times with exactly six digits after the second, in our own schemas alone: what is published says `date-time`.
    static let microTimeFormat = "date-time-micro"

    /// Of base64, in our own schemas alone: a validator that knew the format would show the value, which may be secret.
    static let bytesFormat = "byte-base64"

    private static func shared(_ type: SharedType, _ dialect: OpenAPIDialect) -> JSONObject {
        dialect == .structural ? type.shape : ["$ref": .string(dialect.prefix + type.name)]
    }

    private static func shape(_ type: APIFieldType, _ dialect: OpenAPIDialect) -> JSONObject {
        switch type {
        case .string: ["type": "string"]
        case .bool: ["type": "boolean"]
        case .int32: ["type": "integer", "format": "int32"]
        case .int64: ["type": "integer", "format": "int64"]
        case .double: ["type": "number", "format": "double"]
        case .bytes: ["type": "string", "format": .string(dialect == .structural ? bytesFormat : "byte")]
        case .time: shared(.time, dialect)
        case .microTime: dialect == .structural ? ["type": "string", "format": .string(microTimeFormat)] : shared(.microTime, dialect)
        case .fields: shared(.fields, dialect)
        case .reference(let name): ["$ref": .string(dialect.prefix + name)]
        case .list(let element): ["type": "array", "items": .object(shape(element, dialect))]
        case .map(let element): ["type": "object", "additionalProperties": .object(shape(element, dialect))]
        case .wrappedStrings: ["type": "array", "items": ["type": "string"], "x-kubernetes-list-type": "atomic"]
        case .json, .schemaOrBool, .schemaOrList, .schemaOrStrings: ["x-kubernetes-preserve-unknown-fields": true]
        }
    }
}
