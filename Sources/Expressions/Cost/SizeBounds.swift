/// How large a variable can get, as its schema bounds it: what the static estimate of cost reckons with.
public indirect enum SizeBounds: Sendable {
    /// Nothing is known.
    case unbounded
    /// A text or bytes.
    case leaf(SizeEstimate)
    case list(SizeEstimate, element: SizeBounds)
    case map(SizeEstimate, key: SizeBounds, value: SizeBounds)
    /// By the names that expressions use; a field without an entry is unbounded.
    case object([String: SizeBounds])

    var size: SizeEstimate? {
        switch self {
        case .unbounded: nil
        // Objects have fields, not elements: Kubernetes counts them as nothing, so that comparing two of them is cheap.
        case .object: .exactly(0)
        case .leaf(let size), .list(let size, _), .map(let size, _, _): size
        }
    }
    var element: SizeBounds {
        switch self {
        case .list(_, let element): element
        case .map(_, _, let value): value
        default: .unbounded
        }
    }
    var key: SizeBounds { if case .map(_, let key, _) = self { key } else { .unbounded } }

    func field(_ name: String) -> SizeBounds {
        switch self {
        case .object(let fields): fields[name] ?? .unbounded
        // Of a map's entry only an index tells the size: Kubernetes looks for a field of that name.
        default: .unbounded
        }
    }
}
