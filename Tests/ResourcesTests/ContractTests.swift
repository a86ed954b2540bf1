import Foundation
import Kernel
import Resources
import Testing
import YAML

/// crds/ and the Swift types say the same: every property of the schema is read, every default, bound and enum of the one is the
/// other's. So the two never drift.
@Suite struct ContractTests {
    static let schema: JSON = {
        let url = URL(fileURLWithPath: "crds/millwright.dev_environments.yaml")
        guard let data = try? Data(contentsOf: url), let document = try? YAML.parse(data).first else { return .null }
        return document["spec"]?["versions"]?[0]?["schema"]?["openAPIV3Schema"] ?? .null
    }()

    static var spec: JSON { schema["properties"]?["spec"] ?? .null }

    /// One property of the schema: where it is, as steps of member names and list elements, and its own schema.
    struct Property: Sendable, CustomStringConvertible {
        enum Step: Sendable { case member(String), element }
        var steps: [Step]
        var schema: JSON

        var description: String {
            var text = "spec"
            for step in steps {
                switch step {
                case .member(let name): text += ".\(name)"
                case .element: text += "[0]"
                }
            }
            return text
        }
    }

    static let properties: [Property] = {
        var found: [Property] = []
        func walk(_ schema: JSON, _ steps: [Property.Step]) {
            if !steps.isEmpty { found.append(Property(steps: steps, schema: schema)) }
            for (name, child) in schema["properties"]?.object ?? JSONObject() { walk(child, steps + [.member(name)]) }
            if let items = schema["items"] { walk(items, steps + [.element]) }
        }
        walk(spec, [])
        return found
    }()

    /// A value that is right for the schema, with its required members only; then what is on the way to `steps` as well.
    static func minimal(_ schema: JSON, toward steps: ArraySlice<Property.Step>, last: JSON?) -> JSON {
        guard let step = steps.first else { return last ?? example(schema) }
        switch step {
        case .element: return [minimal(schema["items"] ?? .null, toward: steps.dropFirst(), last: last)]
        case .member(let name):
            var object = JSONObject()
            let child = schema["properties"]?[name] ?? .null
            object[name] = minimal(child, toward: steps.dropFirst(), last: last)
            for required in schema["required"]?.array?.compactMap(\.string) ?? [] where required != name {
                object[required] = example(schema["properties"]?[required] ?? .null)
            }
            // Unions want one member: the one we go through, or a harmless one.
            complete(&object, schema)
            return .object(object)
        }
    }

    static let unions = [
        ["configMap", "secret", "emptyDir", "hostPath", "persistentVolumeClaim"], ["httpGet", "tcpSocket", "exec"],
        ["secretKeyRef", "configMapKeyRef", "fieldRef"], ["configMapRef", "secretRef"],
    ]

    static func complete(_ object: inout JSONObject, _ schema: JSON) {
        for union in unions where union.allSatisfy({ schema["properties"]?[$0] != nil }) && !union.contains(where: { object[$0] != nil }) {
            let member = union.last ?? ""
            object[member] = example(schema["properties"]?[member] ?? .null)
        }
    }

    static func example(_ schema: JSON) -> JSON {
        if let choice = schema["enum"]?[0] { return choice }
        if schema["x-kubernetes-int-or-string"] == true { return schema["maxLength"] == 15 ? 8088 : "64Mi" }
        switch schema["type"]?.string {
        case "object":
            var object = JSONObject()
            for required in schema["required"]?.array?.compactMap(\.string) ?? [] {
                object[required] = example(schema["properties"]?[required] ?? .null)
            }
            complete(&object, schema)
            return .object(object)
        case "array": return schema["minItems"] == 1 ? [example(schema["items"] ?? .null)] : []
        case "integer": return schema["minimum"] ?? 1
        case "boolean": return true
        default:
            switch schema["pattern"]?.string {
            case "^/[^:]*$", #"^/\S*$"#: return "/a"
            case "^[0-9a-fA-F.:]+$": return "127.0.0.1"
            case "^[A-Z_]+$": return "CHOWN"
            default: return schema["maxLength"] == 512 ? "metadata.name" : "a"
            }
        }
    }

    static func document(_ property: Property, _ value: JSON?) -> JSON {
        var document = minimal(spec, toward: property.steps[...], last: value)
        // What belongs together, so that only the property in question can be wrong.
        if document["ports"] == nil { document["ports"] = [["containerPort": 8088, "name": "a"]] }
        for mount in document["volumeMounts"]?.array ?? [] where document["volumes"] == nil && document["volumeClaimTemplates"] == nil {
            document["volumes"] = [["name": mount["name"] ?? "a", "emptyDir": [:]]]
        }
        if document["securityContext"]?["runAsGroup"] != nil || document["securityContext"]?["runAsNonRoot"] != nil {
            if document["securityContext"]?["runAsUser"] == nil { document["securityContext"]?["runAsUser"] = 1 }
        }
        return document
    }

    static func errors(_ document: JSON) -> [FieldError] {
        do throws(InvalidResource) {
            _ = try EnvironmentSpec(document)
            return []
        } catch { return error.errors }
    }

    @Test func theSchemaIsThere() {
        #expect(Self.properties.count > 150)
    }

    @Test func everyPropertyIsKnown() {
        for property in Self.properties {
            let errors = Self.errors(Self.document(property, nil))
            #expect(errors.isEmpty, "\(property): \(errors)")
        }
    }

    @Test func aWrongTypeIsNamedWithItsPath() {
        for property in Self.properties {
            let wrong: JSON = property.schema["type"] == "array" || property.schema["x-kubernetes-int-or-string"] == true ? true : ["x"]
            let errors = Self.errors(Self.document(property, wrong))
            #expect(errors.contains { $0.path == property.description }, "\(property): \(errors)")
        }
    }

    @Test func everyBoundIsTheSame() {
        for property in Self.properties {
            func refuses(_ value: JSON, _ what: String) {
                let errors = Self.errors(Self.document(property, value))
                #expect(errors.contains { $0.path.hasPrefix(property.description) }, "\(property) must refuse \(what): \(errors)")
            }
            func accepts(_ value: JSON, _ what: String) {
                let errors = Self.errors(Self.document(property, value)).filter { $0.path == property.description }
                #expect(errors.isEmpty, "\(property) must accept \(what): \(errors)")
            }
            if let maximum = property.schema["maximum"]?.int {
                refuses(.int(maximum + 1), "\(maximum + 1)")
                accepts(.int(maximum), "\(maximum)")
            }
            if let minimum = property.schema["minimum"]?.int {
                refuses(.int(minimum - 1), "\(minimum - 1)")
                accepts(.int(minimum), "\(minimum)")
            }
            if let most = property.schema["maxLength"]?.int, most <= 40_000 {
                let prefix = property.schema["pattern"]?.string?.hasPrefix("^/") == true ? "/" : ""
                let letter = property.schema["pattern"] == "^[A-Z_]+$" ? "A" : property.schema["x-kubernetes-int-or-string"] == true ? "1" : "a"
                refuses(.string(prefix + String(repeating: letter, count: Int(most) + 1)), "\(most + 1) characters")
            }
            if let most = property.schema["maxItems"]?.int {
                refuses(.array(Array(repeating: Self.example(property.schema["items"] ?? .null), count: Int(most) + 1)), "\(most + 1) entries")
            }
            for choice in property.schema["enum"]?.array ?? [] { accepts(choice, choice.text) }
            if property.schema["enum"] != nil { refuses("Bogus", "Bogus") }
            for required in property.schema["required"]?.array?.compactMap(\.string) ?? [] {
                var value = Self.example(property.schema)
                value[required] = nil
                refuses(value, "a missing \(required)")
            }
            if property.schema["type"] == "object" {
                var value = Self.example(property.schema)
                value["bogus"] = 1
                let errors = Self.errors(Self.document(property, value))
                #expect(errors.contains { $0.path == "\(property).bogus" }, "\(property) must refuse an unknown field: \(errors)")
            }
        }
    }

    @Test func everyListOfObjectsIsBoundedAndEveryTextToo() {
        for property in Self.properties {
            if property.schema["type"] == "array" { #expect(property.schema["maxItems"] != nil, "\(property)") }
            if property.schema["type"] == "string" { #expect(property.schema["maxLength"] != nil || property.schema["enum"] != nil, "\(property)") }
            #expect(property.schema["description"] != nil || property.schema["type"] == "object" || property.steps.last.map { if case .element = $0 { true } else { false } } ?? false, "\(property) needs a description")
        }
    }

    @Test func defaultsAreTheSame() throws {
        // What the server fills in reads as what is left out.
        func filled(_ schema: JSON, _ value: JSON) -> JSON {
            var value = value
            for (name, child) in schema["properties"]?.object ?? JSONObject() {
                if value[name] == nil, let standard = child["default"] { value[name] = standard }
                if let present = value[name] {
                    if child["items"] != nil, let elements = present.array {
                        value[name] = .array(elements.map { filled(child["items"] ?? .null, $0) })
                    } else if child["properties"] != nil {
                        value[name] = filled(child, present)
                    }
                }
            }
            return value
        }
        let document: JSON = [
            "image": "demo:1", "ports": [["containerPort": 8088]], "readinessProbe": ["httpGet": ["port": 8088]],
            "livenessProbe": ["tcpSocket": ["port": 8088]], "persistentVolumeClaimRetentionPolicy": [:],
        ]
        let whole = filled(Self.spec, document)
        #expect(whole != document && whole["ports"]?[0]?["protocol"] == "TCP")
        #expect(try EnvironmentSpec(whole) == EnvironmentSpec(document))
    }

    @Test func theListOfReasonsIsWhatTheTypeHas() throws {
        // EnvironmentReason is the planner's; its words stand here once more so that a new one is written into the contract.
        let text = try #require(Self.schema["properties"]?["status"]?["properties"]?["conditions"]?["description"]?.string)
        let words = Set(text.split(whereSeparator: { !$0.isLetter }).map(String.init))
        let source = try String(contentsOf: URL(fileURLWithPath: "Sources/Controllers/Environment/Plan/EnvironmentReason.swift"), encoding: .utf8)
        let reasons = source.split(separator: "\"").enumerated().filter { $0.offset % 2 == 1 }.map { String($0.element) }
        #expect(reasons.count > 30)
        for reason in reasons { #expect(words.contains(reason), "crds/ doesn't list the reason \(reason)") }
    }
}
