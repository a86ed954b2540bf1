/// Optional values.
enum StandardOptionals {
    private static let element = ValueType.parameter("V")

    static let functions: [Function] = [
        Function("optional.of", .global("optional_of", element, .optional(element)) { .optional($0) }),
        Function("optional.ofNonZeroValue", .global("optional_ofNonZeroValue", element, .optional(element)) { $0.isZero ? .optional(nil) : .optional($0) }),
        Function("optional.none", .global("optional_none", parameters: [], .optional(element)) { _ in .optional(nil) }),
        Function("value", .receiver("optional_value", .optional(element), element) { value throws(EvaluationError) in
            guard case .optional(let wrapped) = value else { throw .noSuchOverload }
            guard let wrapped else { throw EvaluationError(.invalidArgument, "optional.none() dereference") }
            return wrapped
        }),
        Function("hasValue", .receiver("optional_hasValue", .optional(element), .bool) { value throws(EvaluationError) in
            guard case .optional(let wrapped) = value else { throw .noSuchOverload }
            return .bool(wrapped != nil)
        }),
        Function("or", .receiver("optional_or_optional", .optional(element), .optional(element), .optional(element)) { first, second throws(EvaluationError) in
            guard case .optional(let wrapped) = first, case .optional = second else { throw .noSuchOverload }
            return wrapped == nil ? second : first
        }),
        Function("orValue", .receiver("optional_orValue_value", .optional(element), element, element) { first, second throws(EvaluationError) in
            guard case .optional(let wrapped) = first else { throw .noSuchOverload }
            return wrapped ?? second
        }),
        Function("first", .receiver("list_first", .list(element), .optional(element)) { value throws(EvaluationError) in
            guard case .list(let list) = value else { throw .noSuchOverload }
            return .optional(list[0])
        }),
        Function("last", .receiver("list_last", .list(element), .optional(element)) { value throws(EvaluationError) in
            guard case .list(let list) = value else { throw .noSuchOverload }
            return .optional(list[list.count - 1])
        }),
        Function("optional.unwrap", .global("optional_unwrap", .list(.optional(element)), .list(element), cost: unwrapping, unwrap)),
        Function("unwrapOpt", .receiver("optional_unwrapOpt", .list(.optional(element)), .list(element), cost: unwrapping, unwrap)),
    ]

    private static let unwrapping = CallCost.from({ $0[0].costSize }) { operands in
        CallEstimate(operands[0].size.traversed(1), resultSize: SizeEstimate(min: 0, max: operands[0].size.max))
    }

    private static let unwrap: @Sendable (Value) throws(EvaluationError) -> Value = { value throws(EvaluationError) in
        guard case .list(let list) = value else { throw .noSuchOverload }
        var values: [Value] = []
        try list.forEach { element throws(EvaluationError) in
            guard case .optional(let wrapped) = element else { throw .noSuchOverload }
            if let wrapped { values.append(wrapped) }
            return true
        }
        return .list(ValueList(values))
    }
}

extension Value {
    /// What `optional.ofNonZeroValue` takes for nothing.
    var isZero: Bool {
        switch self {
        case .null: true
        case .bool(let value): !value
        case .int(let value): value == 0
        case .uint(let value): value == 0
        case .double(let value): value == 0
        case .string(let value): value.isEmpty
        case .bytes(let value): value.isEmpty
        case .list(let value): value.isEmpty
        case .map(let value): value.isEmpty
        case .duration(let value): value == 0
        case .timestamp(let value): value.seconds == Value.goZeroTime && value.nanoseconds == 0
        case .optional(let value): value == nil
        case .type, .opaque: false
        }
    }

    /// Year 1, which is Go's zero time.
    private static let goZeroTime: Int64 = -62_135_596_800
}
