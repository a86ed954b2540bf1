import Expressions
import Kernel
import Testing

/// Compiles and evaluates in an environment without the rules that Kubernetes adds about literals.
func evaluate(_ source: String, _ variables: [String: JSON] = [:], types: [String: ValueType] = [:], limit: UInt64 = Limits.perCall) throws -> Value {
    var options = Environment.Options()
    options.requiresHomogeneousLiterals = false
    options.validatesLiterals = false
    let names = variables.keys.sorted()
    let environment = Environment(variables: names.map { Variable($0, types[$0] ?? .dyn) }, options: options)
    let program = try environment.compile(source)
    return try program.evaluate(Bindings(names.map { Value(variables[$0] ?? .null, as: types[$0] ?? .dyn) }), limit: limit)
}

/// What went wrong, as a message; nil when nothing did.
func problem(_ source: String, _ variables: [String: JSON] = [:], types: [String: ValueType] = [:]) -> String? {
    do {
        _ = try evaluate(source, variables, types: types)
        return nil
    } catch let error as ExpressionError {
        return error.issues.first?.message
    } catch let error as EvaluationError {
        return error.message
    } catch {
        return "\(error)"
    }
}

/// Asserts that each expression gives true.
func expectTrue(_ sources: [String], _ variables: [String: JSON] = [:], types: [String: ValueType] = [:], location: SourceLocation = #_sourceLocation) {
    for source in sources {
        do {
            let value = try evaluate(source, variables, types: types)
            #expect(value.equals(.bool(true)), "\(source) gave \(value.plainText)", sourceLocation: location)
        } catch {
            Issue.record("\(source): \(error)", sourceLocation: location)
        }
    }
}

/// Asserts that each expression fails, when checked or evaluated, with that message.
func expectProblems(_ cases: [(String, String)], _ variables: [String: JSON] = [:], types: [String: ValueType] = [:], location: SourceLocation = #_sourceLocation) {
    for (source, message) in cases {
        let found = problem(source, variables, types: types)
        #expect(found == message, "\(source) gave \(found ?? "a value")", sourceLocation: location)
    }
}
