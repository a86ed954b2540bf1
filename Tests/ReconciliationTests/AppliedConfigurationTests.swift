import Kernel
import Testing

@testable import Kubernetes

/// What `millwright plan -f` asks the server for, so that its plan is what an apply would bring.
@Suite struct AppliedConfigurationTests {
    private func live(_ metadata: JSON) -> JSON { ["apiVersion": "millwright.dev/v1alpha1", "kind": "Environment", "metadata": metadata] }

    private func document(_ spec: JSON) -> JSON {
        ["apiVersion": "millwright.dev/v1alpha1", "kind": "Environment", "metadata": ["name": "line-1", "namespace": "plant"], "spec": spec]
    }

    @Test func aFieldDeletedFromTheFileIsPlannedAsRemoved() throws {
        let last = document(["image": "demo:1", "resources": ["limits": ["memory": "64Mi"]], "env": [["name": "A"], ["name": "B"]], "kept": ["a": 1, "b": 2]])
        let live = live(["name": "line-1", "annotations": [AppliedConfiguration.annotation: .string(last.text)]])
        let change = AppliedConfiguration.change(of: live, to: document(["image": "demo:2", "env": [["name": "A"]], "kept": ["a": 1]]))
        guard case .merge(let patch) = change.patch else {
            Issue.record("\(change)")
            return
        }
        #expect(patch["spec"] == ["image": "demo:2", "env": [["name": "A"]], "kept": ["a": 1, "b": .null], "resources": .null])
        #expect(patch["metadata"] == ["name": "line-1", "namespace": "plant"], "the annotation itself is no part of it")
    }

    @Test func whatSomeoneElseSetIsNotPlannedAsRemoved() {
        let last = document(["image": "demo:1"])
        var live = live(["name": "line-1", "annotations": [AppliedConfiguration.annotation: .string(last.text)]])
        live["spec"] = ["image": "demo:1", "replicas": 3]
        #expect(AppliedConfiguration.change(of: live, to: last).patch == .merge(last))
    }

    @Test func whatWasAppliedOnTheServerIsPlannedInTheNameOfWhoAppliedIt() {
        func entry(_ manager: String, _ operation: String, _ subresource: String? = nil) -> JSON {
            var entry: JSON = ["manager": .string(manager), "operation": .string(operation)]
            if let subresource { entry["subresource"] = .string(subresource) }
            return entry
        }
        let entries: [JSON] = [entry("millwright", "Apply", "status"), entry("ci", "Apply"), entry("kubectl", "Apply"), entry("kubectl-edit", "Update")]
        let wanted = document(["image": "demo:1"])
        #expect(AppliedConfiguration.change(of: live(["managedFields": .array(entries)]), to: wanted) == .init(patch: .apply(wanted, force: true), fieldManager: "kubectl"))
        #expect(AppliedConfiguration.change(of: live(["managedFields": .array(Array(entries.prefix(2)))]), to: wanted).fieldManager == "ci")
        #expect(AppliedConfiguration.change(of: live(["managedFields": .array([entries[0], entries[3]])]), to: wanted).patch == .merge(wanted))
    }
}
