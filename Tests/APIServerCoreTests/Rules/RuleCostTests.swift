import Expressions
import Glibc
import Kernel
import Testing
import TimeZoneDatabase

@testable import APIServerCore

/// What rules cost, to the unit, also where they fail or where `&&`, `||` or a macro goes on after a failure, and whether they are taken at all, as Kubernetes (1.36, cel-go 0.27) reckons: recorded from its libraries
/// for random rules.
///
/// A line of JSON a case: a schema with rules at its root, values of it, and for each rule either what is wrong with it or its estimate,
/// and what each evaluation gave and cost.
@Suite struct RuleCostTests {
    private static let path = "/" + #filePath.split(separator: "/").prefix { $0 != "Tests" }.joined(separator: "/") + "/Tests/Recorded/rule-costs.jsonl"

    @Test func rulesCostWhatTheyCostInKubernetes() throws {
        let lines = try read(Self.path).split(separator: 0x0A)
        #expect(lines.count >= 400)
        let language = RuleLanguage(timeZones: MachineTimeZones())
        var differences: [String] = []
        var evaluations = 0
        for line in lines {
            let recorded = try JSONParser.parse(Array(line))
            let schema = StructuralSchema(openAPI: recorded["schema"] ?? .null)
            guard let type = DeclaredType.of(schema, name: "self", isResource: false) else {
                Issue.record("no type: \(recorded["schema"]?.text ?? "")")
                continue
            }
            let rules = schema.fields.validations.map { ValidationRule($0) }
            for (position, compiled) in CompiledRule.compile(rules, schema, type, language).enumerated() {
                let expected = recorded["rules"]?[position] ?? .null
                let rule = compiled.rule.rule
                if (compiled.problem != nil) != (expected["error"] != nil) {
                    differences.append("\(rule)\n    here \(compiled.problem ?? "taken"), Kubernetes \(expected["error"]?.string ?? "taken")")
                }
                guard let program = compiled.program, expected["error"] == nil else { continue }
                let estimate = expected["max"]?.string ?? ""
                if String(compiled.cost) != estimate { differences.append("\(rule)\n    estimate here \(compiled.cost), Kubernetes \(estimate)") }
                for (value, outcome) in zip(recorded["values"]?.array ?? [], expected["outcomes"]?.array ?? []) {
                    evaluations += 1
                    if let difference = difference(program, Value(value, as: type.type), outcome) { differences.append("\(rule)\n    with \(value.text)\n    \(difference)") }
                }
            }
        }
        #expect(evaluations >= 3000)
        #expect(differences.isEmpty, "\(differences.count) of \(evaluations) differ:\n\(differences.prefix(40).joined(separator: "\n"))")
    }

    private func difference(_ program: Program, _ value: Value, _ outcome: JSON) -> String? {
        var budget = CostBudget()
        let found: String
        do throws(EvaluationError) {
            found = try program.evaluate(RuleActivation(current: value, old: nil), budget: &budget).plainText
        } catch {
            found = error.message
        }
        let expected = outcome["value"]?.string ?? outcome["failed"]?.string ?? ""
        guard found == expected else { return "here \(found), Kubernetes \(expected)" }
        guard String(budget.spent) != outcome["cost"]?.string else { return nil }
        return "cost here \(budget.spent), Kubernetes \(outcome["cost"]?.string ?? "")"
    }

    private func read(_ path: String) throws -> [UInt8] {
        let file = try #require(fopen(path, "r"), "\(path) can't be read")
        defer { fclose(file) }
        var text: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = fread(&buffer, 1, buffer.count, file)
            if count == 0 { return text }
            text += buffer[..<count]
        }
    }
}
