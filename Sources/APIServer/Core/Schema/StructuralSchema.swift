import Kernel

/// The schema of a resource: what pruning, defaulting, validation, server-side apply, strategic merge and OpenAPI all work from.
///
/// Immutable and shared. Read a custom resource's with `init(openAPI:)`; write a built-in kind's with the builders (`object`, `string`,
/// `map`, `list`, …). Members read as `schema.type`, `schema.properties`; what depends on them is compiled once, at creation.
@dynamicMemberLookup
public final class StructuralSchema: Sendable {
    public let fields: SchemaFields

    // Compiled. What the walks over every object need stands here by itself: to read it from `fields` would copy that.
    let rules: ValueRules
    let type: SchemaType?
    let isNullable: Bool
    let filler: JSON?
    let isEmbedded: Bool
    let preserves: Bool
    let members: NameIndex
    let memberSchemas: [StructuralSchema]
    let itemSchema: StructuralSchema?
    /// Of members that aren't named.
    let extra: StructuralSchema?
    let allowsExtra: Bool
    let forbidsExtra: Bool
    let listType: ListType
    let isAtomicMap: Bool
    /// Whether pruning can find anything below here.
    let prunes: Bool
    /// Whether there is a default below here.
    public let hasDefaults: Bool
    /// Positions in `properties` that have a default of their own.
    let defaultedPositions: [Int]

    public init(_ fields: SchemaFields) {
        self.fields = fields
        rules = ValueRules(fields)
        type = fields.type
        isNullable = fields.nullable
        filler = fields.default
        isEmbedded = fields.embeddedResource
        preserves = fields.preserveUnknownFields
        members = fields.properties.index
        memberSchemas = fields.properties.schemas
        itemSchema = fields.items
        listType = fields.listType ?? .atomic
        isAtomicMap = fields.mapType == .atomic
        switch fields.additionalProperties {
        case .schema(let schema)?: (extra, allowsExtra, forbidsExtra) = (schema, true, false)
        case .allowed(let allowed)?: (extra, allowsExtra, forbidsExtra) = (nil, allowed, !allowed)
        case nil: (extra, allowsExtra, forbidsExtra) = (nil, false, false)
        }
        var below = fields.properties.schemas
        if let items = fields.items { below.append(items) }
        if let extra { below.append(extra) }
        hasDefaults = below.contains { $0.filler != nil || $0.hasDefaults }
        defaultedPositions = fields.properties.schemas.indices.filter { fields.properties.schemas[$0].filler != nil }
        prunes = !fields.preserveUnknownFields || !below.isEmpty
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
        if let position = members.position(of: name) { return memberSchemas[position] }
        return extra
    }

    /// The schema at a path of member names, `["spec", "replicas"]`; `"[]"` steps into a list's elements.
    public func at(_ path: some Sequence<String>) -> StructuralSchema? {
        var current = self
        for name in path {
            guard let next = name == "[]" ? current.itemSchema : current.member(name) else { return nil }
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
