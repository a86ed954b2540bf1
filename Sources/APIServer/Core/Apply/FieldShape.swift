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
    var isAtomicMap: Bool { schema?.isAtomicMap ?? false }

    var listType: ListType { schema?.listType ?? .atomic }

    /// The member is one that the schema names, rather than an entry of a map.
    func isNamed(_ name: String) -> Bool {
        if let schema, schema.members.position(of: name) != nil { return true }
        return isRoot && (name == "metadata" || name == "apiVersion" || name == "kind")
    }

    /// The schema has no place for a member of this name.
    func forbids(_ name: String) -> Bool {
        guard let schema, schema.extra == nil, !schema.allowsExtra, !schema.preserves, schema.type == .object || isRoot else { return false }
        return !isNamed(name)
    }

    func member(_ name: String) -> FieldShape {
        if isRoot, name == "metadata" { return FieldShape(schema: ObjectMetadata.schema, isRoot: false) }
        let member = schema?.member(name)
        return FieldShape(schema: member, isRoot: member?.isEmbedded ?? false)
    }

    var items: FieldShape { FieldShape(schema: schema?.itemSchema, isRoot: schema?.itemSchema?.isEmbedded ?? false) }

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
            var separator = UInt8(ascii: "{")
            for key in schema.rules.sortedListMapKeys {
                guard let value = object[key] ?? schema.itemSchema?.member(key)?.filler else { return nil }
                writer.raw(CollectionOfOne(separator))
                writer.string(key)
                writer.raw(CollectionOfOne(UInt8(ascii: ":")))
                writer.write(value.isContainer ? value.canonical : value)
                separator = UInt8(ascii: ",")
            }
            writer.raw(CollectionOfOne(UInt8(ascii: "}")))
            return .key(String(decoding: writer.bytes, as: UTF8.self))
        }
    }

    /// The key that an element lacks, for messages.
    func missingKey(_ element: JSON) -> String? {
        schema?.rules.sortedListMapKeys.first { element[$0] == nil && schema?.itemSchema?.member($0)?.filler == nil }
    }
}
