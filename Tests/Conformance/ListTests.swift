import HTTPMessages
import Kernel
import TestSupport
import Testing

/// Lists: pages, selectors and what resourceVersion asks for. Of Secrets: controllers of Kubernetes put ConfigMaps into every namespace.
@Suite struct ListTests {
    private func fill(_ client: Client, _ path: String, _ count: Int) async throws {
        for number in 0..<count {
            try await client.post(path, ["metadata": ["name": .string("c\(number)"), "labels": ["parity": .string(number % 2 == 0 ? "even" : "odd")]]])
                .expect(201)
        }
    }

    @Test(arguments: Mode.all) func pagesAreOneMoment(_ mode: Mode) async throws {
        let client = try await mode.client()
        let path = "/api/v1/namespaces/\(try await client.namespace())/secrets"
        try await fill(client, path, 7)
        let first = try await client.get("\(path)?limit=3").expect(200)
        #expect(first.items.count == 3)
        #expect(first.json["kind"] == "SecretList")
        #expect(first.json["metadata"]?["remainingItemCount"] == 4)
        // What happens between the pages doesn't show on them.
        try await client.delete("\(path)/c5").expect(200)
        try await client.post(path, ["metadata": ["name": "c9"]]).expect(201)
        var names = first.items.compactMap { $0["metadata"]?["name"]?.string }
        var token = first.json["metadata"]?["continue"]?.string
        while let next = token {
            let page = try await client.get("\(path)?limit=3&continue=\(PercentEncoding.encode(next))").expect(200)
            #expect(page.version == first.version)
            names += page.items.compactMap { $0["metadata"]?["name"]?.string }
            token = page.json["metadata"]?["continue"]?.string
        }
        #expect(names == (0..<7).map { "c\($0)" })
        try await client.get("\(path)?limit=3&continue=nonsense").expect(400)
        try await client.get("\(path)?limit=x").expect(400)
    }

    @Test func anExpiredPageOffersAFreshToken() async throws {
        let server = try InProcessServer()
        let client = Client(server: server)
        try await eventually("ready") { try await client.get("/readyz").status == 200 ? true : nil }
        let path = "/api/v1/namespaces/default/secrets"
        try await fill(client, path, 4)
        let first = try await client.get("\(path)?limit=2").expect(200)
        let token = try #require(first.json["metadata"]?["continue"]?.string)
        try await client.delete("\(path)/c3").expect(200)
        server.store.compact(through: server.store.currentRevision)
        let expired = try await client.get("\(path)?limit=2&continue=\(token)").expect(410)
        #expect(expired.reason == "Expired")
        let fresh = try #require(expired.json["metadata"]?["continue"]?.string)
        let rest = try await client.get("\(path)?limit=2&continue=\(fresh)").expect(200)
        #expect(rest.items.map { $0["metadata"]?["name"] } == ["c2"])
    }

    @Test(arguments: Mode.all) func selectors(_ mode: Mode) async throws {
        let client = try await mode.client()
        let namespace = try await client.namespace()
        let path = "/api/v1/namespaces/\(namespace)/secrets"
        try await fill(client, path, 6)
        func names(_ query: String) async throws -> [String] {
            try await client.get("\(path)?\(query)").expect(200).items.compactMap { $0["metadata"]?["name"]?.string }
        }
        #expect(try await names("labelSelector=parity%3Deven") == ["c0", "c2", "c4"])
        #expect(try await names("labelSelector=parity!%3Deven") == ["c1", "c3", "c5"])
        #expect(try await names("labelSelector=parity+in+(even,none)&limit=2") == ["c0", "c2"])
        #expect(try await names("labelSelector=!parity") == [])
        #expect(try await names("fieldSelector=metadata.name%3Dc3") == ["c3"])
        #expect(try await names("fieldSelector=metadata.name!%3Dc3,metadata.namespace%3D\(namespace)").count == 5)
        try await client.get("\(path)?labelSelector=a+b").expect(400)
        let unknown = try await client.get("/api/v1/namespaces/\(namespace)/configmaps?fieldSelector=spec.x%3D1").expect(400)
        #expect(unknown.message == #""spec.x" is not a known field selector: only "metadata.name", "metadata.namespace""#)
        let other = try await client.get("/api/v1/namespaces/\(namespace)/secrets?fieldSelector=spec.x%3D1").expect(400)
        #expect(other.message == "field label not supported: spec.x")
    }

    @Test(arguments: Mode.all) func customSelectableFields(_ mode: Mode) async throws {
        let client = try await mode.client()
        let namespace = try await client.namespace()
        let widgets = try await client.definition()
        for color in ["red", "green", "green"] {
            try await client.post(widgets.collection(namespace), widgets.object(Unique.name(), spec: ["color": .string(color)])).expect(201)
        }
        let green = try await client.get("\(widgets.collection(namespace))?fieldSelector=spec.color%3Dgreen").expect(200)
        #expect(green.items.count == 2)
        try await client.get("\(widgets.collection(namespace))?fieldSelector=spec.text%3Dx").expect(400)
    }

    @Test(arguments: Mode.all) func resourceVersions(_ mode: Mode) async throws {
        let client = try await mode.client()
        let path = "/api/v1/namespaces/\(try await client.namespace())/secrets"
        let first = try await client.post(path, ["metadata": ["name": "a"]]).expect(201)
        let second = try await client.post(path, ["metadata": ["name": "b"]]).expect(201)
        func names(_ query: String) async throws -> [String] {
            try await client.get("\(path)?\(query)").expect(200).items.compactMap { $0["metadata"]?["name"]?.string }
        }
        #expect(try await names("resourceVersion=0") == ["a", "b"])
        #expect(try await names("resourceVersion=\(first.version)") == ["a", "b"])
        #expect(try await names("resourceVersion=\(first.version)&resourceVersionMatch=NotOlderThan") == ["a", "b"])
        #expect(try await names("resourceVersion=\(first.version)&resourceVersionMatch=Exact") == ["a"])
        #expect(try await names("resourceVersion=\(second.version)&resourceVersionMatch=Exact") == ["a", "b"])
        try await client.get("\(path)?resourceVersionMatch=Exact").expect(422)
        try await client.get("\(path)?resourceVersionMatch=Exact&resourceVersion=0").expect(422)
        try await client.get("\(path)?resourceVersionMatch=Sometimes&resourceVersion=1").expect(422)
        try await client.get("\(path)?resourceVersion=abc").expect(400)
        try await client.get("\(path)?sendInitialEvents=true").expect(422)
    }

    @Test func aVersionFromTheFutureTimesOut() async throws {
        let client = try await (GivenServer.path != nil ? Mode.given : .inProcess).client()
        let late = try await client.get("/api/v1/namespaces/default/secrets?resourceVersion=999999999").expect(504)
        #expect(late.reason == "Timeout")
        #expect(late.causes.first?["reason"] == "ResourceVersionTooLarge")
        #expect(late.json["details"]?["retryAfterSeconds"] == 1)
    }

    @Test(arguments: Mode.all) func largeListsArriveWhole(_ mode: Mode) async throws {
        let client = try await mode.client()
        let path = "/api/v1/namespaces/\(try await client.namespace())/secrets"
        let text = JSON.string(String(repeating: "x", count: 40_000))
        for number in 0..<20 { try await client.post(path, ["metadata": ["name": .string("big-\(number)")], "data": ["t": text]]).expect(201) }
        let list = try await client.get(path).expect(200)
        #expect(list.items.count == 20)
        #expect(list.items.allSatisfy { $0["data"]?["t"] == text })
    }
}
