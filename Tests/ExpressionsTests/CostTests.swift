import Expressions
import Kernel
import Testing

@Suite struct CostTests {
    private func cost(_ source: String, _ variables: [String: JSON] = [:]) throws -> UInt64 {
        let names = variables.keys.sorted()
        let types = names.map { type(variables[$0] ?? .null) }
        let program = try Environment(variables: zip(names, types).map { Variable($0, $1) }).compile(source)
        var budget = CostBudget()
        _ = try program.evaluate(Bindings(zip(names, types).map { Value(variables[$0] ?? .null, as: $1) }), budget: &budget)
        return budget.spent
    }

    private func type(_ json: JSON) -> ValueType {
        switch json {
        case .string: .string
        case .int: .int
        case .array: .list(.int)
        default: .dyn
        }
    }

    // The numbers are those a cost tracker of cel-go gives for the same expressions.
    @Test func evaluationsCostWhatTheyCostInKubernetes() throws {
        let self_: [String: JSON] = ["s": "abcdefghijklmnopqrst", "l": [1, 2, 3], "i": 5]
        for (source, expected) in [
            ("1", 0), ("i", 1), ("i + 1 == 6", 3), ("s == s", 4), ("s + s == ''", 6), ("s.startsWith('a')", 3), ("s.contains('abcdefghijk')", 5), ("i in l", 5),
            ("[i]", 11), ("{'a': i}", 31), ("l[0]", 2), ("!(i == 1)", 3), ("i > 0 ? i : 0", 2), ("s.matches('a+b+')", 4), ("l.all(x, x > 0)", 1 + 3 * (3 + 2) + 1),
            ("l.map(x, x)", 1 + 3 * 13 + 1), ("l.map(x, 1)", 1 + 3 * 2 + 1), ("l.filter(x, x > 1)", 1 + 2 + 2 * 15 + 1), ("l.exists_one(x, x > 1)", 1 + 2 + 2 * 4 + 2),
            ("[i][0]", 13), ("l[i - 5]", 4), ("l[l[0]]", 3), ("l.exists(x, x == 1)", 1 + (4 + 2) + 3 + 1),
        ] as [(String, UInt64)] {
            #expect(try cost(source, self_) == expected, "\(source)")
        }
    }

    /// However long a text, its size, and however many elements, their list, cost what they cost there.
    @Test func longTextsAndLiteralsCostNoMoreThanInKubernetes() throws {
        let text = JSON.string(String(repeating: "a", count: 1340))
        #expect(try cost("t.size() > 5 && size(t) > 5", ["t": text]) == 2 * 3)
        #expect(try cost("[\(Array(repeating: "i", count: 500).joined(separator: ", "))].size() == 500", ["i": 1]) == 500 + 10 + 2)
        #expect(try cost("dyn(t) + dyn(t) != t", ["t": text]) == 2 + 2 + 1 + 1 + 134)
        #expect(try cost("dyn(l).exists(x, x == 200) || 7 in dyn(l)", ["l": .array((0..<100).map { .int($0) })]) == 2 + 100 * 6 + 1 + 3)
    }

    @Test func theBudgetStopsEverything() throws {
        let list = JSON.array((0..<1000).map { .int($0) })
        let text = JSON.string(String(repeating: "a", count: 100_000))
        for source in [
            "l.all(x, l.all(y, l.all(z, x + y + z >= 0)))", "l.map(x, l.map(y, l.map(z, z))).size() > 0", "l.all(x, !t.contains('aaaaaaaaaaaaaaaaaaab'))",
            "l.all(x, !t.matches('(a*)*b'))", "l.all(x, (t + t + t + t).size() > 0)", "l.all(x, l == l && l == l && l.all(y, y in l))", "l.exists(x, l.exists(y, x * y < 0 && l.exists(z, z < 0)))",
            "l.transformMap(i, x, l.transformMap(j, y, l.transformList(k, z, z))).size() > 0", "l.all(x, cel.bind(y, l.map(z, z), y.size() > 0 && l.map(z, z).size() > 0))",
        ] {
            let program = try Environment(variables: [Variable("l", .list(.int)), Variable("t", .string)]).compile(source)
            var budget = CostBudget()
            let bindings = Bindings([Value(list, as: .list(.int)), Value(text)])
            #expect(throws: EvaluationError(.costLimit, "operation cancelled: actual cost limit exceeded"), "\(source)") {
                try program.evaluate(bindings, budget: &budget)
            }
            #expect(budget.remaining == 0)
        }
    }

    @Test func aBudgetIsHandedOnFromRuleToRule() throws {
        let program = try Environment(variables: [Variable("a", .int)]).compile("a + a")
        var budget = CostBudget(limit: 7)
        _ = try program.evaluate(Bindings([.int(1)]), budget: &budget)
        _ = try program.evaluate(Bindings([.int(1)]), budget: &budget)
        #expect(budget.spent == 6)
        #expect(throws: EvaluationError.self) { try program.evaluate(Bindings([.int(1)]), budget: &budget) }
    }

    @Test func sharedPartsOfListsDontOutgrowTheBudget() throws {
        // Doubled thirty times: a thousand million elements.
        var nested = "@"
        for at in 0..<30 {
            let value = at == 0 ? "[1]" : "x\(at - 1) + x\(at - 1)"
            nested = nested.replacing("@", with: "cel.bind(x\(at), \(value), @)")
        }
        let program = try Environment().compile(nested.replacing("@", with: "x29 == x29"))
        #expect(throws: EvaluationError.self) { try program.evaluate(Bindings([])) }
    }

    @Test func estimatesFollowTheBoundsOfTheSchema() throws {
        let item = ObjectType(name: "item", fields: [.init("name", .string)])
        let type = ObjectType(name: "spec", fields: [.init("items", .list(.object(item))), .init("name", .string), .init("free", .list(.string))])
        let bounds = SizeBounds.object([
            "items": .list(SizeEstimate(min: 0, max: 10), element: .object(["name": .leaf(SizeEstimate(min: 0, max: 63))])),
            "name": .leaf(SizeEstimate(min: 0, max: 253)),
        ])
        let environment = Environment(variables: [Variable("self", .object(type), bounds: bounds)])
        func estimate(_ source: String) throws -> CostEstimate { try environment.compile(source).estimatedCost() }
        #expect(try estimate("self.name == 'abc'") == CostEstimate(min: 3, max: 3))
        #expect(try estimate("self.name == self.name") == CostEstimate(min: 5, max: 4 + 26))
        #expect(try estimate("self.name.contains('a')") == CostEstimate(min: 2, max: 2 + 26))
        #expect(try estimate("self.items.all(i, i.name.startsWith('abc'))") == CostEstimate(min: 3, max: 3 + 10 * (3 + 3)))
        #expect(try estimate("self.items.all(i, self.items.exists_one(j, j.name == i.name))").max == 3 + 10 * (3 + 2 + 2 + 10 * (4 + 7 + 2)))
        #expect(try estimate("self.free.all(x, true)").max == .max)
        #expect(try estimate("self.items.map(i, i.name).all(n, n.size() > 0)").max == 2 + 11 + 10 * 14 + 1 + 10 * 6)
    }
}
