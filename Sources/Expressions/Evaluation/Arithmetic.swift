import Kernel

/// The arithmetic of the language: overflow is an error.
enum Arithmetic {
    /// - Parameter kind: what messages call the numbers: `integer`, `unsigned integer`.
    @inline(__always)
    private static func whole<Number: FixedWidthInteger>(
        _ operation: Operator, _ a: Number, _ b: Number, _ kind: StaticString
    ) throws(EvaluationError) -> Number {
        let result: (partialValue: Number, overflow: Bool)
        switch operation {
        case .add: result = a.addingReportingOverflow(b)
        case .subtract: result = a.subtractingReportingOverflow(b)
        case .multiply: result = a.multipliedReportingOverflow(by: b)
        case .divide:
            guard b != 0 else { throw EvaluationError(.divisionByZero, "division by zero") }
            result = a.dividedReportingOverflow(by: b)
        case .modulo:
            guard b != 0 else { throw EvaluationError(.divisionByZero, "modulus by zero") }
            result = a.remainderReportingOverflow(dividingBy: b)
        default: throw .noSuchOverload
        }
        guard !result.overflow else { throw EvaluationError(.overflow, "\(kind) overflow") }
        return result.partialValue
    }

    static func int(_ operation: Operator, _ a: Int64, _ b: Int64) throws(EvaluationError) -> Int64 { try whole(operation, a, b, "integer") }

    static func uint(_ operation: Operator, _ a: UInt64, _ b: UInt64) throws(EvaluationError) -> UInt64 { try whole(operation, a, b, "unsigned integer") }

    static func double(_ operation: Operator, _ a: Double, _ b: Double) throws(EvaluationError) -> Double {
        switch operation {
        case .add: a + b
        case .subtract: a - b
        case .multiply: a * b
        case .divide: a / b
        default: throw .noSuchOverload
        }
    }

    /// Any two values.
    static func apply(_ operation: Operator, _ a: Value, _ b: Value, _ work: inout WorkCounter) throws(EvaluationError) -> Value {
        switch (a, b) {
        case (.int(let x), .int(let y)): return .int(try int(operation, x, y))
        case (.double(let x), .double(let y)): return .double(try double(operation, x, y))
        case (.uint(let x), .uint(let y)): return .uint(try uint(operation, x, y))
        case (.string(let x), .string(let y)) where operation == .add:
            try work.addMade(bytes: x.utf8.count + y.utf8.count)
            return .string(x + y)
        case (.bytes(let x), .bytes(let y)) where operation == .add:
            try work.addMade(bytes: x.count + y.count)
            return .bytes(x + y)
        case (.list(let x), .list(let y)) where operation == .add: return .list(try x.appending(y, &work))
        case (.duration(let x), .duration(let y)):
            let result: (partialValue: Int64, overflow: Bool)
            switch operation {
            case .add: result = x.addingReportingOverflow(y)
            case .subtract: result = x.subtractingReportingOverflow(y)
            default: throw .noSuchOverload
            }
            guard !result.overflow else { throw EvaluationError(.overflow, "integer overflow") }
            return .duration(result.partialValue)
        case (.timestamp(let moment, let offset), .duration(let span)) where operation == .add,
            (.duration(let span), .timestamp(let moment, let offset)) where operation == .add:
            return .timestamp(try moment.moved(by: span), offset: offset)
        case (.timestamp(let moment, let offset), .duration(let span)) where operation == .subtract:
            guard span != .min else { throw EvaluationError(.overflow, "timestamp overflow") }
            return .timestamp(try moment.moved(by: -span), offset: offset)
        case (.timestamp(let x, _), .timestamp(let y, _)) where operation == .subtract: return .duration(try x.since(y))
        default: throw .noSuchOverload
        }
    }

    /// What joining texts or bytes costs; nil is a side that failed.
    static func joiningCost(_ a: Value?, _ b: Value?) -> UInt64 {
        switch (a, b) {
        case (.string(let x)?, .string(let y)?):
            let bytes = x.utf8.count + y.utf8.count
            return bytes <= 10 ? (bytes == 0 ? 0 : 1) : UInt64((x.codePointCount + y.codePointCount + 9) / 10)
        default: return (a?.costSize ?? 1).saturatingSum(b?.costSize ?? 1).timesRoundedUp(Limits.traversalFactor)
        }
    }
}

extension Timestamp {
    fileprivate func moved(by nanoseconds: Int64) throws(EvaluationError) -> Timestamp {
        let whole = nanoseconds / 1_000_000_000
        var rest = Int64(self.nanoseconds) + nanoseconds % 1_000_000_000
        // A timestamp's seconds are far from the ends of Int64 and `whole` within ten digits: none of these overflows.
        var seconds = self.seconds + whole
        if rest < 0 {
            rest += 1_000_000_000
            seconds -= 1
        } else if rest >= 1_000_000_000 {
            rest -= 1_000_000_000
            seconds += 1
        }
        guard Self.celSeconds.contains(seconds) else { throw EvaluationError(.overflow, "timestamp overflow") }
        return Timestamp(seconds: seconds, nanoseconds: Int32(rest))
    }

    fileprivate func since(_ other: Timestamp) throws(EvaluationError) -> Int64 {
        let seconds = (self.seconds - other.seconds).multipliedReportingOverflow(by: 1_000_000_000)
        let sum = seconds.partialValue.addingReportingOverflow(Int64(nanoseconds) - Int64(other.nanoseconds))
        guard !seconds.overflow, !sum.overflow else { throw EvaluationError(.overflow, "integer overflow") }
        return sum.partialValue
    }
}

/// An operation on anything.
final class Operation: Evaluable, @unchecked Sendable {
    private let operation: Operator
    private let left: Evaluable
    private let right: Evaluable
    /// Texts or bytes are joined, as the types tell.
    private let joins: Bool

    init(_ operation: Operator, _ left: Evaluable, _ right: Evaluable, joins: Bool, _ offset: Int) {
        self.operation = operation
        self.left = left
        self.right = right
        self.joins = joins
        super.init(offset)
    }

    override func value(_ frame: inout Frame, _ given: any Activation) throws(EvaluationError) -> Value {
        let a: Value
        let b: Value
        do throws(EvaluationError) { a = try left.value(&frame, given) } catch {
            if error.endsEvaluation { throw error }
            let other = try right.found(&frame, given)
            throw try paying(joins ? Arithmetic.joiningCost(nil, other) : 1, for: error, &frame)
        }
        do throws(EvaluationError) { b = try right.value(&frame, given) } catch {
            throw try paying(joins ? Arithmetic.joiningCost(a, nil) : 1, for: error, &frame)
        }
        try frame.budget.spend(joins ? Arithmetic.joiningCost(a, b) : 1)
        do throws(EvaluationError) {
            return try Arithmetic.apply(operation, a, b, &frame.budget.work)
        } catch {
            throw (error.kind == .noSuchOverload ? a.misfit(operation) : error).located(offset)
        }
    }
}

extension Value {
    /// The error of an operator whose left side is this: told apart by whether the type knows the operator at all.
    func misfit(_ operation: Operator) -> EvaluationError {
        let knows: Bool =
            switch (self, operation) {
            case (.list, .add), (.string, .add), (.bytes, .add): true
            case (.int, _), (.uint, _), (.timestamp, .add), (.timestamp, .subtract), (.duration, .add), (.duration, .subtract): true
            case (.double, let operation): operation != .modulo
            case (.bool, .less), (.bool, .lessOrEqual), (.bool, .greater), (.bool, .greaterOrEqual): true
            case (.string, let operation), (.bytes, let operation), (.timestamp, let operation), (.duration, let operation):
                ![.add, .subtract, .multiply, .divide, .modulo].contains(operation)
            default: false
            }
        return knows ? .noSuchOverload : EvaluationError(.noSuchOverload, "no such overload: \(operation.rawValue)")
    }
}

/// An operation on what the checker knows to be integers.
final class IntOperation: Evaluable, @unchecked Sendable {
    private let operation: Operator
    private let left: Evaluable
    private let right: Evaluable

    init(_ operation: Operator, _ left: Evaluable, _ right: Evaluable, _ offset: Int) {
        self.operation = operation
        self.left = left
        self.right = right
        super.init(offset)
    }

    override func int(_ frame: inout Frame, _ given: any Activation) throws(EvaluationError) -> Int64 {
        let a: Int64
        let b: Int64
        do throws(EvaluationError) { a = try left.int(&frame, given) } catch { throw try paying(1, for: error, lookingAt: right, &frame, given) }
        do throws(EvaluationError) { b = try right.int(&frame, given) } catch { throw try paying(1, for: error, &frame) }
        try frame.budget.spend(1)
        do { return try Arithmetic.int(operation, a, b) } catch { throw error.located(offset) }
    }
    override func value(_ frame: inout Frame, _ given: any Activation) throws(EvaluationError) -> Value { .int(try int(&frame, given)) }
}

/// An operation on what the checker knows to be doubles. What came out of an optional may be something else all the same, as in Kubernetes.
final class DoubleOperation: Evaluable, @unchecked Sendable {
    private let operation: Operator
    private let left: Evaluable
    private let right: Evaluable

    init(_ operation: Operator, _ left: Evaluable, _ right: Evaluable, _ offset: Int) {
        self.operation = operation
        self.left = left
        self.right = right
        super.init(offset)
    }

    override func value(_ frame: inout Frame, _ given: any Activation) throws(EvaluationError) -> Value {
        let a: Value
        let b: Value
        do throws(EvaluationError) { a = try left.value(&frame, given) } catch { throw try paying(1, for: error, lookingAt: right, &frame, given) }
        do throws(EvaluationError) { b = try right.value(&frame, given) } catch { throw try paying(1, for: error, &frame) }
        try frame.budget.spend(1)
        do throws(EvaluationError) {
            if case .double(let x) = a, case .double(let y) = b { return .double(try Arithmetic.double(operation, x, y)) }
            return try Arithmetic.apply(operation, a, b, &frame.budget.work)
        } catch {
            throw (error.kind == .noSuchOverload ? a.misfit(operation) : error).located(offset)
        }
    }
}

final class Negation: Evaluable, @unchecked Sendable {
    private let operand: Evaluable

    init(_ operand: Evaluable, _ offset: Int) {
        self.operand = operand
        super.init(offset)
    }

    override func value(_ frame: inout Frame, _ given: any Activation) throws(EvaluationError) -> Value {
        let value: Value
        do throws(EvaluationError) { value = try operand.value(&frame, given) } catch { throw try paying(1, for: error, &frame) }
        try frame.budget.spend(1)
        switch value {
        case .int(let number):
            guard number != .min else { throw failure(.overflow, "integer overflow") }
            return .int(-number)
        case .double(let number): return .double(-number)
        case .duration(let span):
            guard span != .min else { throw failure(.overflow, "duration overflow") }
            return .duration(-span)
        default: throw noSuchOverload
        }
    }
}
