import Kernel

/// A custom kind's schema as OpenAPI v2 can say it: what v2 has no word for goes, so that old clients don't refuse what the server takes.
enum SwaggerSchema {
    private static let unknown = ["nullable", "anyOf", "oneOf", "allOf", "not", "default", "x-kubernetes-validations"]

    static func reduced(_ schema: JSON) -> JSON {
        guard case .object(let members) = schema else { return schema }
        var out = JSONObject()
        // A value that may be null, or of more than one type, has no type in v2.
        let isOpen = schema["nullable"]?.bool == true || schema["x-kubernetes-int-or-string"]?.bool == true
        let keepsUnknown = schema["x-kubernetes-preserve-unknown-fields"]?.bool == true
        for (key, value) in members where !unknown.contains(key) {
            switch key {
            case "type", "format": if !isOpen { out[key] = value }
            case "properties":
                if isOpen || keepsUnknown { continue }
                out[key] = .object(JSONObject((value.object ?? JSONObject()).map { ($0, reduced($1)) }))
            case "required": if !isOpen && !keepsUnknown { out[key] = value }
            case "items": if !isOpen && !keepsUnknown { out[key] = reduced(value) }
            case "additionalProperties": if !isOpen { out[key] = value.object == nil ? value : reduced(value) }
            default: out[key] = value
            }
        }
        // A list without a word on its elements is no list to a v2 reader.
        if out["type"] == "array", out["items"] == nil { out["type"] = nil }
        return .object(out)
    }
}
