import Kernel

/// What functions of libraries take their arguments apart with. The checker has seen to the types, but for dynamic values.
extension Value {
    func asText() throws(EvaluationError) -> String {
        guard case .string(let text) = self else { throw .noSuchOverload }
        return text
    }

    func asInteger() throws(EvaluationError) -> Int64 {
        guard case .int(let number) = self else { throw .noSuchOverload }
        return number
    }

    func asFlag() throws(EvaluationError) -> Bool {
        guard case .bool(let flag) = self else { throw .noSuchOverload }
        return flag
    }

    func asList() throws(EvaluationError) -> ValueList {
        guard case .list(let list) = self else { throw .noSuchOverload }
        return list
    }

    func asOpaque<Wanted: OpaqueValue>(_ type: Wanted.Type) throws(EvaluationError) -> Wanted {
        guard case .opaque(let value) = self, let wanted = value as? Wanted else { throw .noSuchOverload }
        return wanted
    }

    static func texts(_ texts: some Sequence<String>) -> Value { .list(ValueList(texts.map { .string($0) })) }
}

extension CallCost {
    static let one = CallCost.constant(1)
}
