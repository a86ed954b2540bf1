import Kernel

/// The walks over typed values that server-side apply is made of: which fields there are, what differs, what merges, what goes.
enum TypedWalk {
    /// Why a configuration can't be applied: the place, and what is wrong there.
    struct Problem: Error, Equatable {
        let path: String
        let message: String
        var text: String { "\(path.isEmpty ? "." : path): \(message)" }

        func below(_ element: PathElement) -> Problem { Problem(path: element.pathText + path, message: message) }
    }
}

extension JSON {
    var isEmptyContainer: Bool {
        switch self {
        case .array(let elements): elements.isEmpty
        case .object(let object): object.isEmpty
        default: false
        }
    }
}
