import Kernel

/// A list: values, or JSON that is looked at element by element, or two lists one after the other.
///
/// A concatenation costs the same however long its halves are; the work is done, and paid for, by who walks over it.
public final class ValueList: Sendable {
    enum Storage: Sendable {
        case values([Value])
        case json([JSON], ValueType)
        /// `count` is kept here; it saturates.
        case concatenation(ValueList, ValueList, count: Int)
    }
    let storage: Storage
    /// How it compares and adds up.
    public let semantics: ListSemantics

    public init(_ values: [Value], semantics: ListSemantics = .ordered) {
        storage = .values(values)
        self.semantics = semantics
    }

    /// Elements are read as `element` says: an integer as a double where the schema says number, a text as a timestamp, and so on.
    public init(json: [JSON], element: ValueType = .dyn, semantics: ListSemantics = .ordered) {
        storage = .json(json, element)
        self.semantics = semantics
    }

    init(_ first: ValueList, _ second: ValueList) {
        semantics = .ordered
        let sum = first.count.addingReportingOverflow(second.count)
        storage = .concatenation(first, second, count: sum.overflow ? .max : sum.partialValue)
    }

    public var count: Int {
        switch storage {
        case .values(let values): values.count
        case .json(let json, _): json.count
        case .concatenation(_, _, let count): count
        }
    }

    public var isEmpty: Bool { count == 0 }

    /// The element at a position from 0 to `count` - 1, nil elsewhere.
    public subscript(position: Int) -> Value? {
        var list = self
        var position = position
        while true {
            switch list.storage {
            case .values(let values): return values.indices.contains(position) ? values[position] : nil
            case .json(let json, let element): return json.indices.contains(position) ? Value(json[position], as: element) : nil
            case .concatenation(let first, let second, _):
                if position < first.count {
                    list = first
                } else {
                    position -= first.count
                    list = second
                }
            }
        }
    }

    /// Calls `body` with each element in order until it returns false.
    ///
    /// - Returns: whether it came to the end.
    @discardableResult
    public func forEach(_ body: (Value) throws(EvaluationError) -> Bool) throws(EvaluationError) -> Bool {
        switch storage {
        case .values(let values):
            for value in values where try !body(value) { return false }
        case .json(let json, let element):
            for value in json where try !body(Value(value, as: element)) { return false }
        case .concatenation(let first, let second, _):
            // As deep as the expression is nested: halves are only made by `+`.
            guard try first.forEach(body) else { return false }
            return try second.forEach(body)
        }
        return true
    }

    /// All elements. Only for lists whose length was paid for: a concatenation may be longer than memory.
    public var elements: [Value] {
        switch storage {
        case .values(let values): values
        case .json(let json, let element): json.map { Value($0, as: element) }
        case .concatenation(let first, let second, _): first.elements + second.elements
        }
    }
}
