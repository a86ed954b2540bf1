import Kernel

/// A structural schema in the making: what values it describes, and which of its parts expressions can name.
indirect enum RuleShape {
    case integer
    case number
    case boolean
    /// With what its values are like.
    case text(TextKind, maxLength: Int?)
    case intOrString
    case list(RuleShape, semantics: String?, maxItems: Int?)
    /// Objects told apart by `name`.
    case keyedList(RuleShape, maxItems: Int?)
    case map(RuleShape, maxProperties: Int?)
    case object([Member])

    struct Member {
        let name: String
        let shape: RuleShape
        let isRequired: Bool
        var isNullable = false
        var preset: JSON?
    }

    enum TextKind: CaseIterable {
        case plain, address, network, url, amount, version, name, word, moment, span, day, bytes

        /// The schema's `format`.
        var format: String? {
            switch self {
            case .moment: "date-time"
            case .span: "duration"
            case .day: "date"
            case .bytes: "byte"
            default: nil
            }
        }
    }

    static let words = ["red", "green", "blue"]

    var schema: JSON {
        switch self {
        case .integer: return ["type": "integer"]
        case .number: return ["type": "number"]
        case .boolean: return ["type": "boolean"]
        case .intOrString: return ["x-kubernetes-int-or-string": true]
        case .text(let kind, let maxLength):
            var schema: JSON = ["type": "string"]
            if let format = kind.format { schema["format"] = .string(format) }
            if let maxLength { schema["maxLength"] = JSON(maxLength) }
            if kind == .word { schema["enum"] = JSON(Self.words) }
            return schema
        case .list(let element, let semantics, let maxItems):
            var schema: JSON = ["type": "array", "items": element.schema]
            if let semantics { schema["x-kubernetes-list-type"] = .string(semantics) }
            if let maxItems { schema["maxItems"] = JSON(maxItems) }
            return schema
        case .keyedList(let element, let maxItems):
            var schema: JSON = ["type": "array", "items": element.schema, "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["name"]]
            if let maxItems { schema["maxItems"] = JSON(maxItems) }
            return schema
        case .map(let element, let maxProperties):
            var schema: JSON = ["type": "object", "additionalProperties": element.schema]
            if let maxProperties { schema["maxProperties"] = JSON(maxProperties) }
            return schema
        case .object(let members):
            var properties = JSONObject()
            for member in members {
                var schema = member.shape.schema
                if member.isNullable { schema["nullable"] = true }
                if let preset = member.preset { schema["default"] = preset }
                properties[member.name] = schema
            }
            var schema: JSON = ["type": "object", "properties": .object(properties)]
            let required = members.filter(\.isRequired).map(\.name)
            if !required.isEmpty { schema["required"] = JSON(required) }
            return schema
        }
    }

    /// The kind of expression that such a value is; nil for what no production makes.
    var kind: ExpressionGenerator.Kind? {
        switch self {
        case .integer: .int
        case .number: .double
        case .boolean: .bool
        case .text(let kind, _):
            switch kind {
            case .moment, .day: .timestamp
            case .span: .duration
            case .bytes: .bytes
            default: .string
            }
        case .intOrString: .dynamic
        case .list(.integer, _, _): .ints
        case .list(.text(let kind, _), _, _): kind.format == nil ? .strings : nil
        case .list: nil
        case .keyedList: .items
        case .map(.integer, _): .map
        case .map(.text(let kind, _), _): kind.format == nil ? .texts : nil
        case .map, .object: nil
        }
    }

    /// What can be named from here, the value itself being called `root`.
    func names(_ root: String) -> [ExpressionGenerator.Name] {
        var found = kind.map { [ExpressionGenerator.Name(root, $0)] } ?? []
        if case .object(let members) = self {
            for member in members { found += member.shape.names("\(root).\(Self.spelling[member.name] ?? member.name)") }
        }
        return found
    }

    /// Names that are no identifiers, as expressions spell them.
    private static let spelling = ["a-b": "a__dash__b", "c.d": "c__dot__d", "in": "__in__", "namespace": "__namespace__", "x__y": "x__underscores__y"]
    static let oddNames = ["a-b", "c.d", "in", "namespace", "x__y"]
}
