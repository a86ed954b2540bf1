import Kernel

extension Value {
    /// What walking over it once costs.
    var traversalCost: UInt64 {
        switch self {
        case .string(let text):
            let bytes = text.utf8.count
            // Up to ten bytes are up to ten characters: no need to count them.
            return bytes <= 10 ? (bytes == 0 ? 0 : 1) : UInt64((text.codePointCount + 9) / 10)
        case .bytes(let bytes): return UInt64((bytes.count + 9) / 10)
        case .list, .map, .optional: return costSize.timesRoundedUp(Limits.traversalFactor)
        default: return 1
        }
    }
}

extension Value {
    /// What walking over two values side by side costs: the shorter decides. Only as much of a text is counted as that takes.
    func pairCost(_ other: Value) -> UInt64 {
        switch (self, other) {
        case (.optional(let a?), .optional(let b?)): return a.pairCost(b)
        case (.string(let a), .string(let b)):
            let (short, long) = a.utf8.count <= b.utf8.count ? (a, b) : (b, a)
            let cost = Value.string(short).traversalCost
            // A character takes four bytes at most: beyond that the longer text can't have fewer.
            if long.utf8.count / 4 >= short.utf8.count { return cost }
            return min(cost, Value.string(long).traversalCost)
        // A text beside something else isn't walked over.
        case (.string, _), (_, .string): return 1
        default: return min(traversalCost, other.traversalCost)
        }
    }
}

/// `==` and `!=`
final class Equality: Evaluable, @unchecked Sendable {
    private let left: Evaluable
    private let right: Evaluable
    private let isNegated: Bool

    init(_ left: Evaluable, _ right: Evaluable, isNegated: Bool, _ offset: Int) {
        self.left = left
        self.right = right
        self.isNegated = isNegated
        super.init(offset)
    }

    override func bool(_ frame: inout Frame, _ given: any Activation) throws(EvaluationError) -> Bool {
        let a = try left.value(&frame, given)
        let b = try right.value(&frame, given)
        let cost: UInt64
        if case .opaque = a { cost = 1 } else { cost = a.pairCost(b) }
        try frame.budget.spend(cost)
        if a.comparesOnlyWithItsKind, !b.isOfTheKind(of: a) { throw noSuchOverload }
        var walk = EqualityWalk()
        return try walk.equal(a, b) != isNegated
    }

    override func value(_ frame: inout Frame, _ given: any Activation) throws(EvaluationError) -> Value { .bool(try bool(&frame, given)) }
}

extension Value {
    /// Lists and objects that a schema describes: Kubernetes makes it an error to ask whether they equal something else, which only a
    /// dynamic value can turn out to be.
    fileprivate var comparesOnlyWithItsKind: Bool {
        switch self {
        case .list(let list): list.kind == .json && list.element != .dyn
        case .map(let map): map.kind == .object || (map.kind == .json && map.memberType != .dyn)
        default: false
        }
    }

    /// Whether both are lists, or both maps; null is of any kind.
    fileprivate func isOfTheKind(of other: Value) -> Bool {
        switch (self, other) {
        case (.list, .list), (.map, .map), (.null, _): true
        default: false
        }
    }
}

/// Which of the four orders is asked for.
enum Relation {
    case less, lessOrEqual, greater, greaterOrEqual

    init?(_ operation: Operator) {
        switch operation {
        case .less: self = .less
        case .lessOrEqual: self = .lessOrEqual
        case .greater: self = .greater
        case .greaterOrEqual: self = .greaterOrEqual
        default: return nil
        }
    }

    var operation: Operator {
        switch self {
        case .less: .less
        case .lessOrEqual: .lessOrEqual
        case .greater: .greater
        case .greaterOrEqual: .greaterOrEqual
        }
    }

    @inline(__always)
    func holds<Number: Comparable>(_ a: Number, _ b: Number) -> Bool {
        switch self {
        case .less: a < b
        case .lessOrEqual: a <= b
        case .greater: a > b
        case .greaterOrEqual: a >= b
        }
    }

    func holds(_ order: ValueOrder) -> Bool {
        switch self {
        case .less: order == .less
        case .lessOrEqual: order == .less || order == .equal
        case .greater: order == .greater
        case .greaterOrEqual: order == .greater || order == .equal
        }
    }
}

/// `<`, `<=`, `>`, `>=` of anything.
final class Comparison: Evaluable, @unchecked Sendable {
    private let relation: Relation
    private let left: Evaluable
    private let right: Evaluable

    init(_ relation: Relation, _ left: Evaluable, _ right: Evaluable, _ offset: Int) {
        self.relation = relation
        self.left = left
        self.right = right
        super.init(offset)
    }

    override func bool(_ frame: inout Frame, _ given: any Activation) throws(EvaluationError) -> Bool {
        let a = try left.value(&frame, given)
        let b = try right.value(&frame, given)
        switch a {
        case .string, .bytes: try frame.budget.spend(a.pairCost(b))
        default: try frame.budget.spend(1)
        }
        guard let order = a.order(b) else { throw a.misfit(relation.operation).located(offset) }
        return relation.holds(order)
    }

    override func value(_ frame: inout Frame, _ given: any Activation) throws(EvaluationError) -> Value { .bool(try bool(&frame, given)) }
}

/// Comparisons of what the checker knows to be integers.
final class IntComparison: Evaluable, @unchecked Sendable {
    private let relation: Relation
    private let left: Evaluable
    private let right: Evaluable

    init(_ relation: Relation, _ left: Evaluable, _ right: Evaluable, _ offset: Int) {
        self.relation = relation
        self.left = left
        self.right = right
        super.init(offset)
    }

    override func bool(_ frame: inout Frame, _ given: any Activation) throws(EvaluationError) -> Bool {
        let a = try left.int(&frame, given)
        let b = try right.int(&frame, given)
        try frame.budget.spend(1)
        return relation.holds(a, b)
    }

    override func value(_ frame: inout Frame, _ given: any Activation) throws(EvaluationError) -> Value { .bool(try bool(&frame, given)) }
}

/// Comparisons of what the checker knows to be doubles.
final class DoubleComparison: Evaluable, @unchecked Sendable {
    private let relation: Relation
    private let left: Evaluable
    private let right: Evaluable

    init(_ relation: Relation, _ left: Evaluable, _ right: Evaluable, _ offset: Int) {
        self.relation = relation
        self.left = left
        self.right = right
        super.init(offset)
    }

    override func bool(_ frame: inout Frame, _ given: any Activation) throws(EvaluationError) -> Bool {
        let a = try left.double(&frame, given)
        let b = try right.double(&frame, given)
        try frame.budget.spend(1)
        return relation.holds(a, b)
    }

    override func value(_ frame: inout Frame, _ given: any Activation) throws(EvaluationError) -> Value { .bool(try bool(&frame, given)) }
}

/// `x in y`
final class Membership: Evaluable, @unchecked Sendable {
    private let element: Evaluable
    private let container: Evaluable

    init(_ element: Evaluable, _ container: Evaluable, _ offset: Int) {
        self.element = element
        self.container = container
        super.init(offset)
    }

    override func bool(_ frame: inout Frame, _ given: any Activation) throws(EvaluationError) -> Bool {
        let element = try element.value(&frame, given)
        switch try container.value(&frame, given) {
        case .list(let list):
            try frame.budget.spend(UInt64(list.count))
            var walk = EqualityWalk()
            return try !list.forEach { candidate throws(EvaluationError) in try !walk.equal(element, candidate) }
        case .map(let map):
            try frame.budget.spend(1)
            return map[element] != nil
        default: throw noSuchOverload
        }
    }

    override func value(_ frame: inout Frame, _ given: any Activation) throws(EvaluationError) -> Value { .bool(try bool(&frame, given)) }
}

/// `x in [1, 2, 3]`, where the list is written out: one look-up, for which nothing is paid.
final class ConstantMembership: Evaluable, @unchecked Sendable {
    private let element: Evaluable
    private let members: Set<MapKey>

    /// nil when a member can't be found by hashing.
    init?(_ element: Evaluable, _ list: ValueList, _ offset: Int) {
        var members: Set<MapKey> = []
        for member in list.elements {
            guard let key = MapKey(member) else { return nil }
            members.insert(key)
        }
        self.element = element
        self.members = members
        super.init(offset)
    }

    override func bool(_ frame: inout Frame, _ given: any Activation) throws(EvaluationError) -> Bool {
        let element = try element.value(&frame, given)
        return MapKey(element).map { members.contains($0) } ?? false
    }

    override func value(_ frame: inout Frame, _ given: any Activation) throws(EvaluationError) -> Value { .bool(try bool(&frame, given)) }
}
