import Kernel

/// A list: values, or JSON that is looked at element by element, or two lists one after the other.
///
/// A concatenation costs the same however long its halves are; the work is done, and paid for, by who walks over it.
public final class ValueList: Sendable {
    enum Kind: UInt8, Sendable { case values, json, concatenation }

    // All in one class instead of an enum with payloads: reading a field of a class copies nothing, taking an enum apart does.
    let kind: Kind
    private let values: [Value]
    let json: [JSON]
    let element: ValueType
    /// The halves of a concatenation.
    let halves: (first: ValueList, second: ValueList)?
    public let count: Int
    /// How it compares and adds up.
    public let semantics: ListSemantics

    public init(_ values: [Value], semantics: ListSemantics = .ordered) {
        kind = .values
        self.values = values
        json = []
        element = .dyn
        halves = nil
        count = values.count
        self.semantics = semantics
    }

    /// Elements are read as `element` says: an integer as a double where the schema says number, a text as a timestamp, and so on.
    public init(json: [JSON], element: ValueType = .dyn, semantics: ListSemantics = .ordered) {
        kind = .json
        values = []
        self.json = json
        self.element = element
        halves = nil
        count = json.count
        self.semantics = semantics
    }

    init(_ first: ValueList, _ second: ValueList) {
        kind = .concatenation
        values = []
        json = []
        element = .dyn
        halves = (first, second)
        let sum = first.count.addingReportingOverflow(second.count)
        count = sum.overflow ? .max : sum.partialValue
        semantics = .ordered
    }

    public var isEmpty: Bool { count == 0 }

    /// Whether elements are read from longer texts, each time one is asked for.
    var isDecoded: Bool {
        guard kind == .json else { return false }
        switch element {
        case .bytes, .nullable(.bytes): return true
        default: return false
        }
    }

    /// The element of a list that is no concatenation; `position` is at least 0.
    @inline(__always)
    func leaf(_ position: Int) -> Value? {
        if kind == .json { return position < json.count ? Value(json[position], as: element) : nil }
        return position < values.count ? values[position] : nil
    }

    /// The element at a position from 0 to `count` - 1, nil elsewhere.
    public subscript(position: Int) -> Value? {
        guard position >= 0 else { return nil }
        var list = self
        var position = position
        while let halves = list.halves {
            if position < halves.first.count {
                list = halves.first
            } else {
                position -= halves.first.count
                list = halves.second
            }
        }
        return list.leaf(position)
    }

    /// Calls `body` with each element in order until it returns false.
    ///
    /// - Returns: whether it came to the end.
    @discardableResult
    public func forEach(_ body: (Value) throws(EvaluationError) -> Bool) throws(EvaluationError) -> Bool {
        switch kind {
        case .values:
            for value in values where try !body(value) { return false }
        case .json:
            for value in json where try !body(Value(value, as: element)) { return false }
        case .concatenation:
            var cursor = ListCursor(self)
            while let value = cursor.next() {
                if try !body(value) { return false }
            }
        }
        return true
    }

    /// All elements. Only for lists whose length was paid for: a concatenation may be longer than memory.
    public var elements: [Value] {
        switch kind {
        case .values: return values
        case .json: return json.map { Value($0, as: element) }
        case .concatenation:
            var cursor = ListCursor(self)
            var elements: [Value] = []
            while let value = cursor.next() { elements.append(value) }
            return elements
        }
    }
}

/// Walks a list element by element, without recursion.
struct ListCursor {
    private var current: ValueList
    private var position = 0
    /// What comes after `current`, the last first.
    private var following: [ValueList] = []

    init(_ list: ValueList) {
        current = list
        descend()
    }

    private mutating func descend() {
        while let halves = current.halves {
            following.append(halves.second)
            current = halves.first
        }
    }

    @inline(__always)
    mutating func next() -> Value? {
        while true {
            if let value = current.leaf(position) {
                position += 1
                return value
            }
            guard let list = following.popLast() else { return nil }
            current = list
            position = 0
            descend()
        }
    }
}
