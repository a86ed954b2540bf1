import Kernel

/// JSON's types as an OpenAPI schema names them.
public enum SchemaType: String, Sendable, Hashable, CaseIterable {
    case object, array, string, integer, number, boolean
}

/// `additionalProperties`: a schema for every member that `properties` doesn't name, or whether such members may stand at all.
public enum AdditionalProperties: Sendable {
    case allowed(Bool)
    case schema(StructuralSchema)
}

/// `x-kubernetes-list-type`: how lists merge in server-side apply, and what must be unique in them.
public enum ListType: String, Sendable, Hashable {
    case atomic, set, map
}

/// `x-kubernetes-map-type`: whether members of an object are owned one by one or the object as a whole.
public enum MapType: String, Sendable, Hashable {
    case granular, atomic
}

/// What a schema says, member by member as OpenAPI v3 names it; `StructuralSchema` is this, compiled.
public struct SchemaFields: Sendable {
    public var type: SchemaType?
    public var title: String?
    public var description: String?
    public var format: String?
    public var nullable = false
    /// Absent: no default. JSON null is a default of its own.
    public var `default`: JSON?
    public var example: JSON?

    public var properties = SchemaProperties()
    public var required: [String] = []
    public var additionalProperties: AdditionalProperties?
    public var items: StructuralSchema?

    // Value validations
    public var `enum`: [JSON]?
    public var pattern: String?
    public var minimum: JSON?
    public var exclusiveMinimum = false
    public var maximum: JSON?
    public var exclusiveMaximum = false
    public var multipleOf: JSON?
    /// In Unicode code points.
    public var minLength: Int?
    public var maxLength: Int?
    public var minItems: Int?
    public var maxItems: Int?
    public var uniqueItems = false
    public var minProperties: Int?
    public var maxProperties: Int?
    public var allOf: [StructuralSchema] = []
    public var anyOf: [StructuralSchema] = []
    public var oneOf: [StructuralSchema] = []
    public var not: StructuralSchema?

    // Extensions
    public var preserveUnknownFields = false
    public var intOrString = false
    public var embeddedResource = false
    public var listType: ListType?
    public var listMapKeys: [String] = []
    public var mapType: MapType?
    /// `x-kubernetes-validations`, stored as written.
    public var validations: [JSON] = []
    /// For built-in kinds: `merge`, `replace`, `retainKeys`, or two of them joined by a comma.
    public var patchStrategy: String?
    /// For built-in kinds: the member by which strategic merge patch tells a list's elements apart.
    public var patchMergeKey: String?

    public init() {}
}

/// The named members of an object schema, in the order they were written, found by name in constant time.
public struct SchemaProperties: Sendable, ExpressibleByDictionaryLiteral {
    public let names: [String]
    public let schemas: [StructuralSchema]
    let index: NameIndex

    public init() {
        names = []
        schemas = []
        index = NameIndex([])
    }

    /// Of two of the same name the later one counts.
    public init(_ members: some Sequence<(String, StructuralSchema)>) {
        var names: [String] = []
        var schemas: [StructuralSchema] = []
        for (name, schema) in members {
            if let existing = names.firstIndex(where: { sameBytes($0, name) }) {
                schemas[existing] = schema
            } else {
                names.append(name)
                schemas.append(schema)
            }
        }
        self.names = names
        self.schemas = schemas
        index = NameIndex(names)
    }

    public init(dictionaryLiteral elements: (String, StructuralSchema)...) { self.init(elements) }

    public var isEmpty: Bool { names.isEmpty }
    public var count: Int { names.count }

    @inline(__always)
    public func position(of name: String) -> Int? { index.position(of: name) }

    @inline(__always)
    public subscript(name: String) -> StructuralSchema? { index.position(of: name).map { schemas[$0] } }

    /// These with others added; others of the same name replace.
    public func merging(_ others: SchemaProperties) -> SchemaProperties {
        SchemaProperties(Array(self) + Array(others))
    }
}

extension SchemaProperties: Sequence {
    public func makeIterator() -> AnyIterator<(String, StructuralSchema)> {
        var pairs = zip(names, schemas).makeIterator()
        return AnyIterator { pairs.next() }
    }
}
