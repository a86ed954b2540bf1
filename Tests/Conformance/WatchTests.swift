import HTTPMessages
import Kernel
import TestSupport
import Testing

/// Watches: what comes, in which order, and how they end.
///
/// Where each event counts, of Secrets: controllers of Kubernetes put ConfigMaps into every namespace.
@Suite struct WatchTests {
    @Test(arguments: Mode.all) func changesComeInOrder(_ mode: Mode) async throws {
        let client = try await mode.client()
        let path = "/api/v1/namespaces/\(try await client.namespace())/secrets"
        let list = try await client.get(path).expect(200)
        let watch = try await client.watch("\(path)?watch=true&resourceVersion=\(list.version)")
        defer { watch.close() }
        #expect(watch.status == 200)
        let made = try await client.post(path, ["metadata": ["name": "a"]]).expect(201)
        let changed = try await client.merge("\(path)/a", ["data": ["k": "dg=="]]).expect(200)
        try await client.delete("\(path)/a").expect(200)
        let events = try await [watch.event(), watch.event(), watch.event()].compactMap { $0 }
        #expect(events.map(\.type) == ["ADDED", "MODIFIED", "DELETED"])
        #expect(events[0].object == made.json)
        #expect(events[1].object == changed.json)
        let versions = events.compactMap { Int64($0.object["metadata"]?["resourceVersion"]?.string ?? "") }
        #expect(versions == versions.sorted() && Set(versions).count == 3)
        #expect(events[2].object["data"]?["k"] == "dg==")
    }

    @Test(arguments: Mode.all) func aWatchWithoutVersionBeginsWithWhatThereIs(_ mode: Mode) async throws {
        let client = try await mode.client()
        let path = "/api/v1/namespaces/\(try await client.namespace())/secrets"
        for name in ["a", "b"] { try await client.post(path, ["metadata": ["name": .string(name)]]).expect(201) }
        for query in ["watch=1", "watch=true&resourceVersion=0"] {
            let watch = try await client.watch("\(path)?\(query)")
            defer { watch.close() }
            let first = try await [watch.event(), watch.event()].compactMap { $0 }
            #expect(first.map(\.type) == ["ADDED", "ADDED"])
            #expect(first.map(\.name) == ["a", "b"])
        }
    }

    @Test(arguments: Mode.all) func initialEventsEndWithABookmark(_ mode: Mode) async throws {
        let client = try await mode.client()
        let path = "/api/v1/namespaces/\(try await client.namespace())/secrets"
        try await client.post(path, ["metadata": ["name": "a"]]).expect(201)
        let watch = try await client.watch("\(path)?watch=true&sendInitialEvents=true&allowWatchBookmarks=true&resourceVersionMatch=NotOlderThan")
        defer { watch.close() }
        #expect(try await watch.event()?.type == "ADDED")
        let bookmark = try #require(try await watch.event())
        #expect(bookmark.type == "BOOKMARK")
        #expect(bookmark.object["metadata"]?["annotations"]?["k8s.io/initial-events-end"] == "true")
        #expect(bookmark.object["kind"] == "Secret")
        try await client.get("\(path)?watch=true&sendInitialEvents=true").expect(422)
        try await client.get("\(path)?watch=true&resourceVersionMatch=NotOlderThan&resourceVersion=1").expect(422)
    }

    @Test(arguments: Mode.all) func whatComesToMatchIsAddedAndWhatCeasesToIsDeleted(_ mode: Mode) async throws {
        let client = try await mode.client()
        let path = "/api/v1/namespaces/\(try await client.namespace())/configmaps"
        let list = try await client.get(path).expect(200)
        let watch = try await client.watch("\(path)?watch=true&resourceVersion=\(list.version)&labelSelector=on%3Dyes")
        defer { watch.close() }
        try await client.post(path, ["metadata": ["name": "a"]]).expect(201)
        try await client.merge("\(path)/a", ["metadata": ["labels": ["on": "yes"]]]).expect(200)
        try await client.merge("\(path)/a", ["data": ["k": "v"]]).expect(200)
        let off = try await client.merge("\(path)/a", ["metadata": ["labels": ["on": "no"]]]).expect(200)
        let events = try await [watch.event(), watch.event(), watch.event()].compactMap { $0 }
        #expect(events.map(\.type) == ["ADDED", "MODIFIED", "DELETED"])
        // As it last matched, at the revision at which it ceased to.
        #expect(events[2].object["metadata"]?["labels"]?["on"] == "yes")
        #expect(events[2].object["metadata"]?["resourceVersion"]?.string == off.version)
    }

    @Test(arguments: Mode.all) func watchingOneNameAndAllNamespaces(_ mode: Mode) async throws {
        let client = try await mode.client()
        let (one, two) = (try await client.namespace(), try await client.namespace())
        let list = try await client.get("/api/v1/configmaps").expect(200)
        let name = Unique.name("only")
        let watch = try await client.watch("/api/v1/configmaps?watch=true&resourceVersion=\(list.version)&fieldSelector=metadata.name%3D\(name)")
        defer { watch.close() }
        try await client.post("/api/v1/namespaces/\(one)/configmaps", ["metadata": ["name": "other"]]).expect(201)
        for namespace in [one, two] {
            try await client.post("/api/v1/namespaces/\(namespace)/configmaps", ["metadata": ["name": .string(name)]]).expect(201)
        }
        let events = try await [watch.event(), watch.event()].compactMap { $0 }
        #expect(events.map { $0.object["metadata"]?["namespace"]?.string } == [one, two])
    }

    @Test func aCompactedVersionIsAnErrorEvent() async throws {
        let server = try InProcessServer()
        let client = Client(server: server)
        try await eventually("ready") { try await client.get("/readyz").status == 200 ? true : nil }
        let path = "/api/v1/namespaces/default/configmaps"
        let first = try await client.post(path, ["metadata": ["name": "a"]]).expect(201)
        try await client.merge("\(path)/a", ["data": ["k": "v"]]).expect(200)
        server.store.compact(through: server.store.currentRevision)
        let watch = try await client.watch("\(path)?watch=true&resourceVersion=\(first.version)")
        #expect(watch.status == 200)
        let event = try #require(try await watch.event())
        #expect(event.type == "ERROR")
        #expect(event.object["code"] == 410)
        #expect(event.object["reason"] == "Expired")
        #expect(try await watch.event() == nil)
    }

    @Test(arguments: Mode.all) func aWatchEndsWhenItsTimeIsUp(_ mode: Mode) async throws {
        let client = try await mode.client()
        let path = "/api/v1/namespaces/\(try await client.namespace())/secrets"
        let list = try await client.get(path).expect(200)
        let watch = try await client.watch("\(path)?watch=true&resourceVersion=\(list.version)&timeoutSeconds=1")
        #expect(try await watch.event() == nil)
    }

    @Test(arguments: Mode.all) func noEventIsMissedWithManyWriters(_ mode: Mode) async throws {
        let client = try await mode.client()
        let path = "/api/v1/namespaces/\(try await client.namespace())/secrets"
        let list = try await client.get(path).expect(200)
        let watch = try await client.watch("\(path)?watch=true&resourceVersion=\(list.version)")
        defer { watch.close() }
        let (writers, each) = (8, 25)
        async let written: Void = withThrowingTaskGroup(of: Void.self) { group in
            for writer in 0..<writers {
                group.addTask {
                    for number in 0..<each {
                        try await client.post(path, ["metadata": ["name": .string("w\(writer)-\(number)")]]).expect(201)
                    }
                }
            }
            try await group.waitForAll()
        }
        var names: Set<String> = []
        var last: Int64 = 0
        while names.count < writers * each {
            let event = try #require(try await watch.event())
            #expect(event.type == "ADDED")
            names.insert(event.name)
            let version = try #require(Int64(event.object["metadata"]?["resourceVersion"]?.string ?? ""))
            #expect(version > last)
            last = version
        }
        try await written
    }

    @Test(arguments: Mode.all) func watchesSpeakJSONAlone(_ mode: Mode) async throws {
        let client = try await mode.client().with("Accept", "application/yaml")
        try await client.get("/api/v1/namespaces/default/configmaps?watch=true").expect(406)
    }
}
