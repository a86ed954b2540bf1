/// The types that operators go with. What they do is built into the evaluator.
enum OperatorSignatures {
    struct Signature: Sendable {
        let parameters: [ValueType]
        let result: ValueType
        let variableCount: Int
    }

    /// By operator.
    static let all: [Operator: [Signature]] = {
        var table: [Operator: [Signature]] = [:]
        func add(_ operation: Operator, _ parameters: ValueType..., result: ValueType, variables: Int = 0) {
            table[operation, default: []].append(Signature(parameters: parameters, result: result, variableCount: variables))
        }
        let a = ValueType.variable(0)
        let b = ValueType.variable(1)
        // In cel-go's order: where nothing tells what an operand is, the first that fits says it.
        add(.add, .bytes, .bytes, result: .bytes)
        add(.add, .double, .double, result: .double)
        add(.add, .duration, .duration, result: .duration)
        add(.add, .duration, .timestamp, result: .timestamp)
        add(.add, .timestamp, .duration, result: .timestamp)
        add(.add, .int, .int, result: .int)
        add(.add, .list(a), .list(a), result: .list(a), variables: 1)
        add(.add, .string, .string, result: .string)
        add(.add, .uint, .uint, result: .uint)
        add(.subtract, .double, .double, result: .double)
        add(.subtract, .duration, .duration, result: .duration)
        add(.subtract, .int, .int, result: .int)
        add(.subtract, .timestamp, .duration, result: .timestamp)
        add(.subtract, .timestamp, .timestamp, result: .duration)
        add(.subtract, .uint, .uint, result: .uint)
        for operation in [Operator.multiply, .divide] {
            for number in [ValueType.double, .int, .uint] { add(operation, number, number, result: number) }
        }
        for number in [ValueType.int, .uint] { add(.modulo, number, number, result: number) }
        for number in [ValueType.double, .int] { add(.negate, number, result: number) }
        add(.not, .bool, result: .bool)
        for operation in [Operator.equal, .notEqual] { add(operation, a, a, result: .bool, variables: 1) }
        let orders: [(ValueType, ValueType)] =
            [
                (.bool, .bool), (.int, .int), (.int, .double), (.int, .uint), (.uint, .uint), (.uint, .double), (.uint, .int), (.double, .double), (.double, .int),
                (.double, .uint), (.string, .string), (.bytes, .bytes), (.timestamp, .timestamp), (.duration, .duration),
            ]
        for operation in [Operator.less, .lessOrEqual, .greater, .greaterOrEqual] {
            for (left, right) in orders { add(operation, left, right, result: .bool) }
        }
        add(.in, a, .list(a), result: .bool, variables: 1)
        add(.in, a, .map(a, b), result: .bool, variables: 2)
        add(.index, .list(a), .int, result: a, variables: 1)
        add(.index, .map(a, b), a, result: b, variables: 2)
        add(.index, .optional(.list(a)), .int, result: .optional(a), variables: 1)
        add(.index, .optional(.map(a, b)), a, result: .optional(b), variables: 2)
        add(.optionalIndex, .list(a), .int, result: .optional(a), variables: 1)
        add(.optionalIndex, .optional(.list(a)), .int, result: .optional(a), variables: 1)
        add(.optionalIndex, .map(a, b), a, result: .optional(b), variables: 2)
        add(.optionalIndex, .optional(.map(a, b)), a, result: .optional(b), variables: 2)
        add(.conditional, .bool, a, a, result: a, variables: 1)
        return table
    }()

    /// What two operands of the same scalar type give, for the usual case without a search.
    static func sameScalars(_ operation: Operator, _ type: ValueType) -> ValueType? {
        switch (operation, type) {
        case (.add, .int), (.add, .uint), (.add, .double), (.add, .string), (.add, .bytes), (.add, .duration): type
        case (.subtract, .int), (.subtract, .uint), (.subtract, .double), (.subtract, .duration): type
        case (.multiply, .int), (.multiply, .uint), (.multiply, .double), (.divide, .int), (.divide, .uint), (.divide, .double): type
        case (.modulo, .int), (.modulo, .uint): type
        case (.equal, .int), (.equal, .uint), (.equal, .double), (.equal, .string), (.equal, .bool), (.equal, .bytes), (.equal, .timestamp),
            (.equal, .duration):
            .bool
        case (.notEqual, .int), (.notEqual, .uint), (.notEqual, .double), (.notEqual, .string), (.notEqual, .bool), (.notEqual, .bytes),
            (.notEqual, .timestamp), (.notEqual, .duration):
            .bool
        case (.less, .int), (.less, .double), (.less, .string), (.lessOrEqual, .int), (.lessOrEqual, .double), (.lessOrEqual, .string),
            (.greater, .int), (.greater, .double), (.greater, .string), (.greaterOrEqual, .int), (.greaterOrEqual, .double),
            (.greaterOrEqual, .string):
            .bool
        default: nil
        }
    }
}
