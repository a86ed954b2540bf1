import Glibc
import Kernel
import Testing

/// Random rules with what a Kubernetes API server (1.36) answered: definitions, objects, verdicts, as the differential test recorded them.
@Suite struct RecordedRuleTests {
    @Test func recordedRulesAreJudgedAsKubernetesJudgedThem() async throws {
        let cases = try RecordedRules.all()
        #expect(cases.count >= 200)
        let mode = Mode.all.first ?? .inProcess
        let run = RuleRun(try await mode.client(), isGiven: mode == .given)
        var differences: [String] = []
        for rules in cases {
            let outcomes = try await run.run(rules)
            let expected = rules["outcomes"]?.array ?? []
            let name = rules["name"]?.string ?? ""
            if outcomes.count != expected.count {
                differences.append("\(name): here \(outcomes.first?.text ?? ""), Kubernetes \(expected.first?.text ?? "")")
                continue
            }
            for (step, (ours, theirs)) in zip(outcomes, expected).enumerated() where !RuleRun.agree(ours, theirs) {
                differences.append("\(name), step \(step):\n  here:       \(ours.text)\n  Kubernetes: \(theirs.text)")
            }
        }
        #expect(differences.isEmpty, "\(differences.count) differences:\n\(differences.prefix(20).joined(separator: "\n"))")
    }
}

/// The file of recorded cases, a line of JSON each, in the form of `RuleCases`.
enum RecordedRules {
    static let path = "/" + #filePath.split(separator: "/").prefix { $0 != "Tests" }.joined(separator: "/") + "/Tests/Recorded/rules.jsonl"

    static func all() throws -> [JSON] {
        guard let file = fopen(path, "r") else { throw TestFailure("\(path) can't be read") }
        defer { fclose(file) }
        var text: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = fread(&buffer, 1, buffer.count, file)
            if count == 0 { break }
            text += buffer[..<count]
        }
        return try text.split(separator: 0x0A).map { try JSONParser.parse(Array($0)) }
    }
}
