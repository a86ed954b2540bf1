extension Library {
    /// `quantity`, `isQuantity` and the arithmetic of resource quantities.
    static let quantities: Library = {
        let type = ResourceAmount.valueType
        @Sendable func compare(_ a: Value, _ b: Value) throws(EvaluationError) -> Int {
            try a.asOpaque(ResourceAmount.self).compare(try b.asOpaque(ResourceAmount.self))
        }
        @Sendable func add(_ a: Value, _ b: ResourceAmount, _ negated: Bool) throws(EvaluationError) -> Value {
            .opaque(ResourceAmount(try a.asOpaque(ResourceAmount.self).adding(b, negated: negated).form, isReckoned: true))
        }
        func sum(_ name: String, negated: Bool) -> Function {
            Function(
                name,
                .receiver("quantity_\(name)", type, type, type) { a, b throws(EvaluationError) in
                    try add(a, try b.asOpaque(ResourceAmount.self), negated)
                },
                .receiver("quantity_\(name)_int", type, .int, type) { a, b throws(EvaluationError) in
                    try add(a, ResourceAmount(try b.asInteger()), negated)
                })
        }
        return Library(
            "kubernetes.quantity",
            functions: [
                Function(
                    "quantity",
                    .global("string_to_quantity", .string, type, cost: .traversal()) { text throws(EvaluationError) in
                        .opaque(try ResourceAmount.parse(try text.asText()))
                    }),
                Function(
                    "isQuantity",
                    .global("is_quantity_string", .string, .bool, cost: .traversal()) { text throws(EvaluationError) in
                        let text = try text.asText()
                        do throws(EvaluationError) {
                            _ = try ResourceAmount.parse(text)
                            return .bool(true)
                        } catch {
                            return .bool(false)
                        }
                    }),
                Function(
                    "sign", .global("quantity_sign", type, .int) { amount throws(EvaluationError) in .int(try amount.asOpaque(ResourceAmount.self).sign) }),
                Function(
                    "isGreaterThan",
                    .receiver("quantity_is_greater_than", type, type, .bool) { a, b throws(EvaluationError) in .bool(try compare(a, b) == 1) }),
                Function(
                    "isLessThan", .receiver("quantity_is_less_than", type, type, .bool) { a, b throws(EvaluationError) in .bool(try compare(a, b) == -1) }),
                Function(
                    "compareTo", .receiver("quantity_compare_to", type, type, .int) { a, b throws(EvaluationError) in .int(Int64(try compare(a, b))) }),
                Function(
                    "asApproximateFloat",
                    .receiver("quantity_get_float", type, .double) { amount throws(EvaluationError) in
                        .double(try amount.asOpaque(ResourceAmount.self).approximation)
                    }),
                Function(
                    "asInteger",
                    .receiver("quantity_get_int", type, .int) { amount throws(EvaluationError) in
                        guard let integer = try amount.asOpaque(ResourceAmount.self).integer else {
                            throw EvaluationError(.range, "cannot convert value to integer")
                        }
                        return .int(integer)
                    }),
                Function(
                    "isInteger",
                    .receiver("quantity_is_integer", type, .bool) { amount throws(EvaluationError) in
                        .bool(try amount.asOpaque(ResourceAmount.self).integer != nil)
                    }),
                sum("add", negated: false), sum("sub", negated: true),
            ])
    }()
}
