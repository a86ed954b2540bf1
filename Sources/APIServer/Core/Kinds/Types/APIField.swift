import Kernel

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
