import Kernel

/// Why a text is no JSON path.
public struct JSONPathError: Error, Sendable, Equatable, CustomStringConvertible {
    public let message: String
    public init(_ message: String) { self.message = message }
    public var description: String { message }
}

/// A path into a document as printer columns have it: `.spec.replicas`, `.metadata.labels['app']`, `.status.conditions[?(@.type=="Ready")].status`.
///
/// The part of Kubernetes' JSONPath that gives values: members, elements (from the end with a minus), slices, wildcards, unions, filters
/// and recursive descent. What isn't there gives nothing, and no error.
public struct JSONPath: Sendable, Hashable {
    indirect enum Step: Sendable, Hashable {
        case member(String)
        case wildcard
        case element(Int)
        case slice(from: Int?, to: Int?, step: Int)
        case union([Step])
        case filter(JSONPathFilter)
        /// The value and everything below it.
        case descent
    }

    /// As it was written.
    public let text: String
    let steps: [Step]

    public init(_ text: String) throws(JSONPathError) {
        self.text = text
        var parser = JSONPathParser(text)
        steps = try parser.wholePath()
    }

    init(text: String, steps: [Step]) {
        self.text = text
        self.steps = steps
    }

    /// The values it leads to, in the document's order.
    public func values(in document: JSON) -> [JSON] {
        // Nearly every path is members alone.
        var current = document
        for (position, step) in steps.enumerated() {
            guard case .member(let name) = step else { return Self.follow(steps[position...], [current]) }
            guard let next = current[name] else { return [] }
            current = next
        }
        return [current]
    }

    private static func follow(_ steps: ArraySlice<Step>, _ values: [JSON]) -> [JSON] {
        var values = values
        for step in steps {
            values = values.flatMap { apply(step, $0) }
            if values.isEmpty { break }
        }
        return values
    }

    private static func apply(_ step: Step, _ value: JSON) -> [JSON] {
        switch step {
        case .member(let name): return value[name].map { [$0] } ?? []
        case .wildcard: return children(value)
        case .element(let index):
            guard case .array(let array) = value else { return [] }
            let at = index < 0 ? array.count + index : index
            return array.indices.contains(at) ? [array[at]] : []
        case .slice(let from, let to, let step):
            guard case .array(let array) = value, step > 0 else { return [] }
            func place(_ index: Int) -> Int { min(max(index < 0 ? array.count + index : index, 0), array.count) }
            let (low, high) = (place(from ?? 0), place(to ?? array.count))
            return low < high ? stride(from: low, to: high, by: step).map { array[$0] } : []
        case .union(let steps): return steps.flatMap { apply($0, value) }
        case .filter(let filter): return children(value).filter(filter.accepts)
        case .descent: return [value] + children(value).flatMap { apply(.descent, $0) }
        }
    }

    private static func children(_ value: JSON) -> [JSON] {
        switch value {
        case .array(let array): array
        case .object(let object): object.values
        default: []
        }
    }

    /// Values as a column of type string shows them: texts as they are, the rest as JSON, joined by spaces.
    public static func shown(_ values: [JSON]) -> String {
        values.map { $0.string ?? $0.text }.joined(separator: " ")
    }
}

/// What stands in `[?( … )]`.
struct JSONPathFilter: Sendable, Hashable {
    enum Comparison: String, Sendable, Hashable {
        case equal = "=="
        case notEqual = "!="
        case lessOrEqual = "<="
        case greaterOrEqual = ">="
        case less = "<"
        case greater = ">"
    }

    enum Operand: Sendable, Hashable {
        /// From the element, `@.type`.
        case path([JSONPath.Step])
        case value(JSON)

        func value(in element: JSON) -> JSON? {
            switch self {
            case .value(let value): value
            case .path(let steps): JSONPath(text: "", steps: steps).values(in: element).first
            }
        }
    }

    let left: Operand
    /// Nil: the left side is there.
    let comparison: Comparison?
    let right: Operand?

    func accepts(_ element: JSON) -> Bool {
        guard let comparison, let right else { return left.value(in: element) != nil }
        guard let a = left.value(in: element), let b = right.value(in: element) else { return false }
        switch comparison {
        case .equal: return a == b
        case .notEqual: return a != b
        case .less, .lessOrEqual, .greater, .greaterOrEqual:
            let order: Int
            if let a = a.double, let b = b.double {
                order = a < b ? -1 : a > b ? 1 : 0
            } else if let a = a.string, let b = b.string {
                order = a < b ? -1 : a > b ? 1 : 0
            } else {
                return false
            }
            return switch comparison {
            case .less: order < 0
            case .lessOrEqual: order <= 0
            case .greater: order > 0
            default: order >= 0
            }
        }
    }
}
