import Kernel

/// A named type of a built-in API: one table that its OpenAPI schema, its structural schema and its protobuf decoding are all read from.
public struct APIType: Sendable {
    /// The name in OpenAPI: `io.k8s.api.core.v1.ConfigMap`.
    public let name: String
    public let description: String
    public let fields: [APIField]
    /// The kinds that documents of this type may be, for `x-kubernetes-group-version-kind`; empty for parts of kinds.
    public let kinds: [GroupVersionKind]
    /// Owned as a whole in server-side apply.
    public let isAtomic: Bool

    public init(_ name: String, kinds: [GroupVersionKind] = [], isAtomic: Bool = false, _ description: String, _ fields: [APIField]) {
        self.name = name
        self.kinds = kinds
        self.isAtomic = isAtomic
        self.description = description
        self.fields = fields
    }

    public func field(_ name: String) -> APIField? { fields.first { $0.name == name } }
    func field(number: Int) -> APIField? { fields.first { $0.number == number } }
}
