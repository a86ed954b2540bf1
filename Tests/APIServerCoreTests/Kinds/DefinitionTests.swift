import Kernel
import Testing

@testable import APIServerCore

/// CustomResourceDefinitions: their rules, their status, and the resources they become.
struct DefinitionTests {
    private static let good: JSON = [
        "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": ["name": "lamps.example.com"],
        "spec": [
            "group": "example.com", "scope": "Namespaced", "names": ["plural": "lamps", "kind": "Lamp", "shortNames": ["lp"], "categories": ["all"]],
            "versions": [
                [
                    "name": "v1beta1", "served": true, "storage": false, "deprecated": true,
                    "schema": ["openAPIV3Schema": ["type": "object", "x-kubernetes-preserve-unknown-fields": true]],
                ],
                [
                    "name": "v1", "served": true, "storage": true,
                    "schema": [
                        "openAPIV3Schema": [
                            "type": "object",
                            "properties": [
                                "spec": ["type": "object", "properties": ["color": ["type": "string"], "size": ["type": "integer", "nullable": true]]],
                                "status": ["type": "object", "properties": ["replicas": ["type": "integer"]]],
                            ],
                        ]
                    ],
                    "subresources": ["status": [:], "scale": ["specReplicasPath": ".spec.size", "statusReplicasPath": ".status.replicas"]],
                    "selectableFields": [["jsonPath": ".spec.color"]],
                    "additionalPrinterColumns": [["name": "Color", "type": "string", "jsonPath": ".spec.color"]],
                ],
                ["name": "v0", "served": false, "storage": false, "schema": ["openAPIV3Schema": ["type": "object"]]],
            ],
        ],
    ]

    private static func accepted(_ definition: JSON, others: [JSON] = []) -> JSON {
        var object = definition
        DefinitionStrategy().prepareForCreate(&object)
        if let status = DefinitionStatus.next(object, others: others, now: Timestamp(seconds: 0)) { object["status"] = status }
        return object
    }

    private static func changed(_ path: [String], _ value: JSON?, _ definition: JSON = good) -> JSON {
        var object = definition
        object[path: path] = value
        return object
    }

    private static func version(_ change: (inout JSON) -> Void) -> JSON {
        var version: JSON = ["name": "v1", "served": true, "storage": true, "schema": ["openAPIV3Schema": ["type": "object"]]]
        change(&version)
        return changed(["spec", "versions"], [version])
    }

    @Test func aGoodOneIsCompletedAndAccepted() throws {
        var object = Self.good
        let strategy = DefinitionStrategy()
        strategy.prepareForCreate(&object)
        #expect(strategy.validateCreate(object).map(\.text) == [])
        #expect(object["spec"]?["names"]?["singular"] == "lamp" && object["spec"]?["names"]?["listKind"] == "LampList")
        #expect(object["spec"]?["conversion"] == ["strategy": "None"] && object["status"]?["storedVersions"] == ["v1"])
        #expect(!DefinitionStatus.isEstablished(object))
        object["status"] = try #require(DefinitionStatus.next(object, others: [], now: Timestamp(seconds: 0)))
        #expect(DefinitionStatus.isEstablished(object))
        #expect(DefinitionStatus.condition("NamesAccepted", of: object)?["reason"] == "NoConflicts")
        #expect(object["status"]?["acceptedNames"] == object["spec"]?["names"])
        #expect(DefinitionStatus.next(object, others: [], now: Timestamp(seconds: 9)) == nil, "a second look changes nothing")
    }

    @Test(arguments: [
        (changed(["metadata", "name"], "x"), #"metadata.name: Invalid value: "x": must be spec.names.plural+"."+spec.group"#),
        (changed(["spec", "group"], "nodot"), #"spec.group: Invalid value: "nodot": should be a domain with at least one dot"#),
        (
            changed(["spec", "group"], "rbac.authorization.k8s.io"),
            "spec.group: Forbidden: rbac.authorization.k8s.io belongs to the server itself; use a domain of your own"
        ),
        (changed(["spec", "scope"], "Global"), #"spec.scope: Unsupported value: "Global": supported values: "Cluster", "Namespaced""#),
        (changed(["spec", "scope"], nil), "spec.scope: Required value"),
        (changed(["spec", "names", "listKind"], "Lamp"), #"spec.names.listKind: Invalid value: "Lamp": kind and listKind may not be the same"#),
        (changed(["spec", "names", "kind"], nil), "spec.names.kind: Required value"),
        (changed(["spec", "conversion"], ["strategy": "Webhook"]), #"spec.conversion.strategy: Unsupported value: "Webhook": supported values: "None""#),
        (version { $0["storage"] = false }, #"spec.versions: Invalid value: ["v1"]: must have exactly one version marked as storage version"#),
        (version { $0["schema"] = nil }, "spec.versions[0].schema.openAPIV3Schema: Required value"),
        (version { $0["name"] = "V1" }, #"spec.versions[0].name: Invalid value: "V1": a DNS-1035 label must consist of"#),
        (
            version { $0["subresources"] = ["scale": ["specReplicasPath": "spec.x", "statusReplicasPath": ".status.x"]] },
            #"spec.versions[0].subresources.scale.specReplicasPath: Invalid value: "spec.x": must be a simple json path starting with ."#
        ),
        (
            version { $0["additionalPrinterColumns"] = [["name": "A", "type": "text", "jsonPath": ".a"]] },
            #"spec.versions[0].additionalPrinterColumns[0].type: Invalid value: "text": must be one of boolean,date,integer,number,string"#
        ),
        (
            version { $0["selectableFields"] = [["jsonPath": ".metadata.name"]] },
            #"spec.versions[0].selectableFields[0].jsonPath: Invalid value: ".metadata.name": must not point to fields in metadata"#
        ),
        (version { $0["deprecationWarning"] = "x" }, #"spec.versions[0].deprecationWarning: Invalid value: "x": can only be set for deprecated versions"#),
    ])
    func whatIsWrongIsSaid(definition: JSON, fault: String) {
        var object = definition
        DefinitionStrategy().prepareForCreate(&object)
        let faults = DefinitionStrategy().validateCreate(object).map(\.text)
        #expect(faults.contains { $0.hasPrefix(fault) }, "\(faults)")
    }

    @Test func whatMayNotChange() {
        let old = Self.accepted(Self.good)
        func faults(_ change: (inout JSON) -> Void) -> [String] {
            var object = old
            change(&object)
            DefinitionStrategy().prepareForUpdate(&object, old: old)
            return DefinitionStrategy().validateUpdate(object, old: old).map(\.text)
        }
        #expect(faults { _ in }.isEmpty)
        #expect(faults { $0[path: ["spec", "scope"]] = "Cluster" } == [#"spec.scope: Invalid value: "Cluster": field is immutable"#])
        #expect(faults { $0[path: ["spec", "names", "kind"]] = "Bulb" }.first == #"spec.names.kind: Invalid value: "Bulb": field is immutable"#)
        let gone = faults { $0[path: ["spec", "versions"]] = [["name": "v2", "served": true, "storage": true, "schema": ["openAPIV3Schema": ["type": "object"]]]] }
        #expect(gone.count == 1 && gone[0].hasPrefix(#"status.storedVersions[0]: Invalid value: "v1": missing from spec.versions; v1 was previously a storage version"#), "\(gone)")
    }

    @Test func aTakenNameIsNotServed() throws {
        let first = Self.accepted(Self.good)
        var second = Self.changed(["metadata", "name"], "bulbs.example.com")
        second[path: ["spec", "names"]] = ["plural": "bulbs", "kind": "Lamp", "shortNames": ["lp"]]
        second = Self.accepted(second, others: [first])
        #expect(DefinitionStatus.condition("NamesAccepted", of: second)?["status"] == "False")
        #expect(DefinitionStatus.condition("NamesAccepted", of: second)?["message"] == #""LampList" is already in use"#)
        #expect(DefinitionStatus.condition("Established", of: second)?["reason"] == "NotAccepted")
        #expect(second["status"]?["acceptedNames"]?["plural"] == "bulbs" && second["status"]?["acceptedNames"]?["shortNames"] == nil)
        // The first one goes: the second gets its names.
        let status = try #require(DefinitionStatus.next(second, others: [], now: Timestamp(seconds: 1)))
        second["status"] = status
        #expect(DefinitionStatus.isEstablished(second) && second["status"]?["acceptedNames"]?["kind"] == "Lamp")
    }

    @Test func becomesResources() throws {
        let resources = CustomResources.resources(of: Self.accepted(Self.good))
        #expect(resources.map(\.version) == ["v1", "v1beta1"], "what isn't served is left out, the preferred one comes first")
        let v1 = try #require(resources.first)
        #expect(v1.kind == "Lamp" && v1.listKind == "LampList" && v1.singular == "lamp" && v1.shortNames == ["lp"] && v1.categories == ["all"])
        #expect(v1.subresources.map(\.name) == ["status", "scale"] && v1.scale?.specReplicasPath == ".spec.size")
        #expect(v1.printerColumns.map(\.name) == ["Name", "Color"] && v1.selectableFields == [SelectableField("spec.color")])
        #expect(!v1.allowsUnconditionalUpdate && v1.hasGeneration && v1.patches == .applyOnly && v1.typeName == "com.example.v1.Lamp")
        #expect(v1.schema.at(["metadata", "finalizers"])?.listType == .set && v1.schema.at(["spec", "color"])?.type == .string)
        #expect(v1.storage.isIdentity && v1.storage.resource == "lamps.example.com" && v1.deprecationWarning == nil)
        let beta = try #require(resources.last)
        #expect(beta.printerColumns.map(\.name) == ["Name", "Age"] && beta.deprecationWarning == "example.com/v1beta1 Lamp is deprecated")
        let stored = beta.storage.stored(["apiVersion": "example.com/v1beta1", "kind": "Lamp"])
        #expect(stored == ["apiVersion": "example.com/v1", "kind": "Lamp"])
        #expect(beta.storage.served(stored) == ["apiVersion": "example.com/v1beta1", "kind": "Lamp"])
    }

    @Test func everyBuiltInKindHasATypeAndASchema() {
        for resource in BuiltInResources.all {
            let type = APITypes.named(resource.typeName)
            #expect(type?.kinds == [resource.groupVersionKind], "\(resource.plural)")
            #expect(resource.schema.at(["metadata", "labels"])?.type == .object, "\(resource.plural)")
            for field in type?.fields ?? [] { #expect(!field.description.isEmpty, "\(resource.plural).\(field.name)") }
        }
        for type in APITypes.all {
            let numbers = type.fields.map(\.number)
            #expect(Set(numbers).count == numbers.count, "\(type.name) has a number twice")
            for field in type.fields { if let name = field.type.referenced { #expect(APITypes.named(name) != nil, "\(type.name).\(field.name)") } }
        }
        #expect(APITypes.structuralSchema(CoreTypes.prefix + "ServiceAccount").at(["secrets"])?.patchMergeKey == "name")
    }
}
