import Expressions
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
    @Test func rulesCostWhatTheyCostInKubernetes() throws { try check("rule-costs.jsonl", evaluations: 3000) }

    /// Rules that compare with what was before, which is taken from `olds`; recorded from Kubernetes 1.35.
    @Test func rulesAboutChangesCostWhatTheyCostInKubernetes() throws { try check("transition-costs.jsonl", evaluations: 2000) }

    private func check(_ name: String, evaluations least: Int) throws {
        let language = RuleLanguage(timeZones: MachineTimeZones())
        var differences: [String] = []
        var evaluations = 0
        for recorded in try RecordedLines.read(name) {
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
                let isOptional = compiled.rule.optionalOldSelf ?? false
                for (position, outcome) in (expected["outcomes"]?.array ?? []).enumerated() {
                    let value = recorded["values"]?[position] ?? .null
                    let old = recorded["olds"]?[position] ?? .null
                    let before = old.isNull ? nil : Value(old, as: type.type)
                    // Nothing is evaluated where nothing was.
                    let isSkipped = compiled.usesOldSelf && before == nil && !isOptional
                    #expect(isSkipped == (outcome["skipped"] != nil))
                    if isSkipped { continue }
                    evaluations += 1
                    let activation = RuleActivation(current: Value(value, as: type.type), old: isOptional ? .optional(before) : before)
                    if let difference = difference(program, activation, outcome) {
                        differences.append("\(rule)\n    with \(value.text)\n    was \(old.text)\n    \(difference)")
                    }
                }
            }
        }
        #expect(evaluations >= least)
        #expect(differences.isEmpty, "\(differences.count) of \(evaluations) differ:\n\(differences.prefix(40).joined(separator: "\n"))")
    }

    private func difference(_ program: Program, _ activation: RuleActivation, _ outcome: JSON) -> String? {
        var budget = CostBudget()
        let found: String
        do throws(EvaluationError) {
            found = try program.evaluate(activation, budget: &budget).plainText
        } catch {
            found = error.message
        }
        let expected = outcome["value"]?.string ?? outcome["failed"]?.string ?? ""
        guard found == expected else { return "here \(found), Kubernetes \(expected)" }
        guard String(budget.spent) != outcome["cost"]?.string else { return nil }
        return "cost here \(budget.spent), Kubernetes \(outcome["cost"]?.string ?? "")"
    }
}
