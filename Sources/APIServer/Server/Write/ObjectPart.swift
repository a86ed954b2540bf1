/// Which part of an object a write may change.
enum ObjectPart: Sendable, Equatable {
    case whole
    case status
    /// spec.finalizers of a Namespace.
    case finalize

    var subresource: String {
        switch self {
        case .whole: ""
        case .status: "status"
        case .finalize: "finalize"
        }
    }
}
