import HTTPMessages
import Kernel
import Kubernetes
import Platform
import Telemetry
import TestSupport
import Testing

@testable import Reconciliation

/// The client and the informer against the API server that `millwright up` serves.
struct RealServerTests {
    private let name = NamespacedName(namespace: "plant", name: "a")

    @Test func writesAndReadsAsOnKubernetes() async throws {
        try await ServerFixture.real { client in
            let made = try await client.create(widgets, ServerFixture.widget("a", size: 2))
            #expect(made.generation == 1 && !made.uid.isEmpty && made.revision != nil)
            #expect(await refusal { _ = try await client.create(widgets, ServerFixture.widget("a")) }?.isAlreadyExists == true)

            var stale = made.json()
            let patched = try await client.patch(widgets, self.name, .merge(["spec": ["size": 3]]))
            #expect(patched.generation == 2)
            stale["spec"]?["size"] = 4
            #expect(await refusal { _ = try await client.update(widgets, stale) }?.isConflict == true)

            let invalid = await refusal { _ = try await client.patch(widgets, self.name, .merge(["spec": ["size": 30]])) }
            #expect(invalid?.causes.map(\.path) == ["spec.size"])

            let shown = try await client.apply(
                widgets, ["apiVersion": "example.org/v1", "kind": "Widget", "metadata": ["name": "a", "namespace": "plant"], "status": ["phase": "Ready"]],
                fieldManager: "millwright", subresource: "status")
            #expect(shown.json()["status"]?["phase"] == "Ready" && shown.generation == 2)
            let again = try await client.apply(
                widgets, ["apiVersion": "example.org/v1", "kind": "Widget", "metadata": ["name": "a", "namespace": "plant"], "status": ["phase": "Ready"]],
                fieldManager: "millwright", subresource: "status")
            #expect(again.resourceVersion == shown.resourceVersion)

            #expect(await refusal { try await client.delete(widgets, self.name, DeleteOptions(uid: "another")) }?.isConflict == true)
            try await client.delete(widgets, self.name, DeleteOptions(uid: made.uid))
            #expect(await refusal { _ = try await client.get(widgets, self.name) }?.isNotFound == true)
        }
    }

    @Test func finalizersHoldAnObjectUntilTheyAreTakenOff() async throws {
        try await ServerFixture.real { client in
            let finalizers = Finalizers(client, widgets)
            let made = try await client.create(widgets, ServerFixture.widget("a"))
            let held = try await finalizers.add("millwright.dev/cleanup", to: made.json())
            #expect(await refusal { _ = try await finalizers.add("another.example.org/hold", to: made.json()) }?.isConflict == true)
            let going = try await client.delete(widgets, self.name)
            #expect(going?.isDeleting == true && held.metadata.finalizers == ["millwright.dev/cleanup"])
            let current = try await client.get(widgets, self.name)
            _ = try await finalizers.remove("millwright.dev/cleanup", from: current.json())
            #expect(await refusal { _ = try await client.get(widgets, self.name) }?.isNotFound == true)
        }
    }

    @Test func anInformerMirrorsTheServer() async throws {
        try await ServerFixture.real { client in
            for number in 0..<5 { _ = try await client.create(widgets, ServerFixture.widget("w\(number)")) }
            let informer = Informer(
                client, widgets, indexes: [.init("version") { [$0["spec"]?["version"]?.string ?? ""] }], clocks: SystemClocks(), logger: .disabled,
                metrics: Metrics())
            let replayed = Locked<[NamespacedName: String]>([:])
            informer.onChange { change in
                replayed.withLock { replayed in
                    if replayed[change.key] != change.old?.resourceVersion { Issue.record("a change of \(change.key) doesn't follow the one before") }
                    replayed[change.key] = change.new?.resourceVersion
                }
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await informer.run(ready: {}) }
                await informer.waitUntilSynced()
                #expect(informer.count == 5)
                try await withThrowingTaskGroup(of: Void.self) { writers in
                    for writer in 0..<4 {
                        writers.addTask {
                            for round in 0..<25 {
                                let name = NamespacedName(namespace: "plant", name: "x\(writer)-\(round % 3)")
                                do throws(KubernetesError) {
                                    _ = try await client.create(widgets, ServerFixture.widget(name.name, version: "v\(round)"))
                                } catch {
                                    guard error.isAlreadyExists else { throw error }
                                    if round % 5 == 4 { try await client.delete(widgets, name) } else {
                                        _ = try await client.patch(widgets, name, .merge(["spec": ["version": .string("v\(round)")]]))
                                    }
                                }
                            }
                        }
                    }
                    try await writers.waitForAll()
                }
                let truth = try await client.list(widgets)
                await informer.wait(forRevision: Int64(truth.resourceVersion) ?? 0)
                try await eventually("the informer has all of it") {
                    informer.objects.map(\.description) == truth.items.sorted { $0.name < $1.name }.map(\.description)
                }
                #expect(replayed.withLock { $0 } == Dictionary(uniqueKeysWithValues: truth.items.map { ($0.name, $0.resourceVersion) }))
                let index = Dictionary(grouping: truth.items, by: { $0.json()["spec"]?["version"]?.string ?? "" }).mapValues { $0.map(\.name).sorted() }
                for (version, names) in index { #expect(informer.keys(index: "version", value: version) == names) }
                #expect(informer.keys(index: "version", value: "none").isEmpty)
                group.cancelAll()
            }
        }
    }

    @Test func discoveryKnowsKindsAndLooksAgain() async throws {
        try await ServerFixture.real { client in
            let discovery = Discovery(client, clocks: SystemClocks())
            let widget = try await discovery.type(of: widgets.gvk)
            let namespace = try await discovery.type(of: GroupVersionKind(apiVersion: "v1", kind: "Namespace"))
            #expect(widget == widgets && namespace == .namespaces)
            let unknown = await refusal { _ = try await discovery.type(of: GroupVersionKind(apiVersion: "example.org/v1", kind: "Gadget")) }
            #expect(unknown?.isNotFound == true)
            let version = try await discovery.serverVersion()
            #expect(version.hasPrefix("v1."))
        }
    }
}
