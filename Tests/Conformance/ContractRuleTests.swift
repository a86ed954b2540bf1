import Glibc
import HTTPMessages
import Kernel
import Testing
import YAML

/// The rules in crds/: each refuses what it is for, with its message.
@Suite struct ContractRuleTests {
    @Test func everyRuleOfTheContractRefusesWhatItIsFor() async throws {
        let client = Client(server: try InProcessServer())
        let definitions = try ContractRules.definitions()
        #expect(definitions.count >= 4)
        for definition in definitions {
            try await client.post("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", definition).expect(201)
        }
        let namespace = try await client.namespace()
        var seen: Set<String> = []
        for (position, rule) in ContractRules.cases.enumerated() {
            let collection = "/apis/millwright.dev/v1alpha1/namespaces/\(namespace)/\(rule.kind.lowercased())s"
            let name = rule.name ?? "x\(position)"
            func object(_ spec: JSON) -> JSON {
                ["apiVersion": "millwright.dev/v1alpha1", "kind": .string(rule.kind), "metadata": ["name": .string(name)], "spec": spec]
            }
            let answer: Answer
            if let before = rule.before {
                let made = try await client.post(collection, object(before)).expect(201)
                if let status = rule.status { try await client.merge("\(collection)/\(name)/status", ["status": status]).expect(200) }
                _ = made
                var next = try await client.get("\(collection)/\(name)").json
                next["spec"] = rule.spec
                answer = try await client.put("\(collection)/\(name)", next)
            } else {
                answer = try await client.post(collection, object(rule.spec))
            }
            #expect(answer.status == 422, "\(rule.kind) \(rule.message): \(answer.text.prefix(400))")
            let causes = answer.causes.compactMap { $0["message"]?.string }
            #expect(causes.contains { $0.hasSuffix(rule.message) }, "\(rule.kind): '\(rule.message)' isn't among \(causes)")
            seen.insert("\(rule.kind) \(rule.message)")
        }
        for (kind, message) in definitions.flatMap(ContractRules.rules) where !seen.contains("\(kind) \(message)") {
            Issue.record("\(kind): no test breaks the rule '\(message)'")
        }
    }

    /// The rules let pass what is right: the smallest of each kind.
    @Test func whatIsRightPasses() async throws {
        let client = Client(server: try InProcessServer())
        for definition in try ContractRules.definitions() {
            try await client.post("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", definition).expect(201)
        }
        let namespace = try await client.namespace()
        for (kind, spec) in ContractRules.smallest {
            try await client.post(
                "/apis/millwright.dev/v1alpha1/namespaces/\(namespace)/\(kind.lowercased())s",
                ["apiVersion": "millwright.dev/v1alpha1", "kind": .string(kind), "metadata": ["name": "a"], "spec": spec]
            ).expect(201)
        }
    }
}

/// One way to break one rule.
struct BrokenRule {
    let kind: String
    let message: String
    var name: String?
    /// What is stored before, where the rule is about a change.
    var before: JSON?
    var status: JSON?
    let spec: JSON
}
