import Kernel

/// The schema of a resource: what pruning, defaulting, validation, server-side apply, strategic merge and OpenAPI all work from.
///
/// Immutable and shared. Read a custom resource's with `init(openAPI:)`; write a built-in kind's with the builders (`object`, `string`,
/// `map`, `list`, …). Members read as `schema.type`, `schema.properties`; what depends on them is compiled once, at creation.
@dynamicMemberLookup
public final class StructuralSchema: Sendable {
    public let fields: SchemaFields

    // Compiled
    let rules: ValueRules
    /// Whether pruning can find anything below here.
    let prunes: Bool
    /// Whether there is a default here or below.
    public let hasDefaults: Bool
    /// Whether a value here or below can be an embedded resource.
    let hasEmbedded: Bool
    /// Positions in `properties` that bring a default, their own or one that shows once the member exists.
    let defaultedPositions: [Int]

    public init(_ fields: SchemaFields) {
        self.fields = fields
        rules = ValueRules(fields)
        var hasDefaults = false
        var hasEmbedded = fields.embeddedResource
        func look(_ child: StructuralSchema) {
            hasDefaults = hasDefaults || child.fields.default != nil || child.hasDefaults
            hasEmbedded = hasEmbedded || child.hasEmbedded
        }
        for child in fields.properties.schemas { look(child) }
        if let items = fields.items { look(items) }
        if case .schema(let child)? = fields.additionalProperties { look(child) }
        self.hasDefaults = hasDefaults
        self.hasEmbedded = hasEmbedded
        defaultedPositions = fields.properties.schemas.indices.filter { fields.properties.schemas[$0].fields.default != nil }
        prunes = !fields.preserveUnknownFields || !fields.properties.isEmpty || fields.items != nil || fields.additionalProperties != nil
    }

    public convenience init(_ change: (inout SchemaFields) -> Void) {
        var fields = SchemaFields()
        change(&fields)
        self.init(fields)
    }

    @inline(__always)
    public subscript<Value>(dynamicMember path: KeyPath<SchemaFields, Value>) -> Value { fields[keyPath: path] }

    /// A copy with some members changed.
    public func with(_ change: (inout SchemaFields) -> Void) -> StructuralSchema {
        var fields = fields
        change(&fields)
        return StructuralSchema(fields)
    }

    public func described(_ description: String) -> StructuralSchema { with { $0.description = description } }
    public func defaulting(to value: JSON) -> StructuralSchema { with { $0.default = value } }

    /// The schema of the member of an object, by `properties` or else by `additionalProperties`.
    public func member(_ name: String) -> StructuralSchema? {
        if let schema = fields.properties[name] { return schema }
        if case .schema(let schema)? = fields.additionalProperties { return schema }
        return nil
    }

    /// The schema at a path of member names, `["spec", "replicas"]`; `"[]"` steps into a list's elements.
    public func at(_ path: some Sequence<String>) -> StructuralSchema? {
        var current = self
        for name in path {
            guard let next = name == "[]" ? current.fields.items : current.member(name) else { return nil }
            current = next
        }
        return current
    }
}

// MARK: Writing schemas in Swift

extension StructuralSchema {
    public static func object(
        _ properties: SchemaProperties, required: [String] = [], description: String? = nil, mapType: MapType? = nil
    ) -> StructuralSchema {
        StructuralSchema {
            $0.type = .object
            $0.properties = properties
            $0.required = required
            $0.description = description
            $0.mapType = mapType
        }
    }

    /// An object whose members all have one schema, `map[string]T`.
    public static func map(of values: StructuralSchema, description: String? = nil, mapType: MapType? = nil) -> StructuralSchema {
        StructuralSchema {
            $0.type = .object
            $0.additionalProperties = .schema(values)
            $0.description = description
            $0.mapType = mapType
        }
    }

    /// An object of any members, kept as they are.
    public static func anyObject(description: String? = nil) -> StructuralSchema {
        StructuralSchema {
            $0.type = .object
            $0.preserveUnknownFields = true
            $0.description = description
        }
    }

    /// Any value at all, kept as it is.
    public static func anything(description: String? = nil) -> StructuralSchema {
        StructuralSchema {
            $0.preserveUnknownFields = true
            $0.description = description
        }
    }

    /// - Parameters:
    ///   - type: absent is atomic.
    ///   - keys: for `.map`.
    public static func list(
        of items: StructuralSchema, type: ListType? = nil, keys: [String] = [], patchStrategy: String? = nil, patchMergeKey: String? = nil,
        description: String? = nil
    ) -> StructuralSchema {
        StructuralSchema {
            $0.type = .array
            $0.items = items
            $0.listType = type
            $0.listMapKeys = keys
            $0.patchStrategy = patchStrategy
            $0.patchMergeKey = patchMergeKey
            $0.description = description
        }
    }

    public static func string(
        format: String? = nil, pattern: String? = nil, enum values: [String]? = nil, default defaultValue: String? = nil, description: String? = nil
    ) -> StructuralSchema {
        StructuralSchema {
            $0.type = .string
            $0.format = format
            $0.pattern = pattern
            $0.enum = values?.map { .string($0) }
            $0.default = defaultValue.map { .string($0) }
            $0.description = description
        }
    }

    public static func integer(
        format: String? = nil, minimum: Int64? = nil, maximum: Int64? = nil, default defaultValue: Int64? = nil, description: String? = nil
    ) -> StructuralSchema {
        StructuralSchema {
            $0.type = .integer
            $0.format = format
            $0.minimum = minimum.map { .int($0) }
            $0.maximum = maximum.map { .int($0) }
            $0.default = defaultValue.map { .int($0) }
            $0.description = description
        }
    }

    public static func number(format: String? = nil, description: String? = nil) -> StructuralSchema {
        StructuralSchema {
            $0.type = .number
            $0.format = format
            $0.description = description
        }
    }

    public static func boolean(default defaultValue: Bool? = nil, description: String? = nil) -> StructuralSchema {
        StructuralSchema {
            $0.type = .boolean
            $0.default = defaultValue.map { .bool($0) }
            $0.description = description
        }
    }

    public static func intOrString(description: String? = nil) -> StructuralSchema {
        StructuralSchema {
            $0.intOrString = true
            $0.description = description
        }
    }
}
