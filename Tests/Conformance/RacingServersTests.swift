import HTTPMessages
import Kernel
import Store
import TestSupport
import Testing

/// Servers on one store, as replicas on one database: what one decides by looking at all objects must hold beside what the other decides at the same time.
@Suite struct RacingServersTests {
    @Test func ofDefinitionsThatTwoServersWriteAtOnceOneGetsTheName() async throws {
        let store = MemoryObjectStore()
        let servers = [try InProcessServer(store: store), try InProcessServer(store: store)]
        let all = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
        for round in 0..<5 {
            let group = "g\(round).example.com"
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                for number in 0..<8 {
                    let client = Client(server: servers[number % 2])
                    let wanted = Definition.object(group: group, plural: "things\(number)", kind: "Thing", versions: [Definition.version()])
                    tasks.addTask { try await client.post(all, wanted).expect(201) }
                }
                try await tasks.waitForAll()
            }
            var accepted: [String] = []
            for object in store.list("customresourcedefinitions.apiextensions.k8s.io", namespace: nil).items where object.key.name.hasSuffix(group) {
                let conditions = try object.json()["status"]?["conditions"]?.array ?? []
                if conditions.contains(where: { $0["type"] == "NamesAccepted" && $0["status"] == "True" }) { accepted.append(object.key.name) }
            }
            #expect(accepted.count == 1, "\(accepted)")
        }
    }
}
