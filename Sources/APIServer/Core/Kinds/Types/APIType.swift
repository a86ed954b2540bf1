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

/// What a field holds, on the wire and in JSON.
public indirect enum APIFieldType: Sendable, Equatable {
    case string, bool, int32, int64, double
    /// Bytes on the wire, base64 in JSON.
    case bytes
    /// RFC 3339 in JSON, seconds and nanoseconds on the wire; `microTime` shows six digits of a second.
    case time, microTime
    /// Another type of the tables, by its OpenAPI name.
    case reference(String)
    case list(APIFieldType)
    /// Keys are strings.
    case map(APIFieldType)
    /// A list of strings that the wire wraps into a message of its own (`ExtraValue`).
    case wrappedStrings
    /// Any JSON; on the wire a message whose first field is its bytes.
    case json
    /// An object of any members: `fieldsV1`.
    case fields
    /// A schema, or something simpler in its place; JSONSchemaProps alone has these.
    case schemaOrBool, schemaOrList, schemaOrStrings
}

/// One field of an `APIType`.
public struct APIField: Sendable {
    /// The protobuf number; 0 where the wire has none.
    public let number: Int
    /// The name in JSON.
    public let name: String
    public let type: APIFieldType
    public let description: String
    public var isRequired = false
    /// Zero values are told from absent ones, so they are kept when read from protobuf (a pointer, in Kubernetes' own words).
    public var keepsZero = false
    public var defaultValue: JSON?
    public var listType: ListRule?
    public var patchStrategy: String?
    public var patchMergeKey: String?
    public var values: [String] = []
    public var format: String?

    /// How a list merges in server-side apply.
    public enum ListRule: Sendable, Equatable {
        case atomic, set
        case map(keys: [String])
    }

    public init(_ number: Int, _ name: String, _ type: APIFieldType, _ description: String) {
        self.number = number
        self.name = name
        self.type = type
        self.description = description
    }

    public static func field(_ number: Int, _ name: String, _ type: APIFieldType, _ description: String) -> APIField {
        APIField(number, name, type, description)
    }

    private func with(_ change: (inout APIField) -> Void) -> APIField {
        var copy = self
        change(&copy)
        return copy
    }

    public var required: APIField { with { $0.isRequired = true } }
    public var optional: APIField { with { $0.keepsZero = true } }
    public var atomic: APIField { with { $0.listType = .atomic } }
    /// A list of distinct values, merged value by value, also by a strategic merge patch.
    public var set: APIField {
        with {
            $0.listType = .set
            $0.patchStrategy = "merge"
        }
    }
    /// A list whose elements are told apart by keys, also by a strategic merge patch.
    public func keyed(_ keys: String..., patch: Bool = true) -> APIField {
        with {
            $0.listType = .map(keys: keys)
            if patch {
                $0.patchStrategy = "merge"
                $0.patchMergeKey = keys.first
            }
        }
    }
    /// A strategic merge patch merges the list by this member; server-side apply replaces it whole.
    public func merging(by key: String?) -> APIField {
        with {
            $0.patchStrategy = "merge"
            $0.patchMergeKey = key
        }
    }
    public func defaulting(to value: JSON) -> APIField { with { $0.defaultValue = value } }
    public func oneOf(_ values: String...) -> APIField { with { $0.values = values } }
}
