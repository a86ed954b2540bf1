import Kernel
import Testing

@testable import APIServerCore

/// Real kubectls against the generated documents.
@Suite(.enabled(if: KubectlFixture.isThere), .serialized)
struct KubectlTests {
    @Test(arguments: KubectlFixture.kubectls)
    func explainsBuiltInAndCustomKinds(kubectl: String) throws {
        let fixture = try KubectlFixture(kubectl: kubectl)
        for (path, words) in [
            ("environments", ["millwright.dev", "spec", "status"]),
            ("environments.spec", ["image", "replicas"]),
            ("environments.spec.ports", ["containerPort", "hostPort"]),
            ("env.metadata", ["ownerReferences", "labels"]),
            ("configmaps", ["binaryData", "immutable"]),
            ("secrets.data", ["base64"]),
            ("leases.spec", ["holderIdentity", "renewTime"]),
            ("roles.rules", ["apiGroups", "resourceNames"]),
            ("crd.spec.versions", ["additionalPrinterColumns", "storage"]),
            ("serviceaccounts.secrets", ["fieldPath"]),
            ("ns.status", ["phase", "conditions"]),
        ] {
            let (code, output) = fixture.run("explain \(path)")
            #expect(code == 0, "\(path): \(output)")
            for word in words { #expect(output.contains(word), "\(path) lacks \(word): \(output)") }
        }
        let all = fixture.run("explain environments --recursive")
        #expect(all.code == 0 && all.output.contains("volumeClaimTemplates"), "\(all.output)")
    }

    @Test(arguments: KubectlFixture.kubectls)
    func findsWhatIsServed(kubectl: String) throws {
        let fixture = try KubectlFixture(kubectl: kubectl)
        let resources = fixture.run("api-resources -o wide")
        #expect(resources.code == 0, "\(resources.output)")
        for line in ["configmaps", "environments", "customresourcedefinitions", "subjectaccessreviews"] { #expect(resources.output.contains(line)) }
        let versions = fixture.run("api-versions")
        #expect(versions.output.contains("millwright.dev/v1alpha1") && versions.output.contains("events.k8s.io/v1"), "\(versions.output)")
        let version = fixture.run("version")
        #expect(version.code == 0, "\(version.output)")
    }

    /// Bodies that kubectl sends as protobuf (1.32 and later) or JSON (before), whichever it likes: the same object arrives.
    @Test(arguments: KubectlFixture.kubectls)
    func createsTypedObjects(kubectl: String) throws {
        let fixture = try KubectlFixture(kubectl: kubectl)
        func create(_ arguments: String) -> KubectlFixture.Posted {
            let (code, output) = fixture.run("create \(arguments)")
            #expect(code == 0, "\(arguments): \(output)")
            let entry = fixture.log.all.last ?? .init()
            #expect(entry.failure.isEmpty, "\(arguments): \(entry.failure)")
            if entry.contentType == ProtobufDecoder.mediaType { #expect(!entry.object.text.contains("null"), "\(entry.object.text)") }
            return entry
        }
        #expect(create("namespace plant").object["metadata"]?["name"] == "plant")
        let secret = create("secret generic s --from-literal=password=hunter2").object
        #expect(secret["data"] == ["password": "aHVudGVyMg=="])
        #expect(secret["kind"] == "Secret" && secret["apiVersion"] == "v1")
        let map = create("configmap c --from-literal=a=1 --from-literal=b=2").object
        #expect(map["data"] == ["a": "1", "b": "2"])
        #expect(create("serviceaccount robot").object["metadata"]?["name"] == "robot")
        let role = create("role r --verb=get,list --resource=configmaps --resource-name=x").object
        #expect(role["rules"] == [["verbs": ["get", "list"], "apiGroups": [""], "resources": ["configmaps"], "resourceNames": ["x"]]])
        let binding = create("rolebinding b --role=r --user=jane --serviceaccount=ns:sa").object
        #expect(binding["roleRef"] == ["apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "r"])
        #expect(binding["subjects"]?[1]?["kind"] == "ServiceAccount" && binding["subjects"]?[1]?["namespace"] == "ns")
        #expect(create("clusterrole cr --verb=get --non-resource-url=/metrics").object["rules"] == [["verbs": ["get"], "nonResourceURLs": ["/metrics"]]])
        #expect(create("clusterrolebinding crb --clusterrole=cr --group=g").object["subjects"]?[0]?["name"] == "g")
        _ = fixture.run("auth can-i create environments.millwright.dev -n plant")
        let review = fixture.log.all.last?.object
        #expect(review?["kind"] == "SelfSubjectAccessReview")
        #expect(review?["spec"]?["resourceAttributes"]?["resource"] == "environments", "\(String(describing: review))")
    }

    @Test(arguments: KubectlFixture.kubectls)
    func checksFieldsOnCreateAndApply(kubectl: String) throws {
        let fixture = try KubectlFixture(kubectl: kubectl)
        let good = fixture.file(
            "good.yaml",
            """
            apiVersion: millwright.dev/v1alpha1
            kind: Environment
            metadata: {name: line-3}
            spec: {image: "demo:1", ports: [{name: http, containerPort: 8088}]}
            """)
        for verb in ["create", "apply"] {
            let (code, output) = fixture.run("\(verb) -f \(good)")
            #expect(code == 0, "\(verb): \(output)")
        }
        // From 1.25 on the server checks: kubectl finds fieldValidation in the documents and asks for Strict. Before, kubectl checks.
        let bad = fixture.file("bad.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndatum: {a: b}\n")
        let (code, output) = fixture.run("create -f \(bad)")
        let strict = fixture.log.all.contains { $0.path.contains("fieldValidation=Strict") }
        #expect(strict || code != 0 && output.contains("datum"), "\(output)")
        let map = fixture.file("map.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {a: b}\n")
        for file in [good, map] {
            let dry = fixture.run("apply --dry-run=server -f \(file)")
            #expect(dry.code == 0 && dry.output.contains("server dry run"), "\(dry.output)")
            #expect(fixture.log.all.last?.path.contains("dryRun=All") == true)
        }
        let serverSide = fixture.run("apply --server-side -f \(good)")
        #expect(serverSide.code == 0, "\(serverSide.output)")
        #expect(fixture.log.all.last?.contentType.hasPrefix("application/apply-patch+") == true)
    }
}
