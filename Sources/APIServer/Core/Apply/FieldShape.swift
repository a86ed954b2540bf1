import Kernel

/// What server-side apply needs to know of the type of a value: how its parts are owned and told apart.
///
/// Without a schema (below `x-kubernetes-preserve-unknown-fields`) it goes by the value: objects are owned member by member, lists as a
/// whole.
struct FieldShape {
    private let schema: StructuralSchema?
    private let isRoot: Bool

    static let unknown = FieldShape(schema: nil, isRoot: false)

    /// Of a whole object.
    init(root schema: StructuralSchema) { self.init(schema: schema, isRoot: true) }

    private init(schema: StructuralSchema?, isRoot: Bool) {
        self.schema = schema
        self.isRoot = isRoot
    }

    /// Owned as a whole when it is an object.
    var isAtomicMap: Bool { schema?.fields.mapType == .atomic }

    var listType: ListType { schema?.fields.listType ?? .atomic }

    /// The member is one that the schema names, rather than an entry of a map.
    func isNamed(_ name: String) -> Bool {
        if isRoot, name == "metadata" || name == "apiVersion" || name == "kind" { return true }
        return schema?.fields.properties.position(of: name) != nil
    }

    /// The schema has no place for a member of this name.
    func forbids(_ name: String) -> Bool {
        guard let schema, !isNamed(name), schema.fields.type == .object || isRoot else { return false }
        return schema.fields.additionalProperties == nil && !schema.fields.preserveUnknownFields
    }

    func member(_ name: String) -> FieldShape {
        if isRoot {
            switch name {
            case "metadata": return FieldShape(schema: ObjectMetadata.schema, isRoot: false)
            case "apiVersion", "kind": return .unknown
            default: break
            }
        }
        return FieldShape(schema: schema?.member(name), isRoot: schema?.member(name)?.fields.embeddedResource ?? false)
    }

    var items: FieldShape { FieldShape(schema: schema?.fields.items, isRoot: schema?.fields.items?.fields.embeddedResource ?? false) }

    /// What tells an element of a set or list map from the others.
    ///
    /// - Returns: nil when the element lacks a key that has no default, or isn't of the list's kind.
    func identity(_ element: JSON) -> PathElement? {
        switch listType {
        case .atomic: return nil
        case .set: return element.isContainer ? .value(element.canonical.text) : .value(element.text)
        case .map:
            guard case .object(let object) = element, let schema else { return nil }
            var writer = JSONWriter(reservingCapacity: 48)
            var separator = "{"
            for key in schema.rules.sortedListMapKeys {
                guard let value = object[key] ?? schema.fields.items?.fields.properties[key]?.fields.default else { return nil }
                writer.raw(separator)
                writer.string(key)
                writer.raw(":")
                writer.write(value)
                separator = ","
            }
            writer.raw("}")
            return .key(String(decoding: writer.bytes, as: UTF8.self))
        }
    }

    /// The key that an element lacks, for messages.
    func missingKey(_ element: JSON) -> String? {
        schema?.rules.sortedListMapKeys.first { element[$0] == nil && schema?.fields.items?.fields.properties[$0]?.fields.default == nil }
    }
}
