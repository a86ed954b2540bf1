import Expressions
import Fuzzing
import Kernel

/// An expression about `self`, whose schema is known to one environment and unknown to the other. Whatever it is: it is refused with
/// words and a place, or it gives the same with and without types, for no more than its budget.
@_cdecl("LLVMFuzzerTestOneInput") public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let source = FuzzInput(start, count).text
    let typed: Program
    do throws(ExpressionError) { typed = try Subject.typed.compile(source) } catch {
        // What has no place is told before the first column, or before the first line.
        for issue in error.issues {
            require(!issue.message.isEmpty && (issue.line > 0 && issue.column > 0 || (issue.line == 1 || issue.line == -1) && issue.column == 0), "an error without words or place")
        }
        // What only follows from another mistake has no advice of its own.
        require(error.issues.contains { !$0.advice.isEmpty }, "an error without advice")
        require(!error.description.isEmpty && error.kubernetesDescription.hasPrefix("ERROR: <input>:"), "an error that can't be shown")
        return 0
    }
    let estimate = typed.estimatedCost()
    require(estimate.min <= estimate.max, "at least \(estimate.min), at most \(estimate.max)")
    let value = Subject.outcome(of: typed, Subject.typedValue)
    let dynamic: Program
    do throws(ExpressionError) { dynamic = try Subject.dynamic.compile(source) } catch {
        require(source.utf8.contains(0x2E), "refused only where less is known: \(error)")
        return 0
    }
    switch (value, Subject.outcome(of: dynamic, Subject.dynamicValue)) {
    case (.value(let a), .value(let b)): require(a.equals(b) || a.plainText == b.plainText, "\(a.plainText) with types, \(b.plainText) without")
    case (.failure(let a), .failure(let b)): require(!a.message.isEmpty && !b.message.isEmpty, "an error without words")
    // Where types are known overloads are chosen early, and one may be dearer than the other.
    case (.value, .failure(let error)), (.failure(let error), .value): require(error.endsEvaluation || error.kind == .noSuchOverload, "only one failed: \(error)")
    }
    return 0
}

private enum Outcome {
    case value(Value)
    case failure(EvaluationError)
}

private enum Subject {
    static let item = ObjectType(name: "item", fields: [.init("name", .string), .init("port", .int), .init("on", .bool)])
    static let type = ObjectType(
        name: "object",
        fields: [
            .init("n", .int), .init("s", .string), .init("b", .bool), .init("l", .list(.int)), .init("t", .list(.string)), .init("m", .map(.string, .int)),
            .init("items", .list(.object(item))), .init("absent", .string),
        ])
    static let object: JSON = [
        "n": 7, "s": "alpha-\u{E9}\u{1F600}", "b": true, "l": [3, 1, 2, -9_223_372_036_854_775_807], "t": ["b", "a", "", "10.0.0.1"], "m": ["x": 1, "y": 2],
        "items": [["name": "http", "port": 80, "on": true], ["name": "https", "port": 443, "on": false], ["name": "", "port": 0]],
    ]
    static let typed = Environment(libraries: Library.kubernetes, variables: [Variable("self", .object(type))])
    static let dynamic = Environment(libraries: Library.kubernetes, variables: [Variable("self", .dyn)])
    static let typedValue = Value(object, as: .object(type))
    static let dynamicValue = Value(object)

    static func outcome(of program: Program, _ value: Value) -> Outcome {
        var budget = CostBudget(limit: 100_000)
        defer {
            require(budget.spent <= budget.limit, "spent \(budget.spent) of \(budget.limit)")
            require(budget.workDone <= budget.limit * Limits.workPerCost, "worked \(budget.workDone) for a budget of \(budget.limit)")
        }
        do throws(EvaluationError) {
            let result = try program.evaluate(Bindings([value]), budget: &budget)
            _ = result.json
            return .value(result)
        } catch {
            require(!program.describe(error).isEmpty, "an error that can't be shown")
            return .failure(error)
        }
    }
}
