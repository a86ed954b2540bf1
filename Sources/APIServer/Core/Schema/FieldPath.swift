import Kernel

/// Where a walk through a document is, as cheap to move as an array's end; the text is made only for what is reported.
struct FieldPath {
    private enum Step {
        case name(String)
        case index(Int)
    }

    private var steps: [Step] = []

    init() { steps.reserveCapacity(16) }

    init(_ names: [String]) { steps = names.map(Step.name) }

    @inline(__always) mutating func enter(_ name: String) { steps.append(.name(name)) }
    @inline(__always) mutating func enter(_ index: Int) { steps.append(.index(index)) }
    @inline(__always) mutating func leave() { steps.removeLast() }

    var isRoot: Bool { steps.isEmpty }

    /// `spec.ports[0].name`; empty at the root.
    var text: String { text(adding: nil) }

    func text(adding name: String?) -> String {
        var out = ""
        for step in steps {
            switch step {
            case .name(let name):
                if !out.isEmpty { out += "." }
                out += name
            case .index(let index): out += "[\(index)]"
            }
        }
        if let name {
            if !out.isEmpty { out += "." }
            out += name
        }
        return out
    }
}
