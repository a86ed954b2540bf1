/// The elements that a macro goes through, one or two variables at a time; each is found when it is asked for.
struct Elements {
    private var cursor: ListCursor
    private var index: Int64 = 0
    /// The map whose keys are gone through; nil for a list.
    private let map: ValueMap?
    private var place = 0

    init(_ value: Value, _ offset: Int) throws(EvaluationError) {
        switch value {
        case .list(let list):
            cursor = ListCursor(list)
            map = nil
        case .map(let map):
            cursor = ListCursor(Self.nothing)
            self.map = map
        default: throw EvaluationError(.noSuchOverload, "no such overload", offset: offset)
        }
    }

    private static let nothing = ValueList([])

    /// The next element of a list or key of a map.
    @inline(__always)
    mutating func next() -> Value? {
        if let map { return map.key(at: &place) }
        return cursor.next()
    }

    /// The next index or key, with its element or value.
    mutating func nextPair() -> (Value, Value)? {
        guard let first = next() else { return nil }
        if let map { return (first, map[first] ?? .opaque(FailedBinding(EvaluationError(.noSuchKey, "no such key: \(first.plainText)")))) }
        defer { index += 1 }
        return (.int(index), first)
    }
}

/// What all macros over elements have in common.
struct Loop: Sendable {
    let range: Evaluable
    let first: Int
    /// The second variable's slot, nil for one variable.
    let second: Int?

    /// Puts the next element into its slot; false at the end.
    @inline(__always)
    func advance(_ elements: inout Elements, _ frame: inout Frame) throws(EvaluationError) -> Bool {
        if let second {
            guard let (key, value) = elements.nextPair() else { return false }
            try frame.budget.work.addReading(value)
            frame.locals[first] = key
            frame.locals[second] = value
        } else {
            guard let element = elements.next() else { return false }
            try frame.budget.work.addReading(element)
            frame.locals[first] = element
        }
        return true
    }
}

/// Counts the rounds of a loop in which nothing costs anything, as `filter(x, false)` is made of, so that loops within loops of them end.
struct IdleRounds {
    private var count: UInt8 = 0

    /// After a round that began with so much spent, and added nothing to the result.
    @inline(__always)
    mutating func pass(_ budget: inout CostBudget, spentBefore: UInt64) throws(EvaluationError) {
        guard budget.spent == spentBefore else { return }
        count &+= 1
        if count & 63 == 0 { try budget.work.addElements(64) }
    }
}

/// `all` and `exists`: an error counts only when no element decides.
///
/// The costs that are spent beside the predicate's are those of the loop that cel-go expands the macro to.
final class Quantifier: Evaluable, @unchecked Sendable {
    private let loop: Loop
    private let predicate: Evaluable
    private let deciding: Bool
    private let conditionCost: UInt64

    init(isAll: Bool, _ loop: Loop, _ predicate: Evaluable, _ offset: Int) {
        self.loop = loop
        self.predicate = predicate
        deciding = !isAll
        conditionCost = isAll ? 2 : 3
        super.init(offset)
    }

    override func bool(_ frame: inout Frame, _ given: any Activation) throws(EvaluationError) -> Bool {
        var elements = try Elements(loop.range.value(&frame, given), loop.range.offset)
        var failure: EvaluationError?
        while try loop.advance(&elements, &frame) {
            try frame.budget.spend(conditionCost + 1)
            do {
                if try predicate.bool(&frame, given) == deciding {
                    // Another element would only be looked at to find that it isn't needed.
                    if try loop.advance(&elements, &frame) { try frame.budget.spend(conditionCost) }
                    failure = nil
                    try frame.budget.spend(1)
                    return deciding
                }
            } catch {
                if error.endsEvaluation { throw error }
                failure = failure ?? error
            }
        }
        try frame.budget.spend(1)
        if let failure { throw failure }
        return !deciding
    }

    override func value(_ frame: inout Frame, _ given: any Activation) throws(EvaluationError) -> Value { .bool(try bool(&frame, given)) }
}

/// `exists_one`
final class ExistsOne: Evaluable, @unchecked Sendable {
    private let loop: Loop
    private let predicate: Evaluable

    init(_ loop: Loop, _ predicate: Evaluable, _ offset: Int) {
        self.loop = loop
        self.predicate = predicate
        super.init(offset)
    }

    override func bool(_ frame: inout Frame, _ given: any Activation) throws(EvaluationError) -> Bool {
        var elements = try Elements(loop.range.value(&frame, given), loop.range.offset)
        var found = 0
        var idle = IdleRounds()
        // The loop goes on after a failure; of several the last is told.
        var failure: EvaluationError?
        while try loop.advance(&elements, &frame) {
            let before = frame.budget.spent
            var isFound = false
            do throws(EvaluationError) { isFound = try predicate.bool(&frame, given) } catch {
                if error.endsEvaluation { throw error }
                failure = error
            }
            guard isFound else {
                try idle.pass(&frame.budget, spentBefore: before)
                continue
            }
            try frame.budget.spend(2)
            found += 1
        }
        try frame.budget.spend(2)
        if let failure { throw failure }
        return found == 1
    }

    override func value(_ frame: inout Frame, _ given: any Activation) throws(EvaluationError) -> Value { .bool(try bool(&frame, given)) }
}

extension Evaluable {
    /// Whether a loop takes an element. A failure takes the place of the one before, and the loop goes on without the element: so
    /// Kubernetes' loops are made.
    @inline(__always)
    fileprivate final func holds(_ frame: inout Frame, _ given: any Activation, _ failure: inout EvaluationError?) throws(EvaluationError) -> Bool {
        do throws(EvaluationError) {
            return try bool(&frame, given)
        } catch {
            if error.endsEvaluation { throw error }
            failure = error
            return false
        }
    }
}

/// `map`, `filter` and `transformList`: the loop goes on after a failure, which is told at its end.
final class ListTransform: Evaluable, @unchecked Sendable {
    private let loop: Loop
    private let filter: Evaluable?
    /// nil keeps the element.
    private let transform: Evaluable?
    /// Of adding an element: for what is written out no list is made.
    private let cost: UInt64

    init(_ loop: Loop, filter: Evaluable?, transform: Evaluable?, _ offset: Int) {
        self.loop = loop
        self.filter = filter
        self.transform = transform
        cost = transform.map { $0.constant == nil ? Limits.listCreation + 2 : 2 } ?? Limits.listCreation + 3
        super.init(offset)
    }

    override func value(_ frame: inout Frame, _ given: any Activation) throws(EvaluationError) -> Value {
        var elements = try Elements(loop.range.value(&frame, given), loop.range.offset)
        var results: [Value] = []
        var idle = IdleRounds()
        var failure: EvaluationError?
        while try loop.advance(&elements, &frame) {
            let before = frame.budget.spent
            if let filter, try !filter.holds(&frame, given, &failure) {
                try idle.pass(&frame.budget, spentBefore: before)
                continue
            }
            do throws(EvaluationError) {
                let result = try transform?.value(&frame, given) ?? frame.locals[loop.first] ?? .null
                if failure == nil { results.append(result) }
            } catch {
                if error.endsEvaluation { throw error }
                failure = failure ?? error
            }
            try frame.budget.spend(cost)
        }
        try frame.budget.spend(1)
        if let failure { throw failure }
        return .list(ValueList(results))
    }
}

/// `transformMap` and `transformMapEntry`
final class MapTransform: Evaluable, @unchecked Sendable {
    private let loop: Loop
    private let filter: Evaluable?
    private let transform: Evaluable
    /// The transform gives a map whose entries are added.
    private let givesEntries: Bool

    init(_ loop: Loop, filter: Evaluable?, transform: Evaluable, givesEntries: Bool, _ offset: Int) {
        self.loop = loop
        self.filter = filter
        self.transform = transform
        self.givesEntries = givesEntries
        super.init(offset)
    }

    override func value(_ frame: inout Frame, _ given: any Activation) throws(EvaluationError) -> Value {
        var elements = try Elements(loop.range.value(&frame, given), loop.range.offset)
        var keys: [Value] = []
        var values: [Value] = []
        var index: [MapKey: Int] = [:]
        var idle = IdleRounds()
        var failure: EvaluationError?
        while try loop.advance(&elements, &frame) {
            let before = frame.budget.spent
            if let filter, try !filter.holds(&frame, given, &failure) {
                try idle.pass(&frame.budget, spentBefore: before)
                continue
            }
            if let failed = failure {
                // Nothing can be added any more: entries are made in vain, a value isn't.
                failure = givesEntries ? try paying(1, for: failed, lookingAt: transform, &frame, given) : failed
                try frame.budget.spend(1)
                continue
            }
            do throws(EvaluationError) {
                try add(&frame, given, &keys, &values, &index)
            } catch {
                if error.endsEvaluation { throw error }
                failure = error
            }
        }
        try frame.budget.spend(1)
        if let failure { throw failure }
        return .map(ValueMap(keys: keys, values: values, index: index))
    }

    /// Adds what comes of one element.
    private func add(
        _ frame: inout Frame, _ given: any Activation, _ keys: inout [Value], _ values: inout [Value], _ index: inout [MapKey: Int]
    ) throws(EvaluationError) {
        let result: Value
        do throws(EvaluationError) { result = try transform.value(&frame, given) } catch {
            throw try paying(givesEntries ? 2 : 3, for: error, &frame)
        }
        try frame.budget.spend(givesEntries ? 2 : 3)
        if givesEntries {
            guard case .map(let map) = result else { throw noSuchOverload }
            try frame.budget.work.add(UInt64(map.count).saturatingProduct(WorkCounter.hashing))
            try map.forEach { key, value throws(EvaluationError) in
                try frame.budget.work.addKey(key)
                try insert(key, value, &keys, &values, &index)
                return true
            }
        } else {
            try frame.budget.work.addKey(frame.locals[loop.first] ?? .null)
            try insert(frame.locals[loop.first] ?? .null, result, &keys, &values, &index)
        }
    }

    private func insert(
        _ key: Value, _ value: Value, _ keys: inout [Value], _ values: inout [Value], _ index: inout [MapKey: Int]
    ) throws(EvaluationError) {
        guard let mapKey = MapKey(key) else { throw noSuchOverload }
        guard index.updateValue(keys.count, forKey: mapKey) == nil else {
            throw failure(.invalidArgument, "insert failed: key \(key.plainText) already exists")
        }
        keys.append(key)
        values.append(value)
    }
}

/// `cel.bind(variable, value, body)`: the value is found once, when the body first reads it.
final class Bind: Evaluable, @unchecked Sendable {
    private let slot: Int
    private let body: Evaluable

    init(_ slot: Int, _ body: Evaluable, _ offset: Int) {
        self.slot = slot
        self.body = body
        super.init(offset)
    }

    override func value(_ frame: inout Frame, _ given: any Activation) throws(EvaluationError) -> Value {
        // In a loop there may be one from the round before.
        frame.locals[slot] = nil
        defer { frame.leaveScope(of: slot) }
        return try body.value(&frame, given)
    }
}

/// `target.optMap(variable, body)` and `optFlatMap`.
final class OptionalMap: Evaluable, @unchecked Sendable {
    private let slot: Int
    private let target: Evaluable
    private let body: Evaluable
    private let isFlat: Bool

    init(_ slot: Int, _ target: Evaluable, _ body: Evaluable, isFlat: Bool, _ offset: Int) {
        self.slot = slot
        self.target = target
        self.body = body
        self.isFlat = isFlat
        super.init(offset)
    }

    override func value(_ frame: inout Frame, _ given: any Activation) throws(EvaluationError) -> Value {
        let (spent, once) = (frame.budget.spent, frame.spentOnce)
        let found: Value
        do throws(EvaluationError) { found = try target.value(&frame, given) } catch { throw try paying(1, for: error, &frame) }
        guard case .optional(let wrapped) = found else { throw try paying(1, for: noSuchOverload, &frame) }
        let price = (frame.budget.spent - spent) - (frame.spentOnce - once)
        // Asking whether it is there, and making the result, unless the body does.
        try frame.budget.spend(wrapped != nil && isFlat ? 1 : 2)
        guard let wrapped else { return .optional(nil) }
        frame.locals[slot] = wrapped
        // In Kubernetes the macro names its target twice, and finds it again when the body first asks for what is in it.
        frame.locals[slot + 1] = .uint(price + 1)
        defer { frame.leaveScope(of: slot) }
        let result = try body.value(&frame, given)
        return isFlat ? result : .optional(result)
    }
}

/// `target.or(other)` and `target.orValue(other)`: the other is looked at only when it is needed.
final class OptionalElse: Evaluable, @unchecked Sendable {
    private let target: Evaluable
    private let other: Evaluable
    private let unwraps: Bool

    init(_ target: Evaluable, _ other: Evaluable, unwraps: Bool, _ offset: Int) {
        self.target = target
        self.other = other
        self.unwraps = unwraps
        super.init(offset)
    }

    override func value(_ frame: inout Frame, _ given: any Activation) throws(EvaluationError) -> Value {
        let target = try target.value(&frame, given)
        // A dynamic value that is no optional stays what it is.
        guard case .optional(let wrapped) = target else { return target }
        if let wrapped { return unwraps ? wrapped : target }
        return try other.value(&frame, given)
    }
}
