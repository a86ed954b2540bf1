import Expressions
import Kernel
import Testing

/// Expressions made to keep a server busy: each ends within its budget, and soon.
@Suite struct HostileTests {
    /// - Parameter limit: tests are built without optimisation; a part of the budget says as much as the whole.
    private func evaluate(_ source: String, _ variables: [String: JSON] = [:], limit: UInt64 = Limits.perCall) throws -> Value {
        let names = variables.keys.sorted()
        let program = try Environment(libraries: Library.kubernetes, variables: names.map { Variable($0, .dyn) }).compile(source)
        _ = program.estimatedCost()
        return try program.evaluate(Bindings(names.map { Value(variables[$0] ?? .null) }), limit: limit)
    }

    private let thousand = JSON.array((0..<1000).map { .int($0) })

    @Test func typesThatDoubleAtEveryLevelDontStopTheChecker() throws {
        // Each variable is a map of the next to the next: written out the first type has 2^60 parts.
        var source = "@"
        for at in 0..<60 { source = source.replacing("@", with: "[].all(x\(at), @)") }
        let chain = (0..<59).map { "x\($0) == {x\($0 + 1): x\($0 + 1)}" }.joined(separator: " && ")
        _ = try? evaluate(source.replacing("@", with: chain + " && x0 == x1"))
        var nested = "@"
        for at in 0..<100 { nested = nested.replacing("@", with: "cel.bind(x\(at), \(at == 0 ? "[1]" : "[[x\(at - 1)], [x\(at - 1)]].map(y, {'a': x\(at - 1), 'b': x\(at - 1)})"), @)") }
        _ = try? evaluate(nested.replacing("@", with: "x99 == x98"))
    }

    @Test func patternsThatGrowAreCharged() throws {
        func cost(_ pattern: String) throws -> UInt64 {
            let program = try Environment(libraries: Library.kubernetes, variables: [Variable("p", .string)]).compile("'q'.matches(p) || 'q'.find(p) == 'x'")
            var budget = CostBudget()
            _ = try? program.evaluate(Bindings([.string(pattern)]), budget: &budget)
            return budget.spent
        }
        #expect(try cost("^[a-z0-9]([-a-z0-9]*[a-z0-9])?$") < 30)
        #expect(try cost("a{1,9}q") < 100)
        // Paid before it is read, so also when it turns out to be wrong.
        #expect(try cost("(ab){400}[") > 2500)
    }

    @Test func cheapFunctionsOfLongTextsArentFree() {
        let text = JSON.string(String(repeating: "1", count: 100_000))
        for source in ["t.size() > 0", "t < 'a'", "t != 'b'", "t.contains('')", "t.matches('')", "t.charAt(5) == '1'", "dyn(t) != dyn(1)", "optional.of(t) != optional.of('')"] {
            #expect(throws: EvaluationError.self, "\(source)") { try evaluate("l.all(x, l.all(y, l.all(z, \(source))))", ["l": thousand, "t": text], limit: 10_000) }
        }
        for source in ["double(t) > 0.0", "int(t) > 0", "timestamp(t) > timestamp(0)", "duration(t) > duration('1s')"] {
            #expect(throws: EvaluationError.self, "\(source)") { try evaluate("l.exists(x, l.exists(y, l.exists(z, \(source))))", ["l": thousand, "t": text], limit: 10_000) }
        }
    }

    @Test func largeMapsAreGoneThroughOneKeyAtATime() {
        var members = JSONObject()
        for at in 0..<50_000 { members["key\(at)"] = .int(Int64(at)) }
        #expect(throws: EvaluationError.self) { try evaluate("l.all(x, l.all(y, l.all(z, m.exists(k, true))))", ["l": thousand, "m": .object(members)], limit: 100_000) }
    }

    @Test func numbersFromOutsideDontAllocate() {
        for source in [
            "lists.range(9223372036854775807).size() > 0", "[1].flatten(9223372036854775807).size() > 0",
            "[1, 2].slice(0, 9223372036854775807).size() > 0", "'a'.substring(0, 9223372036854775807)", "'a'.charAt(-9223372036854775808)", "['a'].join('b').split('', 9223372036854775807)[5]",
            "[1][9223372036854775807]", "'a'.findAll('a', -9223372036854775808).size() > 5 || 1 / 0 == 1",
        ] {
            #expect(throws: (any Error).self, "\(source)") { try evaluate(source) }
        }
    }
}
