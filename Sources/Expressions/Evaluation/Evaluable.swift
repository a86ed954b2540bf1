/// A compiled node.
///
/// - Invariant: every subclass is final and has only `let` properties of Sendable types, which is what makes it Sendable in truth;
///   the compiler can't see it of a class that has subclasses.
class Evaluable: @unchecked Sendable {
    /// Where errors point.
    let offset: Int

    init(_ offset: Int) { self.offset = offset }

    func value(_ frame: inout Frame, _ given: any Activation) throws(EvaluationError) -> Value {
        throw EvaluationError(.noSuchOverload, "no such overload", offset: offset)
    }

    func bool(_ frame: inout Frame, _ given: any Activation) throws(EvaluationError) -> Bool {
        guard case .bool(let value) = try value(&frame, given) else { throw noSuchOverload }
        return value
    }

    func int(_ frame: inout Frame, _ given: any Activation) throws(EvaluationError) -> Int64 {
        guard case .int(let value) = try value(&frame, given) else { throw noSuchOverload }
        return value
    }

    func double(_ frame: inout Frame, _ given: any Activation) throws(EvaluationError) -> Double {
        guard case .double(let value) = try value(&frame, given) else { throw noSuchOverload }
        return value
    }

    func string(_ frame: inout Frame, _ given: any Activation) throws(EvaluationError) -> String {
        guard case .string(let value) = try value(&frame, given) else { throw noSuchOverload }
        return value
    }

    /// The value when it is the same in every evaluation.
    var constant: Value? { nil }

    final var noSuchOverload: EvaluationError { EvaluationError(.noSuchOverload, "no such overload", offset: offset) }

    final func failure(_ kind: EvaluationError.Kind, _ message: String) -> EvaluationError { EvaluationError(kind, message, offset: offset) }
}

extension EvaluationError {
    /// With a place, where it has none yet.
    func located(_ offset: Int) -> EvaluationError {
        var located = self
        if located.offset == nil { located.offset = offset }
        return located
    }
}
