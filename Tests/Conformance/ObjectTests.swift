import HTTPMessages
import Kernel
import Testing

/// Create, get, list, update and delete of single objects.
@Suite struct ObjectTests {
    @Test func aConfigMapLives() async throws {
        let server = try InProcessServer()
        let admin = Client(server: server)
        try await eventually("default namespace") { try await admin.get("/api/v1/namespaces/default").status == 200 ? true : nil }
        let made = try await admin.post("/api/v1/namespaces/default/configmaps", ["metadata": ["name": "a"], "data": ["k": "v"]]).expect(201)
        #expect(made.json["apiVersion"] == "v1")
        #expect(made.json["metadata"]?["namespace"] == "default")
        let got = try await admin.get("/api/v1/namespaces/default/configmaps/a").expect(200)
        #expect(got.json == made.json)
        try await admin.delete("/api/v1/namespaces/default/configmaps/a").expect(200)
        try await admin.get("/api/v1/namespaces/default/configmaps/a").expect(404)
    }
}
