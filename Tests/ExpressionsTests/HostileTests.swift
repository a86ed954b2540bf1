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

    @Test func patternsThatGrowCostWhatTheyCostInKubernetes() throws {
        func spent(_ pattern: String) throws -> CostBudget {
            let program = try Environment(libraries: Library.kubernetes, variables: [Variable("p", .string)]).compile("'q'.matches(p) || 'q'.find(p) == 'x'")
            var budget = CostBudget()
            _ = try? program.evaluate(Bindings([.string(pattern)]), budget: &budget)
            return budget
        }
        #expect(try spent("a{1000}").spent == 6)
        let ordinary = try spent("^[a-z0-9]([-a-z0-9]*[a-z0-9])?$")
        #expect(ordinary.workDone < 100_000)
        // Work counts before it is read, so also when it turns out to be wrong.
        #expect(try spent("(ab){400}[").workDone > 500_000)
    }

    /// What costs next to nothing however large it is, in a loop: each is ended by its work, long before its cost.
    @Test(arguments: [
        "t.size() > 0", "size(t) < 0 || true", "dyn(t) < dyn(t + 'a')", "{t: 1}.size() == 1", "t in {'a': 1} || true", "m[?t] == optional.none()", "t in ['a', 'b'] || true",
        "[t] == [t + 'a'] || true", "[t, t].sort().size() == 2", "[t + 'b'].indexOf(t) < 0", "sets.contains([t + 'b', t], [t])", "'%s'.format([t]) != 'a'",
        "'aaaa'.replace('a', t) != 'a'", "matches(t, '(a|b|ab)*c') || true", "t.findAll('').size() > 0", "t.charAt(5) == '1'", "(dyn(t) + dyn(t)) != 'a'",
        "[b].size() == b.size() || [b] == [b]", "'q'.matches(p) || true", "'q'.find(p) == ''", "isURL(t) || true", "bool(t) || true", "duration(t) == duration('1s') || true",
        "google.protobuf.ListValue{values: long}.size() > 0", "google.protobuf.Any{type_url: 'google.protobuf.Value', value: b} == null || true", "dyn(9) in dyn(long) || true", "[long].flatten().size() > 0", "long.slice(9990, 9991).size() == 1",
        "long.filter(y, false) == []", "long.exists_one(y, false) || true", "[optional.of(long)].indexOf(optional.of(long + [1])) < 0", "set + set == set",
        "[dyn(t), dyn(t), dyn(t), dyn(1)].join('') == '' || true", "long.map(y, true, 1) == long.map(y, true, 1) || true",
    ])
    func theBudgetEndsWhatCostsNextToNothing(_ body: String) throws {
        let text = String(repeating: "1", count: 100_000)
        let element = ValueType.list(.int, .set)
        let variables: [(String, ValueType, JSON)] = [
            ("b", .bytes, .string(text)), ("l", .list(.int), thousand), ("long", .list(.int), .array((0..<10_000).map { .int($0) })), ("m", .map(.string, .int), ["x": 1]),
            ("p", .string, "(a|b|[^c]){500}(é|ü){300}["), ("set", element, thousand), ("t", .string, .string(text)),
        ]
        let environment = Environment(libraries: Library.kubernetes, variables: variables.map { Variable($0.0, $0.1) })
        // A round that fails goes on with the next.
        let program = try environment.compile("l.exists(x, l.exists(y, l.exists(z, !(\(body)))))")
        var budget = CostBudget(limit: 50_000, workLimit: 1_000_000)
        do {
            _ = try program.evaluate(Bindings(variables.map { Value($0.2, as: $0.1) }), budget: &budget)
            Issue.record("it ended by itself")
        } catch {
            #expect(error.endsEvaluation, "\(error)")
            #expect(error.kind == .costLimit || error.message.contains("look at shorter texts or fewer elements"))
        }
        #expect(budget.spent <= budget.limit && budget.workDone <= budget.workLimit)
    }

    /// The limit on work follows from the budget, and an evaluation is told plainly that it was ended by it.
    @Test func loopsOverTheSizeOfALongTextAreEndedByTheirWork() throws {
        let program = try Environment(variables: [Variable("l", .list(.int)), Variable("t", .string)]).compile("l.all(x, l.all(y, t.size() > y))")
        let text = Value.string(String(repeating: "é", count: 50_000))
        var budget = CostBudget(limit: 10_000)
        #expect(throws: EvaluationError(.workLimit, "operation cancelled: it would take seconds, more than its cost tells; look at shorter texts or fewer elements, or look at them once", offset: nil)) {
            try program.evaluate(Bindings([Value(thousand, as: .list(.int)), text]), budget: &budget)
        }
        // A hundred times, a tenth of a megabyte each.
        #expect(budget.workDone == budget.workLimit && budget.spent < 1_000)
        // A hundred times is no more than Kubernetes lets pass.
        let few = Value(.array((0..<10).map { .int($0) }), as: .list(.int))
        var whole = CostBudget()
        #expect(try program.evaluateCondition(Bindings([few, text]), budget: &whole))
        #expect(whole.spent < 1_000)
    }

    @Test func nothingSwallowsTheEndOfTheWork() throws {
        let program = try Environment(libraries: Library.kubernetes, variables: [Variable("t", .string)]).compile(
            "t.size() == 1 || true ? [t.size()].exists(x, x > 0) || optional.of(t.size()).orValue(1) > 0 || true : true")
        var budget = CostBudget(limit: 1_000, workLimit: 100)
        #expect { try program.evaluate(Bindings([.string(String(repeating: "a", count: 200))]), budget: &budget) } throws: { ($0 as? EvaluationError)?.kind == .workLimit }
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
