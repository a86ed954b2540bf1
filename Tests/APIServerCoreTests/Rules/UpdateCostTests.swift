import Expressions
import Kernel
import Testing
import TimeZoneDatabase

@testable import APIServerCore

/// What all rules of an update cost together, to the unit, and what they say, as Kubernetes (1.35) reckons: rules about changes at every
/// place of an object, of lists that are sets, keyed or neither, and of maps, where only some of what was can be told again.
///
/// A line of JSON a case: a schema, values of it, what stood there before (null where nothing did), and for each what was spent and the
/// causes, which Kubernetes gives in an order of chance.
@Suite struct UpdateCostTests {
    @Test func updatesCostWhatTheyCostInKubernetes() throws {
        let language = RuleLanguage(timeZones: MachineTimeZones())
        var differences: [String] = []
        var updates = 0
        for recorded in try RecordedLines.read("update-costs.jsonl") {
            let schema = StructuralSchema(openAPI: recorded["schema"] ?? .null)
            let tree = try #require(RuleTree.of(schema, isResource: false, language))
            let values = recorded["values"]?.array ?? []
            for (position, value) in values.enumerated() {
                updates += 1
                let old = recorded["olds"]?[position] ?? .null
                let outcome = recorded["outcomes"]?[position]
                var validation = RuleValidation()
                validation.run(tree, value, old: old.isNull ? nil : old)
                let causes = validation.causes.map(\.text).sorted()
                let expected = (outcome?["causes"]?.array ?? []).compactMap(\.string).sorted()
                if causes != expected {
                    let (ours, theirs) = (causes.filter { !expected.contains($0) }, expected.filter { !causes.contains($0) })
                    differences.append("\(value.text)\n    was \(old.text)\n    only here \(ours)\n    only in Kubernetes \(theirs)")
                }
                if String(validation.spent) != outcome?["spent"]?.string {
                    differences.append("\(value.text)\n    was \(old.text)\n    cost here \(validation.spent), Kubernetes \(outcome?["spent"]?.string ?? "")")
                }
            }
        }
        #expect(updates >= 300)
        #expect(differences.isEmpty, "\(differences.count) of \(updates) differ:\n\(differences.prefix(10).joined(separator: "\n"))")
    }
}
