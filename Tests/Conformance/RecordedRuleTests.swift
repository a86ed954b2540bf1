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
        // Several at a time: what a given server needs is mostly waiting until a definition is served.
        let differences = try await withThrowingTaskGroup(of: [String].self) { group in
            var differences: [String] = []
            for (position, rules) in cases.enumerated() {
                if position >= 6 { differences += try await group.next() ?? [] }
                group.addTask { try await Self.differences(rules, run) }
            }
            for try await more in group { differences += more }
            return differences
        }
        #expect(differences.isEmpty, "\(differences.count) differences:\n\(differences.prefix(20).joined(separator: "\n"))")
    }

    private static func differences(_ rules: JSON, _ run: RuleRun) async throws -> [String] {
        let outcomes = try await run.run(rules)
        let expected = rules["outcomes"]?.array ?? []
        let name = rules["name"]?.string ?? ""
        guard outcomes.count == expected.count else { return ["\(name): here \(outcomes.first?.text ?? ""), Kubernetes \(expected.first?.text ?? "")"] }
        return zip(outcomes, expected).enumerated().compactMap { step, pair in
            RuleRun.agree(pair.0, pair.1) ? nil : "\(name), step \(step):\n  here:       \(pair.0.text)\n  Kubernetes: \(pair.1.text)"
        }
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
