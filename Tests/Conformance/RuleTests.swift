import HTTPMessages
import Kernel
import TestSupport
import Testing

/// CEL rules of custom resources: what a definition may say, what an object may be.
@Suite struct RuleTests {
    /// Same definitions, same objects, same answers as a Kubernetes API server; which shows, where one is given, that what is recorded
    /// is so.
    @Test(arguments: RuleCases.all.map { $0["name"]?.string ?? "not a case" })
    func rulesAnswerAsKubernetesDoes(_ name: String) async throws {
        let rules = try #require(RuleCases.all.first { $0["name"]?.string == name })
        let mode = Mode.all.first ?? .inProcess
        let outcomes = try await RuleRun(try await mode.client(), isGiven: mode == .given).run(rules)
        let expected = rules["outcomes"]?.array ?? []
        #expect(outcomes.count == expected.count)
        for (step, (ours, theirs)) in zip(outcomes, expected).enumerated() where !RuleRun.agree(ours, theirs) {
            Issue.record("step \(step):\n  here:       \(ours.text)\n  Kubernetes: \(theirs.text)")
        }
    }
}

/// Plays a case against a server.
struct RuleRun {
    private let client: Client
    /// It serves what is new a moment later.
    private let isGiven: Bool
    private static let definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"

    init(_ client: Client, isGiven: Bool = false) {
        self.client = client
        self.isGiven = isGiven
    }

    /// - Returns: status, causes and warnings of the definition and of each step; only of the definition when it is refused.
    func run(_ rules: JSON) async throws -> [JSON] {
        let group = "\(Unique.name("g")).example.com"
        let path = "\(Self.definitions)/things.\(group)"
        let namespace = try await client.namespace()
        let made = try await client.post(Self.definitions, definition(group, rules["schema"] ?? .null))
        var outcomes = [Self.outcome(made)]
        guard made.status == 201 else { return outcomes }
        let collection = "/apis/\(group)/v1/namespaces/\(namespace)/things"
        let prefix = rules["name"] == "rules at the root" ? "y" : "x"
        var count = 0
        var last = ""
        for step in rules["steps"]?.array ?? [] {
            switch step["op"]?.string {
            case "definition":
                outcomes.append(try await replace(path, step["schema"] ?? .null))
                if isGiven { try await Task.sleep(for: .seconds(1)) }
            case "create":
                count += 1
                var object = step["object"] ?? [:]
                object["apiVersion"] = .string("\(group)/v1")
                object["kind"] = "Thing"
                object["metadata"] = ["name": .string("\(prefix)\(count)")]
                let made = object
                let answer = try await eventually("the definition is served") {
                    let answer = try await client.post(collection, made)
                    return isGiven && answer.status == 404 ? nil : answer
                }
                if answer.status == 201 { last = "\(prefix)\(count)" }
                outcomes.append(Self.outcome(answer))
            default:
                // Nothing could be created, so there is nothing to change.
                if last.isEmpty {
                    outcomes.append([0, [], []])
                    continue
                }
                var object = try await client.get("\(collection)/\(last)").json
                for (name, value) in step["object"]?.object ?? JSONObject() { object[name] = value }
                outcomes.append(Self.outcome(try await client.put("\(collection)/\(last)\(step["op"] == "status" ? "/status" : "")", object)))
            }
        }
        try await client.delete(path).expect(200)
        return outcomes
    }

    private func definition(_ group: String, _ schema: JSON) -> JSON {
        Definition.object(
            group: group, plural: "things", kind: "Thing",
            versions: [["name": "v1", "served": true, "storage": true, "schema": ["openAPIV3Schema": schema], "subresources": ["status": [:]]]])
    }

    private func replace(_ path: String, _ schema: JSON) async throws -> JSON {
        try await eventually("the definition is changed") {
            var current = try await client.get(path).json
            guard var version = current["spec"]?["versions"]?.array?.first else { return nil }
            version["schema"] = ["openAPIV3Schema": schema]
            current[path: ["spec", "versions"]] = [version]
            let answer = try await client.put(path, current)
            // The server writes its own part of the status meanwhile.
            return answer.status == 409 ? nil : Self.outcome(answer)
        }
    }

    static func outcome(_ answer: Answer) -> JSON {
        let causes = answer.causes.map { "\($0["field"]?.string ?? "") \($0["reason"]?.string ?? ""): \($0["message"]?.string ?? "")" }
        let shown = answer.status < 300 ? [] : causes.isEmpty ? [answer.message] : causes.sorted { $0.unicodeScalars.lexicographicallyPrecedes($1.unicodeScalars) }
        let warnings = answer.headers.all("Warning").sorted { $0.unicodeScalars.lexicographicallyPrecedes($1.unicodeScalars) }
        return [JSON(answer.status), .array(shown.map { .string($0) }), .array(warnings.map { .string($0) })]
    }

    static func agree(_ ours: [JSON], _ theirs: [JSON]) -> Bool { ours.count == theirs.count && zip(ours, theirs).allSatisfy { agree($0, $1) } }

    static func agree(_ ours: JSON, _ theirs: JSON) -> Bool {
        func plain(_ outcome: JSON) -> [[String]] {
            (outcome.array ?? []).map { part in (part.array ?? [part]).map { comparable($0.string ?? $0.text) } }
        }
        return plain(ours) == plain(theirs)
    }

    /// Kubernetes numbers its types, `selfType12`.
    private static func comparable(_ text: String) -> String {
        var text = text
        while let place = text.firstRange(of: "selfType") {
            let digits = text[place.upperBound...].prefix { $0.isNumber }
            text.replaceSubrange(place.lowerBound..<digits.endIndex, with: "self")
        }
        return text
    }
}

extension String {
    fileprivate func firstRange(of part: String) -> Range<String.Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(part) { return start..<index(start, offsetBy: part.count) }
            start = index(after: start)
        }
        return nil
    }
}
