/// A type with declared fields: what a schema's `properties` become.
///
/// Two object types are the same when their names are; the declarer keeps names distinct.
public final class ObjectType: Sendable {
    /// One field.
    public struct Field: Sendable {
        /// As expressions write it; escaped where the property's name is no identifier (`__dash__`).
        public let name: String
        /// The member of the JSON object.
        public let property: String
        public let type: ValueType

        /// - Parameter property: when absent, the same as `name`.
        public init(_ name: String, _ type: ValueType, property: String? = nil) {
            self.name = name
            self.property = property ?? name
            self.type = type
        }
    }

    /// As messages and `type()` show it.
    public let name: String
    /// In the order of their declaration.
    public let fields: [Field]
    private let positions: [String: Int]

    /// The first of several fields of one name counts.
    ///
    /// - Parameter aliases: further names of fields, where no field has that name: `function` for `__function__`.
    public init(name: String, fields: [Field], aliases: [String: String] = [:]) {
        self.name = name
        self.fields = fields
        var positions = Dictionary(fields.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
        for (alias, field) in aliases where positions[alias] == nil { positions[alias] = positions[field] }
        self.positions = positions
    }

    public func field(_ name: String) -> Field? { positions[name].map { fields[$0] } }
}

extension ObjectType: Hashable {
    public static func == (a: ObjectType, b: ObjectType) -> Bool { a === b || a.name == b.name }
    public func hash(into hasher: inout Hasher) { hasher.combine(name) }
}
