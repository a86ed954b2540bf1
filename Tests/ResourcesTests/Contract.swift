import Foundation
import Kernel
import Resources
import YAML

/// A kind's schema as it stands in crds/, and the Swift type that must say the same.
struct Contract: Sendable, CustomStringConvertible {
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

    let description: String
    let schema: JSON
    let properties: [Property]
    private let decode: @Sendable (JSON) throws(InvalidResource) -> Void
    /// Adds what belongs together, so that only the property in question can be wrong.
    private let complete: @Sendable (inout JSON) -> Void

    init(_ plural: String, complete: @escaping @Sendable (inout JSON) -> Void = { _ in }, _ decode: @escaping @Sendable (JSON) throws(InvalidResource) -> Void) {
        description = plural
        let url = URL(fileURLWithPath: "crds/millwright.dev_\(plural).yaml")
        let document = (try? Data(contentsOf: url)).flatMap { try? YAML.parse($0).first }
        schema = document?["spec"]?["versions"]?[0]?["schema"]?["openAPIV3Schema"] ?? .null
        var found: [Property] = []
        func walk(_ schema: JSON, _ steps: [Property.Step]) {
            if !steps.isEmpty { found.append(Property(steps: steps, schema: schema)) }
            for (name, child) in schema["properties"]?.object ?? JSONObject() { walk(child, steps + [.member(name)]) }
            if let items = schema["items"] { walk(items, steps + [.element]) }
        }
        walk(schema["properties"]?["spec"] ?? .null, [])
        properties = found
        self.decode = decode
        self.complete = complete
    }

    static let all = [environment, dataPipeline, dataPipelineRun, runSchedule]

    static let environment = Contract(
        "environments",
        complete: { document in
            if document["ports"] == nil { document["ports"] = [["containerPort": 8088, "name": "a"]] }
            for mount in document["volumeMounts"]?.array ?? [] where document["volumes"] == nil && document["volumeClaimTemplates"] == nil {
                document["volumes"] = [["name": mount["name"] ?? "a", "emptyDir": [:]]]
            }
            if document["securityContext"]?["runAsGroup"] != nil || document["securityContext"]?["runAsNonRoot"] != nil {
                if document["securityContext"]?["runAsUser"] == nil { document["securityContext"]?["runAsUser"] = 1 }
            }
        }
    ) { (json: JSON) throws(InvalidResource) in _ = try EnvironmentSpec(json) }

    static let dataPipeline = Contract(
        "datapipelines",
        complete: { document in
            if document["errors"] == nil { document["errors"] = [:] }
            if document["errors"]?.object != nil, document["errors"]?["deadLetter"] == nil { document["errors"]?["deadLetter"] = ["path": "dead"] }
            if let output = document["outputs"]?[0], let fallback = output["fallback"]?.string, fallback.utf8.count < 64 {
                document["outputs"] = [
                    { var other = output; other["name"] = .string("x\(output["name"]?.string ?? "")"); return other }(),
                    ["name": .string(fallback), "delimited": ["path": "fallback"]],
                ]
            }
            if document["errors"]?["deadLetter"]?["path"] == "a" { document["outputs"] = [["name": "a", "delimited": ["path": "out"]]] }
            for step in ["columns"] where document["source"]?["delimited"]?["header"] == false { document["source"]?["delimited"]?[step] = [["name": "a"]] }
        }
    ) { (json: JSON) throws(InvalidResource) in _ = try DataPipelineSpec(json) }

    static let dataPipelineRun = Contract("datapipelineruns") { (json: JSON) throws(InvalidResource) in _ = try DataPipelineRunSpec(json) }
    static let runSchedule = Contract("runschedules") { (json: JSON) throws(InvalidResource) in _ = try RunScheduleSpec(json) }

    // MARK: Documents

    func errors(_ document: JSON) -> [FieldError] {
        do throws(InvalidResource) {
            try decode(document)
            return []
        } catch { return error.errors }
    }

    func document(_ property: Property, _ value: JSON?) -> JSON {
        var document = Self.minimal(schema["properties"]?["spec"] ?? .null, toward: property.steps[...], last: value)
        complete(&document)
        return document
    }

    /// The document with the schema's defaults, as the server fills them in.
    func filled(_ document: JSON) -> JSON { Self.filled(schema["properties"]?["spec"] ?? .null, document) }

    private static func filled(_ schema: JSON, _ value: JSON) -> JSON {
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

    /// A value that is right for the schema, with its required members only; then what is on the way to `steps` as well.
    private static func minimal(_ schema: JSON, toward steps: ArraySlice<Property.Step>, last: JSON?) -> JSON {
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
            completeUnion(&object, schema)
            return .object(object)
        }
    }

    private static let unions = [
        ["configMap", "secret", "emptyDir", "hostPath", "persistentVolumeClaim"], ["httpGet", "tcpSocket", "exec"],
        ["secretKeyRef", "configMapKeyRef", "fieldRef"], ["configMapRef", "secretRef"],
        ["javascript", "filter", "derive", "select", "rename", "cast", "lookup", "split", "deduplicate", "sort", "aggregate"],
        ["jsonLines", "postgresql", "delimited"], ["configMapKeyRef", "source"],
    ]

    private static func completeUnion(_ object: inout JSONObject, _ schema: JSON) {
        // An Upsert's keys and their mode go together.
        if schema["properties"]?["connectionSecretRef"] != nil {
            if let keys = object["keys"], keys.array?.isEmpty != true { object["mode"] = "Upsert" }
            if object["mode"] == "Upsert", object["keys"] == nil { object["keys"] = ["a"] }
        }
        if schema["properties"]?["outcome"] != nil, object["expect"] != nil { object["outcome"] = nil }
        if schema["properties"]?["function"] != nil, object["function"] != "Count", object["of"] == nil { object["of"] = "a" }
        for union in unions where union.allSatisfy({ schema["properties"]?[$0] != nil }) && !union.contains(where: { object[$0] != nil }) {
            // `source` is also the name of other things; a lookup's is an object.
            guard schema["properties"]?["source"]?["type"] != "object" else { continue }
            let member = union.last ?? ""
            object[member] = example(schema["properties"]?[member] ?? .null)
        }
    }

    static func example(_ schema: JSON) -> JSON {
        if let choice = schema["enum"]?[0] { return choice }
        if schema["x-kubernetes-int-or-string"] == true { return schema["maxLength"] == 15 ? 8088 : "64Mi" }
        switch schema["type"]?.string {
        case "object":
            if schema["additionalProperties"] != nil { return ["a": "a"] }
            var object = JSONObject()
            for required in schema["required"]?.array?.compactMap(\.string) ?? [] {
                object[required] = example(schema["properties"]?[required] ?? .null)
            }
            completeUnion(&object, schema)
            return .object(object)
        case "array": return schema["minItems"] == 1 ? [example(schema["items"] ?? .null)] : []
        case "integer": return schema["minimum"] ?? 1
        case "boolean": return true
        default:
            switch schema["pattern"]?.string {
            case "^/[^:]*$", #"^/\S*$"#: return "/a"
            case "^[0-9a-fA-F.:]+$": return "127.0.0.1"
            case "^[A-Z_]+$": return "CHOWN"
            case "^([0-9]+(ms|s|m|h))+$": return "1s"
            default: return schema["maxLength"] == 512 ? "metadata.name" : "a"
            }
        }
    }
}
