import Foundation
import Kernel
import TestSupport
import Testing

/// Whatever is done to a container behind Millwright's back, it comes back, driven by the engine's events.
@Suite(.serialized, .enabled(if: Capability.allThere)) struct DriftTests {
    @Test func driftIsRepairedAndDataSurvives() throws {
        let installation = try Installation("drift")
        let proxy = try EngineProxy(path: "\(installation.directory)/engine.sock")
        defer {
            installation.tearDown()
            proxy.close()
        }
        installation.dockerHost = proxy.host
        try installation.start()
        try installation.apply(Documents.namespace("plant") + Documents.environment("line-1", namespace: "plant"))
        try installation.waitReady("line-1", in: "plant")
        func id() throws -> String { try #require(try installation.container(of: "line-1", in: "plant")) }
        func waitRunning(but old: String? = nil, _ what: String) throws {
            try waitUntil("the environment runs again after \(what)") {
                guard let now = try installation.container(of: "line-1", in: "plant"), now != old, let state = try Engine.inspect(container: now)?["State"] else { return false }
                return state["Running"] == true && state["Paused"] == false
            }
            try installation.waitReady("line-1", in: "plant")
        }
        let first = try id()
        #expect(try installation.millwright(["exec", "line-1", "-n", "plant", "--", "touch", "/data/kept"]).status == 0)

        try Engine.call("DELETE", "/containers/\(first)?force=1")
        try waitRunning(but: first, "docker rm -f")
        try Engine.call("POST", "/containers/\(try id())/stop?t=0")
        try waitRunning("docker stop")
        try Engine.call("POST", "/containers/\(try id())/pause")
        try waitRunning("docker pause")

        let network = try #require(try Engine.networks("millwright.dev/installation=\(installation.installationID ?? "?")").first?["Id"]?.string)
        let body = JSON.object(["Container": .string(try id()), "Force": true]).text
        try Engine.call("POST", "/networks/\(network)/disconnect", body: body)
        try waitUntil("the network is connected again") {
            let networks = try Engine.inspect(container: id())?["NetworkSettings"]?["Networks"]?.object
            return networks?.contains { $0.1["NetworkID"]?.string == network } ?? false
        }
        try installation.waitReady("line-1", in: "plant")

        // Changes of the document.
        let beforeEnv = try id()
        let port = try Installation.freePort()
        try installation.apply(Documents.environment("line-1", namespace: "plant", env: "[{name: SITE, value: hamburg}]", hostPort: port))
        try waitRunning(but: beforeEnv, "a change of env and port")
        #expect(try installation.millwright(["exec", "line-1", "-n", "plant", "--", "env"]).output.contains("SITE=hamburg"))
        #expect(try installation.get("environment", "line-1", "-n", "plant")?["status"]?["endpoints"]?[0]?["address"] == .string("127.0.0.1:\(port)"))

        try Engine.call("POST", "/images/millwright-demo:1/tag?repo=millwright-demo&tag=2")
        let beforeImage = try id()
        try installation.apply(Documents.environment("line-1", namespace: "plant", image: "millwright-demo:2", env: "[{name: SITE, value: hamburg}]", hostPort: port))
        try waitRunning(but: beforeImage, "a change of the image")
        #expect(try Engine.inspect(container: id())?["Config"]?["Image"] == "millwright-demo:2")

        // A label is no reason to touch a container.
        let steady = try id()
        try installation.apply(
            Documents.environment("line-1", namespace: "plant", image: "millwright-demo:2", labels: "team: a", env: "[{name: SITE, value: hamburg}]", hostPort: port))
        _ = try installation.kubectl(["annotate", "environment", "line-1", "-n", "plant", "note=1"])
        try installation.waitReady("line-1", in: "plant")
        #expect(try installation.millwright(["exec", "line-1", "-n", "plant", "--", "ls", "/data"]).output.contains("kept"))

        // At rest: nothing is written to the engine, and of the API only leases move.
        try waitUntil("the environment has settled") { try installation.millwright(["plan", "environment/line-1", "-n", "plant"]).status == 0 }
        proxy.killAtWrite(nil)
        let versions = try installation.get("environments,namespaces,events,configmaps", "-A")?["items"]?.array?.map { $0["metadata"]?["resourceVersion"]?.string ?? "" }
        usleep(5_000_000)  // an observation of five seconds, not a wait for something
        #expect(proxy.writes.isEmpty, "\(proxy.writes)")
        #expect(try id() == steady)
        #expect(try installation.get("environments,namespaces,events,configmaps", "-A")?["items"]?.array?.map { $0["metadata"]?["resourceVersion"]?.string ?? "" } == versions)
    }

    @Test func replicasSuspendAndScale() throws {
        let installation = try Installation("scale")
        defer { installation.tearDown() }
        try installation.start()
        try installation.apply(Documents.namespace("plant") + Documents.environment("line-1", namespace: "plant", replicas: 2))
        try installation.waitReady("line-1", in: "plant")
        #expect(try installation.containers(of: "line-1", in: "plant").count == 2)
        #expect(try installation.kubectl(["scale", "environment", "line-1", "-n", "plant", "--replicas=1"]).status == 0)
        try waitUntil("one replica is left") { try installation.containers(of: "line-1", in: "plant").count == 1 }
        try installation.waitReady("line-1", in: "plant")
        #expect(try installation.kubectl(["patch", "environment", "line-1", "-n", "plant", "--type=merge", "-p", #"{"spec":{"suspend":true}}"#]).status == 0)
        try waitUntil("nothing runs while suspended") { try installation.containers(of: "line-1", in: "plant").allSatisfy { $0["State"] != "running" } }
        #expect(try Engine.volumes("millwright.dev/installation=\(installation.installationID ?? "?")").count == 2, "volumes are kept")
        #expect(try installation.kubectl(["patch", "environment", "line-1", "-n", "plant", "--type=merge", "-p", #"{"spec":{"suspend":false}}"#]).status == 0)
        try installation.waitReady("line-1", in: "plant")
    }
}
