import Kernel

/// Types without fields that Kubernetes' OpenAPI names, and that some clients know by these names.
enum SharedType: CaseIterable {
    case time, microTime, fields

    var name: String {
        switch self {
        case .time: MetaTypes.prefix + "Time"
        case .microTime: MetaTypes.prefix + "MicroTime"
        case .fields: MetaTypes.prefix + "FieldsV1"
        }
    }

    var shape: JSONObject {
        switch self {
        case .time, .microTime: ["type": "string", "format": "date-time"]
        case .fields: ["type": "object", "x-kubernetes-preserve-unknown-fields": true]
        }
    }

    /// The schema that stands under the name.
    var schema: JSON {
        var schema = shape
        schema["description"] = .string(description)
        return .object(schema)
    }

    private var description: String {
        switch self {
        case .time: "A moment, to the second: RFC 3339, as 2026-11-20T06:00:00Z."
        case .microTime: "A moment, to the microsecond: RFC 3339 with six digits, as 2026-11-20T06:00:00.000000Z."
        case .fields: "A set of fields as a tree: f:NAME is a member, k:{...} an element of a map list, v:VALUE one of a set, . the thing itself."
        }
    }
}
