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
        case .list, .map, .optional, .opaque: return costSize.timesRoundedUp(Limits.traversalFactor)
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
        case (.string(let text), let other), (let other, .string(let text)):
            // Only as much of the text is counted as that takes.
            let size = other.costSize
            return UInt64(text.utf8.count / 4) >= size ? size.timesRoundedUp(Limits.traversalFactor) : min(Value.string(text).traversalCost, other.traversalCost)
        default: return min(traversalCost, other.traversalCost)
        }
    }

    /// What walking over it costs beside one that failed.
    var costBesideFailure: UInt64 { costSize == 0 ? 0 : 1 }

    var isOpaque: Bool { if case .opaque = self { true } else { false } }

    var isText: Bool { if case .string = self { true } else { false } }
}

/// `==` and `!=`
final class Equality: Evaluable, @unchecked Sendable {
    private let left: Evaluable
    private let right: Evaluable
    private let isNegated: Bool
    private let asKubernetes: Bool

    /// - Parameter asKubernetes: see `Environment.Options.comparesAsKubernetes`.
    init(_ left: Evaluable, _ right: Evaluable, isNegated: Bool, asKubernetes: Bool, _ offset: Int) {
        self.left = left
        self.right = right
        self.isNegated = isNegated
        self.asKubernetes = asKubernetes
        super.init(offset)
    }

    override func bool(_ frame: inout Frame, _ given: any Activation) throws(EvaluationError) -> Bool {
        let a: Value
        let b: Value
        do throws(EvaluationError) { a = try left.value(&frame, given) } catch {
            if error.endsEvaluation { throw error }
            let other = try right.found(&frame, given)
            throw try paying(other?.costBesideFailure ?? 1, for: error, &frame)
        }
        do throws(EvaluationError) { b = try right.value(&frame, given) } catch {
            throw try paying(!isNegated && a.isOpaque ? 1 : a.costBesideFailure, for: error, &frame)
        }
        // Kubernetes prices the equality of its own types, and not their difference.
        try frame.budget.spend(!isNegated && a.isOpaque ? 1 : a.pairCost(b))
        if a.refusesComparison(with: b, asKubernetes: asKubernetes) {
            // Whether they differ is no error.
            if isNegated { return true }
            throw noSuchOverload
        }
        return try frame.budget.work.equal(a, b) != isNegated
    }

    override func value(_ frame: inout Frame, _ given: any Activation) throws(EvaluationError) -> Value { .bool(try bool(&frame, given)) }
}

extension Value {
    /// - Parameter asKubernetes: see `Environment.Options.comparesAsKubernetes`.
    @inline(__always)
    fileprivate func refusesComparison(with other: Value, asKubernetes: Bool) -> Bool {
        switch self {
        case .list, .map: comparesOnlyWithItsKind && !other.isOfTheKind(of: self)
        case .opaque(let value): asKubernetes && value.refusesComparison(with: other)
        case .optional(let content?): asKubernetes && content.refusesComparison(with: other)
        default: false
        }
    }

    /// Inside of an optional.
    private func refusesComparison(with other: Value) -> Bool {
        guard case .optional(let content?) = other else { return false }
        return if case .opaque(let value) = self { value.refusesComparison(with: content) } else { false }
    }

    /// Lists and objects that a schema describes: Kubernetes makes it an error to ask whether they equal something else, which only a
    /// dynamic value can turn out to be.
    var comparesOnlyWithItsKind: Bool {
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

extension Evaluable {
    fileprivate final var unordered: EvaluationError { failure(.invalidArgument, "NaN values cannot be ordered") }
}

extension OpaqueValue {
    /// Kubernetes' types make it an error to be compared with another type, formats excepted, and its amounts with one that was reckoned.
    fileprivate func refusesComparison(with other: Value) -> Bool {
        if self is NamedFormat { return false }
        guard case .opaque(let opaque) = other, opaque.type == type else { return true }
        return (opaque as? ResourceAmount)?.isReckoned ?? false
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
    /// Texts or bytes are compared, as the types tell.
    private let walks: Bool
    private let refusesNaN: Bool

    init(_ relation: Relation, _ left: Evaluable, _ right: Evaluable, walks: Bool, refusesNaN: Bool, _ offset: Int) {
        self.refusesNaN = refusesNaN
        self.relation = relation
        self.left = left
        self.right = right
        self.walks = walks
        super.init(offset)
    }

    override func bool(_ frame: inout Frame, _ given: any Activation) throws(EvaluationError) -> Bool {
        let a: Value
        let b: Value
        do throws(EvaluationError) { a = try left.value(&frame, given) } catch {
            if error.endsEvaluation { throw error }
            let other = try right.found(&frame, given)
            throw try paying(walks ? other?.costBesideFailure ?? 1 : 1, for: error, &frame)
        }
        do throws(EvaluationError) { b = try right.value(&frame, given) } catch {
            throw try paying(walks ? a.costBesideFailure : 1, for: error, &frame)
        }
        try frame.budget.spend(walks ? a.pairCost(b) : 1)
        try frame.budget.work.addComparing(a, b)
        guard let order = a.order(b) else { throw a.misfit(relation.operation).located(offset) }
        if refusesNaN, order == .unordered { throw unordered }
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
        let a: Int64
        let b: Int64
        do throws(EvaluationError) { a = try left.int(&frame, given) } catch { throw try paying(1, for: error, lookingAt: right, &frame, given) }
        do throws(EvaluationError) { b = try right.int(&frame, given) } catch { throw try paying(1, for: error, &frame) }
        try frame.budget.spend(1)
        return relation.holds(a, b)
    }

    override func value(_ frame: inout Frame, _ given: any Activation) throws(EvaluationError) -> Value { .bool(try bool(&frame, given)) }
}

/// Comparisons of what the checker knows to be doubles. What came out of an optional may be a whole number all the same, as in Kubernetes.
final class DoubleComparison: Evaluable, @unchecked Sendable {
    private let relation: Relation
    private let left: Evaluable
    private let right: Evaluable
    private let refusesNaN: Bool

    init(_ relation: Relation, _ left: Evaluable, _ right: Evaluable, refusesNaN: Bool, _ offset: Int) {
        self.refusesNaN = refusesNaN
        self.relation = relation
        self.left = left
        self.right = right
        super.init(offset)
    }

    override func bool(_ frame: inout Frame, _ given: any Activation) throws(EvaluationError) -> Bool {
        let a: Value
        let b: Value
        do throws(EvaluationError) { a = try left.value(&frame, given) } catch { throw try paying(1, for: error, lookingAt: right, &frame, given) }
        do throws(EvaluationError) { b = try right.value(&frame, given) } catch { throw try paying(1, for: error, &frame) }
        try frame.budget.spend(1)
        guard case .double(let x) = a, case .double(let y) = b else { return try holds(a, b) }
        if refusesNaN, x.isNaN || y.isNaN { throw unordered }
        return relation.holds(x, y)
    }

    @inline(never)
    private func holds(_ a: Value, _ b: Value) throws(EvaluationError) -> Bool {
        guard let order = a.order(b) else { throw a.misfit(relation.operation).located(offset) }
        if refusesNaN, order == .unordered { throw unordered }
        return relation.holds(order)
    }

    override func value(_ frame: inout Frame, _ given: any Activation) throws(EvaluationError) -> Value { .bool(try bool(&frame, given)) }
}

/// `x in y`
final class Membership: Evaluable, @unchecked Sendable {
    private let element: Evaluable
    private let container: Evaluable
    /// Elements are counted: a list is known to be looked into. Where only the value tells, Kubernetes counts 1.
    private let isList: Bool

    init(_ element: Evaluable, _ container: Evaluable, isList: Bool, _ offset: Int) {
        self.element = element
        self.container = container
        self.isList = isList
        super.init(offset)
    }

    override func bool(_ frame: inout Frame, _ given: any Activation) throws(EvaluationError) -> Bool {
        let element: Value
        let container: Value
        do throws(EvaluationError) { element = try self.element.value(&frame, given) } catch {
            if error.endsEvaluation { throw error }
            let other = try self.container.found(&frame, given)
            throw try paying(isList ? other?.costSize ?? 1 : 1, for: error, &frame)
        }
        do throws(EvaluationError) { container = try self.container.value(&frame, given) } catch { throw try paying(1, for: error, &frame) }
        switch container {
        case .list(let list):
            try frame.budget.spend(isList ? UInt64(list.count) : 1)
            return try frame.budget.work.finds(element, in: list)
        case .map(let map):
            try frame.budget.spend(1)
            if map.kind != .entries, !element.isText { throw noSuchOverload }
            try frame.budget.work.addKey(element)
            return map[element] != nil
        default:
            try frame.budget.spend(isList ? container.costSize : 1)
            throw noSuchOverload
        }
    }

    override func value(_ frame: inout Frame, _ given: any Activation) throws(EvaluationError) -> Value { .bool(try bool(&frame, given)) }
}

/// `x in [1, 2, 3]`, where the list is written out: one look-up, for which nothing is paid.
final class ConstantMembership: Evaluable, @unchecked Sendable {
    private let element: Evaluable
    private let members: Set<MapKey>
    /// Doubles that no whole number equals.
    private let fractions: Set<Double>

    /// nil when a member can't be found by hashing.
    init?(_ element: Evaluable, _ list: ValueList, _ offset: Int) {
        var members: Set<MapKey> = []
        var fractions: Set<Double> = []
        for member in list.elements {
            if let key = MapKey(member) {
                members.insert(key)
            } else if case .double(let number) = member {
                fractions.insert(number)
            } else {
                return nil
            }
        }
        self.element = element
        self.members = members
        self.fractions = fractions
        super.init(offset)
    }

    override func bool(_ frame: inout Frame, _ given: any Activation) throws(EvaluationError) -> Bool {
        let element = try element.value(&frame, given)
        try frame.budget.work.addKey(element)
        if let key = MapKey(element) { return members.contains(key) }
        if case .double(let number) = element { return fractions.contains(number) }
        return false
    }

    override func value(_ frame: inout Frame, _ given: any Activation) throws(EvaluationError) -> Value { .bool(try bool(&frame, given)) }
}
