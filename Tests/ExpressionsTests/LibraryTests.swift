import Kernel
import Testing

@testable import Expressions

@Suite struct LibraryTests {
    /// Values, errors, estimates and costs of the libraries' functions are those of Kubernetes.
    @Test func `Libraries do what Kubernetes' libraries do`() throws {
        let environment = Environment(libraries: Library.kubernetes)
        var count = 0
        for line in LibraryFacts.lines {
            let fact = try JSONParser.parse(Array(line.utf8))
            let source = fact["e"]?.string ?? ""
            count += 1
            let program: Program
            do {
                program = try environment.compile(source)
            } catch {
                #expect(fact["compile"]?.string == error.kubernetesDescription, "\(source)")
                continue
            }
            #expect(fact["compile"] == nil, "\(source) must not compile: \(fact["compile"]?.string ?? "")")
            #expect(fact["most"]?.string == String(program.estimatedCost().max), "the estimate of \(source)")
            var budget = CostBudget(limit: Limits.perCall)
            do {
                let value = try program.evaluate(Bindings([]), budget: &budget)
                #expect(fact["error"] == nil, "\(source) must fail: \(fact["error"]?.string ?? "")")
                if fact["value"] != "?" { #expect(value.json == fact["value"], "\(source)") }
            } catch {
                #expect(fact["error"]?.string == error.message, "\(source)")
            }
            if let cost = fact["cost"]?.string { #expect(cost == String(budget.spent), "the cost of \(source)") }
        }
        #expect(count > 500)
    }

    /// A text or list that nobody could pay for is not made: the evaluation ends as if the budget were used up.
    @Test(arguments: [
        "'\(String(repeating: "a", count: 5000))'.replace('', '\(String(repeating: "b", count: 5000))')",
        "'%.999999f%.999999f%.999999f%.999999f%.999999f%.999999f%.999999f%.999999f%.999999f%.999999f%.999999f'.format([1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0])",
        "lists.range(9223372036854775807).size()",
        (0..<24).reduce("[1]") { text, _ in "[\(text)].map(x, [x, x])" } + ".flatten(1000).size()",
    ])
    func whatNobodyCouldPayForIsNotMade(_ source: String) throws {
        let program = try Environment(libraries: Library.kubernetes).compile(source)
        do {
            _ = try program.evaluate(Bindings([]))
            Issue.record("\(source.prefix(60)) … was evaluated")
        } catch {
            #expect(error.endsEvaluation, "\(source.prefix(60)): \(error.message)")
        }
    }

    /// Elements are sorted by what the macro makes of them; the list is found once.
    @Test func sortByUsesTheKeys() throws {
        let environment = Environment(libraries: Library.kubernetes)
        for (source, expected) in [
            ("['ccc', 'a', 'bb'].sortBy(x, x.size())", #"["a","bb","ccc"]"#), ("[3, 1, 2].sortBy(x, -x)", "[3,2,1]"), ("[].sortBy(x, x)", "[]"),
        ] {
            #expect(try environment.compile(source).evaluate(Bindings([])).json?.text == expected)
        }
    }

    /// Regular expressions run in linear time, whatever pattern and text are.
    @Test func findingIsLinear() throws {
        let text = String(repeating: "a", count: 30_000) + "b"
        let environment = Environment(libraries: Library.kubernetes, variables: [Variable("t", .string)])
        let program = try environment.compile("t.find('(a*)*c') == '' && t.findAll('(a|aa)+$').size() == 0")
        #expect(try program.evaluateCondition(Bindings([.string(text)]), limit: 100_000_000))
    }
}
