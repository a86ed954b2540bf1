import Kernel

extension Library {
    /// Values that may be absent: `optional.of(x)`, `x.hasValue()`, `x.orValue(y)`. Selecting by `.?`, indexing by `[?…]` and the macros
    /// `optMap` and `optFlatMap` are syntax.
    static let optionals: Library = {
        let value = ValueType.parameter("V")
        let optional = ValueType.optional(value)
        @Sendable func content(_ value: Value) throws(EvaluationError) -> Value? {
            guard case .optional(let content) = value else { throw .noSuchOverload }
            return content
        }
        @Sendable func unwrap(_ list: Value, _ work: inout WorkCounter) throws(EvaluationError) -> Value {
            var values: [Value] = []
            try work.addElements(try list.asList().count)
            try list.asList().forEach { element throws(EvaluationError) in
                guard case .optional(let content) = element else {
                    throw EvaluationError(.invalidArgument, "value \(element.shortText) is not optional")
                }
                if let content { values.append(content) }
                return true
            }
            return .list(ValueList(values))
        }
        return Library(
            "optional",
            functions: [
                Function("optional.of", .global("optional_of", value, optional) { value throws(EvaluationError) in .optional(value) }),
                Function(
                    "optional.ofNonZeroValue",
                    .global("optional_ofNonZeroValue", value, optional) { value throws(EvaluationError) in .optional(value.isZero ? nil : value) }),
                Function("optional.none", .global("optional_none", parameters: [], optional) { _ throws(EvaluationError) in .optional(nil) }),
                Function(
                    "optional.unwrap",
                    .counted("optional_unwrap", isReceiver: false, [.list(optional)], .list(value)) { given, work throws(EvaluationError) in
                        try unwrap(given[0], &work)
                    }),
                Function(
                    "unwrapOpt",
                    .counted("optional_unwrapOpt", [.list(optional)], .list(value)) { given, work throws(EvaluationError) in try unwrap(given[0], &work) }),
                Function(
                    "value",
                    .receiver("optional_value", optional, value) { value throws(EvaluationError) in
                        guard let content = try content(value) else { throw EvaluationError(.invalidArgument, "optional.none() dereference") }
                        return content
                    }),
                Function(
                    "hasValue",
                    .receiver("optional_hasValue", optional, .bool) { value throws(EvaluationError) in .bool(try content(value) != nil) }),
                Function(
                    "or",
                    .receiver("optional_or_optional", optional, optional, optional) { value, other throws(EvaluationError) in
                        try content(value) == nil ? other : value
                    }),
                Function(
                    "orValue",
                    .receiver("optional_orValue_value", optional, value, value) { value, other throws(EvaluationError) in try content(value) ?? other }),
                Function(
                    "first",
                    .receiver("list_first", .list(value), optional) { list throws(EvaluationError) in .optional(try list.asList()[0]) }),
                Function(
                    "last",
                    .receiver("list_last", .list(value), optional) { list throws(EvaluationError) in
                        let list = try list.asList()
                        return .optional(list[list.count - 1])
                    }),
            ],
            constants: [(name: "optional_type", type: .type(.opaque("optional_type", [])), value: .type(.opaque("optional_type", [])))])
    }()
}

extension Value {
    /// Nothing, or what a field has that was never set: zero, empty, false.
    var isZero: Bool {
        switch self {
        case .null: true
        case .bool(let flag): !flag
        case .int(let number): number == 0
        case .uint(let number): number == 0
        case .double(let number): number == 0
        case .string(let text): text.isEmpty
        case .bytes(let bytes): bytes.isEmpty
        case .list(let list): list.isEmpty
        case .map(let map): map.isEmpty
        case .duration(let nanoseconds): nanoseconds == 0
        case .timestamp(let time, _): time == Timestamp(seconds: Timestamp.celSeconds.lowerBound)
        case .optional(let content): content == nil
        case .opaque(let value): value is EmptyMessage
        case .type: false
        }
    }
}

