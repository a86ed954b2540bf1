import Kernel

/// A field that field selectors may name, and where it is read from.
public struct SelectableField: Sendable, Equatable {
    /// The name in the selector, `involvedObject.name`, `type`, `spec.color`.
    public let name: String
    /// Member names from the object's root.
    public let path: [String]
    /// What an absent field counts as.
    public let absent: String

    public init(_ name: String, path: [String]? = nil, absent: String = "") {
        self.name = name
        self.path = path ?? name.split(separator: ".").map(String.init)
        self.absent = absent
    }

    /// The field's value in an object, as text: what the selector's value is compared with.
    public func value(in object: JSON) -> String {
        switch object[path: path] {
        case .string(let text)?: text
        case .bool(let value)?: value ? "true" : "false"
        case .int(let value)?: String(value)
        case let value?: value.isNull ? absent : value.text
        case nil: absent
        }
    }
}
