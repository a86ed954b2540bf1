import Kernel
import Testing
import YAML

@testable import APIServerCore

struct OpenAPITests {
    private static let resources: [ResourceDefinition] = (try? KubectlFixture.resources()) ?? []
    private static let documents = OpenAPIDocuments(resources, millwrightVersion: "0.1.0")

    /// Every object in a document, with the way to it.
    private func visit(_ value: JSON, _ path: String = "", _ body: (String, JSONObject) -> Void) {
        switch value {
        case .object(let object):
            body(path, object)
            for (key, member) in object { visit(member, "\(path)/\(key)", body) }
        case .array(let items): for (position, item) in items.enumerated() { visit(item, "\(path)/\(position)", body) }
        default: break
        }
    }

    private func unresolved(_ document: JSON, _ schemas: JSON?, prefix: String) -> [String] {
        var missing: [String] = []
        visit(document) { path, object in
            guard let reference = object["$ref"]?.string else { return }
            if !reference.hasPrefix(prefix) || schemas?[String(reference.dropFirst(prefix.count))] == nil { missing.append("\(path): \(reference)") }
        }
        return missing
    }

    @Test func theCustomKindIsThere() { #expect(Self.resources.contains { $0.kind == "Environment" }) }

    @Test func everyReferenceLeadsSomewhere() {
        for path in Self.documents.v3Paths {
            let document = Self.documents.v3(path) ?? .null
            #expect(unresolved(document, document["components"]?["schemas"], prefix: "#/components/schemas/") == [], "\(path)")
        }
        #expect(unresolved(Self.documents.v2, Self.documents.v2["definitions"], prefix: "#/definitions/") == [])
    }

    @Test func everyServedVerbHasItsOperationAndNoOther() throws {
        for resource in Self.resources {
            let group = resource.group.isEmpty ? "api/\(resource.version)" : "apis/\(resource.group)/\(resource.version)"
            let paths = try #require(Self.documents.v3(group)?["paths"]?.object)
            var actions: Set<String> = []
            for (path, item) in paths where path.hasSuffix("/\(resource.plural)") || path.hasSuffix("/\(resource.plural)/{name}") {
                for (method, operation) in item.object ?? JSONObject() where method != "parameters" {
                    actions.insert(operation["x-kubernetes-action"]?.string ?? "")
                    let kind = operation["x-kubernetes-group-version-kind"]
                    #expect(kind == KindFields.value(resource.groupVersionKind), "\(method) \(path)")
                }
            }
            let expected = Set(resource.verbs.compactMap { OpenAPIOperation.Action($0)?.rawValue })
            #expect(actions == expected, "\(resource.plural)")
        }
    }

    @Test func writesListFieldValidationAndPatchesTheirTypes() throws {
        var patches = 0
        for path in Self.documents.v3Paths {
            for (url, item) in try #require(Self.documents.v3(path)?["paths"]?.object) {
                for method in ["post", "put", "patch"] {
                    guard let operation = item[method] else { continue }
                    let names = (operation["parameters"]?.array ?? []).compactMap { $0["name"]?.string }
                    #expect(names.contains("fieldValidation") && names.contains("dryRun"), "\(method) \(url)")
                    guard method == "patch" else { continue }
                    patches += 1
                    let types = operation["requestBody"]?["content"]?.object?.keys ?? []
                    #expect(types.contains("application/apply-patch+yaml") && types.contains("application/merge-patch+json"))
                    #expect(types.contains("application/strategic-merge-patch+json") == !url.contains("millwright.dev"), "\(url)")
                }
            }
        }
        #expect(patches > 15)
    }

    @Test func everyKindIsNamedByOneSchema() throws {
        for resource in Self.resources {
            let group = resource.group.isEmpty ? "api/\(resource.version)" : "apis/\(resource.group)/\(resource.version)"
            for schemas in [Self.documents.v3(group)?["components"]?["schemas"], Self.documents.v2["definitions"]] {
                let named = (schemas?.object ?? JSONObject()).filter {
                    $0.1["x-kubernetes-group-version-kind"]?.array?.contains(KindFields.value(resource.groupVersionKind)) == true
                }
                #expect(named.map(\.0) == [resource.typeName], "\(resource.plural)")
            }
        }
    }

    /// What v2 can't say is left out, so that kubectl 1.20's own validation doesn't refuse what the server takes.
    @Test func version2SaysNothingItHasNoWordFor() {
        visit(Self.documents.v2["definitions"] ?? .null) { path, object in
            for word in ["nullable", "anyOf", "oneOf", "not", "x-kubernetes-validations"] where !path.hasSuffix("/properties") {
                #expect(object[word] == nil, "\(path)/\(word)")
            }
            if object["x-kubernetes-int-or-string"] == true { #expect(object["type"] == nil, "\(path)") }
        }
        let schema: JSON = [
            "type": "object",
            "properties": ["a": ["type": "string", "nullable": true], "b": ["type": "object", "x-kubernetes-preserve-unknown-fields": true, "required": ["c"]]],
        ]
        let reduced: JSON = ["type": "object", "properties": ["a": [:], "b": ["type": "object", "x-kubernetes-preserve-unknown-fields": true]]]
        #expect(SwaggerSchema.reduced(schema) == reduced)
    }

    @Test func theIndexCarriesHashes() {
        let index = OpenAPIDocuments.v3Index(hashes: [("api/v1", "AB")])
        #expect(index == ["paths": ["api/v1": ["serverRelativeURL": "/openapi/v3/api/v1?hash=AB"]]])
        #expect(Self.documents.v3Paths.contains("apis/millwright.dev/v1alpha1") && Self.documents.v3("apis/none/v1") == nil)
        let again = OpenAPIDocuments(Self.resources.reversed(), millwrightVersion: "0.1.0")
        #expect(again.v2.bytes == Self.documents.v2.bytes && again.v2Protobuf == Self.documents.v2Protobuf)
    }

    @Test(arguments: [
        (nil, OpenAPIMediaType.json), ("application/json", .json), ("*/*", .json),
        ("application/com.github.proto-openapi.spec.v2@v1.0+protobuf", .protobuf),
        ("application/com.github.proto-openapi.spec.v2.v1.0+protobuf, application/json", .protobuf), ("text/html", nil),
    ] as [(String?, OpenAPIMediaType?)])
    func negotiatesVersion2(accept: String?, type: OpenAPIMediaType?) {
        #expect(OpenAPIMediaType(accept: accept) == type)
    }

    /// Document: 1 swagger, 8 paths (2: name and item), 9 definitions (1: name and schema), read back field by field.
    @Test func version2InProtobufHoldsTheSame() throws {
        func fields(_ bytes: ArraySlice<UInt8>) throws -> [(Int, ArraySlice<UInt8>)] {
            var reader = ProtobufReader(bytes)
            var result: [(Int, ArraySlice<UInt8>)] = []
            while let (number, value) = try reader.next() { if case .bytes(let inner) = value { result.append((number, inner)) } }
            return result
        }
        func text(_ bytes: ArraySlice<UInt8>?) -> String { String(decoding: bytes ?? [], as: UTF8.self) }
        func first(_ list: [(Int, ArraySlice<UInt8>)], _ number: Int) -> ArraySlice<UInt8>? { list.first { $0.0 == number }?.1 }

        let v2 = Self.documents.v2
        let document = try fields(Self.documents.v2Protobuf[...])
        #expect(text(first(document, 1)) == "2.0")
        let paths = try fields(try #require(first(document, 8))).map { text(first(try fields($0.1), 1)) }
        #expect(paths == v2["paths"]?.object?.keys)
        let definitions = try fields(try #require(first(document, 9)))
        #expect(try definitions.map { text(first(try fields($0.1), 1)) } == v2["definitions"]?.object?.keys)
        let map = try #require(try definitions.first { text(first(try fields($0.1), 1)) == "io.k8s.api.core.v1.ConfigMap" })
        let schema = try fields(try #require(first(try fields(map.1), 2)))
        #expect(text(first(try fields(try #require(first(schema, 22))), 1)) == "object")
        let properties = try fields(try #require(first(schema, 25))).map { text(first(try fields($0.1), 1)) }
        #expect(properties == ["apiVersion", "binaryData", "data", "immutable", "kind", "metadata"])
        // Extensions are a name and YAML text within an Any.
        let pair = try fields(try #require(first(schema, 31)))
        #expect(text(first(pair, 1)) == "x-kubernetes-group-version-kind")
        let yaml = text(first(try fields(try #require(first(pair, 2))), 2))
        #expect(try YAML.parse(yaml).first == [["group": "", "kind": "ConfigMap", "version": "v1"]])
    }
}
