import HTTPMessages
import Kernel
import TestSupport
import Testing

/// Discovery, OpenAPI, version, health and metrics.
@Suite struct DiscoveryTests {
    @Test(arguments: Mode.all) func aggregatedAndLegacy(_ mode: Mode) async throws {
        let client = try await mode.client()
        // Kubernetes no longer has v2beta1; clients of 1.27 to 1.29 ask for it.
        for version in mode == .given ? ["v2"] : ["v2", "v2beta1"] {
            let type = "application/json;g=apidiscovery.k8s.io;v=\(version);as=APIGroupDiscoveryList"
            let asking = client.with("Accept", "\(type),application/json")
            for path in ["/api", "/apis"] {
                let answer = try await asking.get(path).expect(200)
                #expect(answer.headers["Content-Type"] == type)
                #expect(answer.headers["Vary"] == "Accept")
                #expect(answer.json["kind"] == "APIGroupDiscoveryList")
                #expect(answer.headers["ETag"] != nil)
            }
        }
        #expect(try await client.get("/api").expect(200).json["versions"] == ["v1"])
        let groups = try await client.get("/apis").expect(200)
        #expect(groups.json["kind"] == "APIGroupList")
        #expect(groups.headers["Content-Type"] == "application/json")
        let core = try await client.get("/api/v1").expect(200)
        #expect(core.json["resources"]?.array?.contains { $0["name"] == "configmaps" && $0["namespaced"] == true } == true)
        try await client.get("/api/v2").expect(404)
        try await client.get("/apis/nothing.example.com").expect(404)
    }

    /// On a server of its own: the definitions of other tests come and go, and the documents with them.
    @Test func whatDidNotChangeIsNotSentAgain() async throws {
        let client = Client(server: try InProcessServer())
        try await eventually("ready") { try await client.get("/readyz").status == 200 ? true : nil }
        let aggregated = client.with("Accept", "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList")
        for (asking, path) in [(aggregated, "/api"), (aggregated, "/apis"), (client, "/openapi/v2"), (client, "/openapi/v3"), (client, "/openapi/v3/api/v1")] {
            let etag = try #require(try await asking.get(path).expect(200).headers["ETag"])
            let again = try await asking.with("If-None-Match", etag).get(path).expect(304)
            #expect(again.body.isEmpty)
            #expect(again.headers["ETag"] == etag)
        }
        let etag = try #require(try await aggregated.get("/apis").headers["ETag"])
        _ = try await client.definition()
        try await aggregated.with("If-None-Match", etag).get("/apis").expect(200)
    }

    /// What discovery names is served: clients like Argo CD list and watch all of it.
    @Test(arguments: Mode.all) func nothingIsAdvertisedThatIsNotServed(_ mode: Mode) async throws {
        let client = try await mode.client()
        let asking = client.with("Accept", "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList")
        for (root, document) in [("/api", try await asking.get("/api")), ("/apis", try await asking.get("/apis"))] {
            for group in document.items {
                for version in group["versions"]?.array ?? [] {
                    let name = group["metadata"]?["name"]?.string
                    let prefix = [root, name, version["version"]?.string].compactMap { $0 }.joined(separator: "/")
                    // Definitions of other tests come and go.
                    guard name?.hasSuffix(".example.com") != true else { continue }
                    for resource in version["resources"]?.array ?? [] {
                        let verbs = resource["verbs"]?.array?.compactMap(\.string) ?? []
                        let path = "\(prefix)/\(resource["resource"]?.string ?? "")"
                        if verbs.contains("list") { try await client.get("\(path)?limit=1").expect(200) }
                        if verbs.contains("watch") {
                            let watch = try await client.watch("\(path)?watch=true&timeoutSeconds=1")
                            #expect(watch.status == 200)
                            watch.close()
                        }
                    }
                }
            }
        }
    }

    @Test(arguments: Mode.all) func openAPIv3(_ mode: Mode) async throws {
        let client = try await mode.client()
        let widgets = try await client.definition()
        let path = "apis/\(widgets.group)/v1"
        try await mode.soon("the definition is described") { try await client.get("/openapi/v3").json["paths"]?[path] != nil }
        let index = try await client.get("/openapi/v3").expect(200)
        let url = try #require(index.json["paths"]?[path]?["serverRelativeURL"]?.string)
        #expect(url.hasPrefix("/openapi/v3/\(path)?hash="))
        let document = try await client.get(url).expect(200)
        #expect(document.headers["Cache-Control"]?.contains("immutable") == true)
        let etag = try #require(document.headers["ETag"])
        try await client.with("If-None-Match", etag).get(url).expect(304)
        let schemas = document.json["components"]?["schemas"]?.object ?? JSONObject()
        let kind: JSON = ["group": .string(widgets.group), "kind": "Widget", "version": "v1"]
        #expect(schemas.contains { $0.1["x-kubernetes-group-version-kind"]?.array?.contains(kind) == true })
        let patch = document.json["paths"]?["/apis/\(widgets.group)/v1/namespaces/{namespace}/widgets/{name}"]?["patch"]
        #expect(patch?["parameters"]?.array?.contains { $0["name"] == "fieldValidation" } == true)
        try await client.get("/openapi/v3/\(path)?hash=0000").expect(301)
        try await client.get("/openapi/v3/apis/nothing.example.com/v1").expect(404)
    }

    @Test(arguments: Mode.all) func openAPIv2(_ mode: Mode) async throws {
        let client = try await mode.client()
        let document = try await client.get("/openapi/v2").expect(200)
        #expect(document.json["swagger"] == "2.0")
        #expect(document.json["definitions"]?["io.k8s.api.core.v1.ConfigMap"] != nil)
        #expect(document.headers["ETag"] != nil)
        let type = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf"
        let binary = try await client.with("Accept", "application/com.github.proto-openapi.spec.v2@v1.0+protobuf").get("/openapi/v2").expect(200)
        #expect(binary.headers["Content-Type"] == type)
        #expect(binary.body.count > 10_000)
    }

    @Test(arguments: Mode.all) func versionHealthAndMetrics(_ mode: Mode) async throws {
        let client = try await mode.client()
        let version = try await client.get("/version").expect(200)
        // One that was built by hand may have no number.
        #expect(version.json["gitVersion"]?.string?.hasPrefix(mode == .given ? "v" : "v1.") == true)
        for path in ["/healthz", "/livez", "/readyz"] {
            #expect(try await client.get(path).expect(200).text == "ok")
            #expect(try await client.get("\(path)?verbose").expect(200).text.contains("[+]ping ok"))
        }
        #expect(try await client.get("/readyz?verbose").text.contains(mode == .given ? "[+]log ok" : "[+]store ok"))
        try await client.get(mode == .given ? "/readyz/log" : "/readyz/store").expect(200)
        try await client.get("/readyz/nothing").expect(404)
        let metrics = try await client.get("/metrics").expect(200)
        #expect(metrics.text.contains("apiserver_request_total{"))
        #expect(metrics.text.contains("apiserver_request_duration_seconds_bucket{"))
        try await client.get("/nothing").expect(404)
        try await client.post("/version", [:]).expect(405)
    }
}
