import Kernel

/// Where a walk through a document is: the places of the members and elements it went into, which cost nothing to keep. The text is
/// made from the document, and only for what is reported.
struct FieldPath {
    private let root: JSON
    private let prefix: [String]
    private var steps: [Int] = []

    /// - Parameters:
    ///   - root: the document that the walk begins with.
    ///   - prefix: the names of where the document itself stands.
    init(root: JSON, prefix: [String] = []) {
        self.root = root
        self.prefix = prefix
        steps.reserveCapacity(16)
    }

    /// Goes into the member or element at a place.
    @inline(__always) mutating func enter(_ position: Int) { steps.append(position) }
    @inline(__always) mutating func leave() { steps.removeLast() }

    /// `spec.ports[0].name`; empty at the root.
    var text: String { text(adding: nil) }

    func text(adding name: String?) -> String {
        var out = prefix.joined(separator: ".")
        func add(_ name: String) {
            if !out.isEmpty { out += "." }
            out += name
        }
        var current = root
        for step in steps {
            switch current {
            case .object(let object) where step < object.count:
                add(object.keys[step])
                current = object.values[step]
            case .array(let elements) where step < elements.count:
                out += "[\(step)]"
                current = elements[step]
            default: return out
            }
        }
        if let name { add(name) }
        return out
    }
}
