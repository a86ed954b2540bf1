/// A chain of `&&` or `||`: an error counts only when no other term decides.
final class Logic: Evaluable, @unchecked Sendable {
    private let terms: [Evaluable]
    /// The truth that decides: false for `&&`, true for `||`.
    private let deciding: Bool

    init(isAnd: Bool, _ terms: [Evaluable], _ offset: Int) {
        self.terms = terms
        deciding = !isAnd
        super.init(offset)
    }

    override func bool(_ frame: inout Frame, _ given: any Activation) throws(EvaluationError) -> Bool {
        var failure: EvaluationError?
        for term in terms {
            do {
                if try term.bool(&frame, given) == deciding { return deciding }
            } catch {
                if error.endsEvaluation { throw error }
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
        return !deciding
    }

    override func value(_ frame: inout Frame, _ given: any Activation) throws(EvaluationError) -> Value { .bool(try bool(&frame, given)) }
}

/// The usual chain of two.
final class LogicPair: Evaluable, @unchecked Sendable {
    private let first: Evaluable
    private let second: Evaluable
    private let deciding: Bool

    init(isAnd: Bool, _ first: Evaluable, _ second: Evaluable, _ offset: Int) {
        self.first = first
        self.second = second
        deciding = !isAnd
        super.init(offset)
    }

    override func bool(_ frame: inout Frame, _ given: any Activation) throws(EvaluationError) -> Bool {
        do throws(EvaluationError) {
            if try first.bool(&frame, given) == deciding { return deciding }
        } catch {
            if error.endsEvaluation { throw error }
            return try decideAfter(error, &frame, given)
        }
        return try second.bool(&frame, given)
    }

    /// Of two failures the first is told.
    @inline(never)
    private func decideAfter(_ failure: EvaluationError, _ frame: inout Frame, _ given: any Activation) throws(EvaluationError) -> Bool {
        do throws(EvaluationError) {
            if try second.bool(&frame, given) == deciding { return deciding }
        } catch {
            if error.endsEvaluation { throw error }
        }
        throw failure
    }

    override func value(_ frame: inout Frame, _ given: any Activation) throws(EvaluationError) -> Value { .bool(try bool(&frame, given)) }
}

final class Conditional: Evaluable, @unchecked Sendable {
    private let condition: Evaluable
    private let first: Evaluable
    private let second: Evaluable

    init(_ condition: Evaluable, _ first: Evaluable, _ second: Evaluable, _ offset: Int) {
        self.condition = condition
        self.first = first
        self.second = second
        super.init(offset)
    }

    override func value(_ frame: inout Frame, _ given: any Activation) throws(EvaluationError) -> Value {
        try condition.bool(&frame, given) ? first.value(&frame, given) : second.value(&frame, given)
    }
    override func bool(_ frame: inout Frame, _ given: any Activation) throws(EvaluationError) -> Bool {
        try condition.bool(&frame, given) ? first.bool(&frame, given) : second.bool(&frame, given)
    }
    override func int(_ frame: inout Frame, _ given: any Activation) throws(EvaluationError) -> Int64 {
        try condition.bool(&frame, given) ? first.int(&frame, given) : second.int(&frame, given)
    }
}

final class Not: Evaluable, @unchecked Sendable {
    private let operand: Evaluable

    init(_ operand: Evaluable, _ offset: Int) {
        self.operand = operand
        super.init(offset)
    }

    override func bool(_ frame: inout Frame, _ given: any Activation) throws(EvaluationError) -> Bool {
        let value: Bool
        do throws(EvaluationError) { value = try operand.bool(&frame, given) } catch { throw try paying(1, for: error, &frame) }
        try frame.budget.spend(1)
        return !value
    }
    override func value(_ frame: inout Frame, _ given: any Activation) throws(EvaluationError) -> Value { .bool(try bool(&frame, given)) }
}
