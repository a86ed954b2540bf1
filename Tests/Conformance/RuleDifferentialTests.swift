import ExpressionGeneration
import Glibc
import Kernel
import Platform
import TestSupport
import Testing

/// Random definitions with rules, and random objects under them, here and on a real Kubernetes API server, where one is given: no
/// difference but those that are listed with their reasons.
///
/// The seed is printed; `MILLWRIGHT_SEED` sets it, `MILLWRIGHT_RULES` how many definitions there are. `MILLWRIGHT_RECORD_RULES` names a
/// file that the cases are added to with what the given server answered, which is how `Tests/Recorded/rules.jsonl` was made.
@Suite struct RuleDifferentialTests {
    private static func number(_ name: String, _ fallback: UInt64) -> UInt64 { Environ[name].flatMap { UInt64($0) } ?? fallback }

    private static let hasServer = Capability.check(
        "kubernetes", GivenServer.path == nil ? "no Kubernetes API server is given by MILLWRIGHT_TEST_KUBECONFIG (hack/e2e-kubernetes gives one)" : nil)

    @Test(.enabled(if: hasServer, "no Kubernetes API server is given by MILLWRIGHT_TEST_KUBECONFIG"))
    func randomRulesAreJudgedAsKubernetesJudgesThem() async throws {
        let seed = Self.number("MILLWRIGHT_SEED", UInt64.random(in: 0...UInt64(UInt32.max)))
        let count = Int(Self.number("MILLWRIGHT_RULES", 200))
        print("differential test of rules: MILLWRIGHT_SEED=\(seed), \(count) definitions")
        let theirs = try await Mode.given.client()
        let ours = try await Mode.inProcess.client()
        // Several at a time: what Kubernetes needs is mostly waiting until a definition is served.
        var tally = RuleTally()
        var next = 0
        try await withThrowingTaskGroup(of: PlayedCase.self) { group in
            func start() {
                guard next < count else { return }
                var generator = RuleCaseGenerator(seed: seed &+ UInt64(next) &* 0x2545_F491)
                let rules = generator.next(name: "seed \(seed), \(next)")
                next += 1
                group.addTask {
                    let here = try await RuleRun(ours).run(rules)
                    var there = try await RuleRun(theirs, isGiven: true).run(rules)
                    let first = there
                    // What depends on the order in which Kubernetes goes through maps, which is random, comes out as here sooner or later.
                    for _ in 0..<6 where !RuleRun.agree(here, there) { there = try await RuleRun(theirs, isGiven: true).run(rules) }
                    return PlayedCase(rules: rules, ours: here, theirs: there, isSteady: RuleRun.agree(first, there))
                }
            }
            for _ in 0..<6 { start() }
            while let played = try await group.next() {
                tally.add(played)
                start()
            }
        }
        print(tally.summary)
        if let path = Environ["MILLWRIGHT_RECORD_RULES"] { try tally.record(at: path) }
        #expect(tally.accepted > count / 3, "\(tally.accepted) of \(count) definitions are taken: the generator makes too little that works")
        #expect(tally.differences.isEmpty, "MILLWRIGHT_SEED=\(seed): \(tally.differences.count) differences:\n\(tally.differences.prefix(40).joined(separator: "\n"))")
    }
}

/// A case, and what came of it on both servers.
struct PlayedCase: Sendable {
    let rules: JSON
    let ours: [JSON]
    let theirs: [JSON]
    /// Kubernetes answered the same again, where it was asked again.
    let isSteady: Bool
}

/// What the differential test adds up.
private struct RuleTally {
    private(set) var differences: [String] = []
    private(set) var accepted = 0
    private var known: [String: Int] = [:]
    private var answers: [Int64: Int] = [:]
    private var recorded: [JSON] = []

    mutating func add(_ played: PlayedCase) {
        var rules = played.rules
        rules["outcomes"] = .array(played.theirs)
        if played.theirs.first?[0]?.int == 201 { accepted += 1 }
        for answer in played.theirs { answers[answer[0]?.int ?? 0, default: 0] += 1 }
        var isKnown = !played.isSteady
        if isKnown { known["Kubernetes answers one time so, one time so: it goes through maps in random order", default: 0] += 1 }
        if played.ours.count != played.theirs.count {
            differences.append("\(rules["name"]?.string ?? ""): here \(played.ours.first?.text ?? ""), Kubernetes \(played.theirs.first?.text ?? "")\n    \(rules["schema"]?.text ?? "")")
            return
        }
        for (step, (ours, theirs)) in zip(played.ours, played.theirs).enumerated() where !RuleRun.agree(ours, theirs) {
            if let reason = KnownRuleDifferences.reason(rules, ours, theirs) {
                known[reason, default: 0] += 1
                isKnown = true
                // What follows is about another object.
                break
            }
            let object = step == 0 ? "" : "\n    object \(rules["steps"]?[step - 1]?.text ?? "")"
            differences.append(
                "\(rules["name"]?.string ?? ""), step \(step):\n    here       \(ours.text)\n    Kubernetes \(theirs.text)\(object)\n    \(rules["schema"]?.text ?? "")")
        }
        if !isKnown { recorded.append(rules) }
    }

    var summary: String {
        let statuses = answers.sorted { $0.key < $1.key }.map { "\($0.value) × \($0.key)" }.joined(separator: ", ")
        return "\(accepted) definitions were taken; answers: \(statuses); agreed but for: \(known.sorted { $0.key < $1.key }.map { "\($0.value) × \($0.key)" })"
    }

    /// One line of JSON a case, as `RecordedRules` reads them.
    func record(at path: String) throws {
        guard let file = fopen(path, "a") else { throw TestFailure("\(path) can't be written") }
        defer { fclose(file) }
        for rules in recorded { fputs(rules.text + "\n", file) }
    }
}
