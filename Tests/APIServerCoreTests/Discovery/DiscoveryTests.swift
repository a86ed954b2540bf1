import Kernel
import Testing

@testable import APIServerCore

struct DiscoveryTests {
    private static let documents = DiscoveryDocuments(BuiltInResources.all, serverAddress: "127.0.0.1:7443")

    @Test(arguments: [
        (nil, DiscoveryForm.legacy), ("", .legacy), ("application/json", .legacy), ("*/*", .legacy), ("application/json, */*", .legacy),
        (
            "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json",
            .aggregated(version: "v2")
        ),
        ("application/json;as=APIGroupDiscoveryList;v=v2beta1;g=apidiscovery.k8s.io", .aggregated(version: "v2beta1")),
        ("application/vnd.kubernetes.protobuf,application/json", .legacy),
        ("application/json;g=apidiscovery.k8s.io;v=v9;as=APIGroupDiscoveryList, application/json", .legacy),
        ("application/vnd.kubernetes.protobuf", nil), ("text/html", nil),
    ] as [(String?, DiscoveryForm?)])
    func negotiates(accept: String?, form: DiscoveryForm?) {
        #expect(DiscoveryForm(accept: accept) == form)
    }

    @Test func contentTypesAreExact() {
        #expect(DiscoveryForm.aggregated(version: "v2").contentType == "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList")
        #expect(DiscoveryForm.legacy.contentType == "application/json")
    }

    @Test func bothFormsNameTheSame() throws {
        var aggregated: Set<String> = []
        for core in [true, false] {
            for group in Self.documents.aggregated(core: core, version: "v2")["items"]?.array ?? [] {
                let name = group["metadata"]?["name"]?.string ?? ""
                for resource in (group["versions"]?.array ?? []).flatMap({ $0["resources"]?.array ?? [] }) {
                    let plural = "\(name)/\(resource["resource"]?.string ?? "")"
                    aggregated.insert(plural)
                    for part in resource["subresources"]?.array ?? [] { aggregated.insert("\(plural)/\(part["subresource"]?.string ?? "")") }
                }
            }
        }
        var legacy: Set<String> = []
        let groups = [""] + (Self.documents.groupList["groups"]?.array ?? []).compactMap { $0["name"]?.string }
        for group in groups {
            for resource in try #require(Self.documents.resources(group: group, version: "v1"))["resources"]?.array ?? [] {
                legacy.insert("\(group)/\(resource["name"]?.string ?? "")")
            }
        }
        #expect(aggregated == legacy)
        #expect(legacy.contains("/serviceaccounts/token") && legacy.contains("apiextensions.k8s.io/customresourcedefinitions/status"))
        #expect(groups.count == 7)
    }

    @Test func everyResourceNamesItsVerbsAndKind() throws {
        let core = try #require(Self.documents.resources(group: "", version: "v1"))
        let token = try #require(core["resources"]?.array?.first { $0["name"] == "serviceaccounts/token" })
        #expect(token["group"] == "authentication.k8s.io" && token["version"] == "v1" && token["kind"] == "TokenRequest" && token["verbs"] == ["create"])
        let namespaces = try #require(core["resources"]?.array?.first { $0["name"] == "namespaces" })
        #expect(namespaces["namespaced"] == false && namespaces["shortNames"] == ["ns"])
        #expect(namespaces["verbs"] == ["create", "delete", "get", "list", "patch", "update", "watch"])
        #expect(Self.documents.resources(group: "", version: "v2") == nil && Self.documents.group("apps") == nil && Self.documents.group("") == nil)
        #expect(Self.documents.group("events.k8s.io")?["preferredVersion"] == ["groupVersion": "events.k8s.io/v1", "version": "v1"])
    }

    @Test func sameResourcesSameBytes() {
        let again = DiscoveryDocuments(BuiltInResources.all.reversed(), serverAddress: "127.0.0.1:7443")
        #expect(again.aggregated(core: false, version: "v2").bytes == Self.documents.aggregated(core: false, version: "v2").bytes)
        #expect(ContentHash.hex(again.groupList.bytes) == ContentHash.hex(Self.documents.groupList.bytes))
        #expect(ContentHash.hex([1]) != ContentHash.hex([2]) && ContentHash.hex([]).utf8.count == 32)
    }

    @Test func versionsSortAsKubernetesPrefers() {
        let given = ["v1", "v1beta1", "v2", "v1alpha1", "v2beta2", "foo", "bar", "v10", "v1beta"]
        let sorted = ["v10", "v2", "v1", "v2beta2", "v1beta1", "v1alpha1", "bar", "foo", "v1beta"]
        #expect(given.sorted { VersionPriority($0) > VersionPriority($1) } == sorted)
    }

    @Test func versionIsSemantic() {
        let version = VersionDocument.json(millwright: "0.1.0", commit: "c", buildDate: "d", platform: "linux/amd64")
        #expect(version["gitVersion"] == "v1.32.0+millwright-0.1.0" && version["major"] == "1" && version["minor"] == "32")
    }
}
