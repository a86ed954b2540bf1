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

    func string(_ frame: inout Frame, _ given: any Activation) throws(EvaluationError) -> String {
        guard case .string(let value) = try value(&frame, given) else { throw noSuchOverload }
        return value
    }

    /// The value when it is the same in every evaluation.
    var constant: Value? { nil }

    final var noSuchOverload: EvaluationError { EvaluationError(.noSuchOverload, "no such overload", offset: offset) }

    final func failure(_ kind: EvaluationError.Kind, _ message: String) -> EvaluationError { EvaluationError(kind, message, offset: offset) }
}

/// What failures cost. In Kubernetes an operand that fails doesn't end an operation at once: the other one is still looked at, and the
/// operation paid for, with the failure as a value of size 1. It shows where `&&`, `||` or a macro go on after the failure.
extension Evaluable {
    /// Pays for an operation of which an operand has failed, the other one having been looked at.
    ///
    /// - Returns: the failure, to be thrown.
    @inline(never)
    final func paying(_ cost: UInt64, for failure: EvaluationError, _ frame: inout Frame) throws(EvaluationError) -> EvaluationError {
        if !failure.endsEvaluation { try frame.budget.spend(cost) }
        return failure
    }

    /// The same where the other one is yet to be looked at.
    @inline(never)
    final func paying(
        _ cost: UInt64, for failure: EvaluationError, lookingAt other: Evaluable, _ frame: inout Frame, _ given: any Activation
    ) throws(EvaluationError) -> EvaluationError {
        if failure.endsEvaluation { return failure }
        _ = try other.found(&frame, given)
        try frame.budget.spend(cost)
        return failure
    }

    /// The value, or nil where it fails.
    ///
    /// - Throws: `costLimit` alone.
    final func found(_ frame: inout Frame, _ given: any Activation) throws(EvaluationError) -> Value? {
        do throws(EvaluationError) {
            return try value(&frame, given)
        } catch {
            if error.endsEvaluation { throw error }
            return nil
        }
    }
}

extension EvaluationError {
    /// With a place, where it has none yet.
    func located(_ offset: Int) -> EvaluationError {
        var located = self
        if located.offset == nil { located.offset = offset }
        return located
    }
}
