import Kernel
import RegularExpressions

extension SchemaCheck {
    mutating func values(_ schema: JSON, _ path: String) {
        if let pattern = schema["pattern"]?.string, !pattern.isEmpty {
            do throws(RegularExpressionError) {
                _ = try RegularExpression(pattern)
            } catch {
                causes.append(.invalid("\(path).pattern", .string(pattern), "must be a valid regular expression, but isn't: \(error)"))
            }
        }
        for name in ["minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"] {
            if let count = schema[name]?.int, count < 0 { causes.append(.invalid("\(path).\(name)", .int(count), "must be greater than or equal to 0")) }
        }
        if let factor = schema["multipleOf"]?.double, factor <= 0 {
            causes.append(.invalid("\(path).multipleOf", schema["multipleOf"] ?? .null, "must be greater than 0"))
        }
    }

    /// Alternatives that the int-or-string forms may hold, though types don't belong there.
    private static let intOrString: JSON = [["type": "integer"], ["type": "string"]]

    mutating func combinations(_ schema: JSON, _ path: String) {
        let isIntOrString = flag(schema, "x-kubernetes-int-or-string")
        for name in ["allOf", "anyOf", "oneOf"] {
            if isIntOrString, name == "anyOf", schema["anyOf"] == Self.intOrString { continue }
            for (position, part) in (schema[name]?.array ?? []).enumerated() {
                let isForm = isIntOrString && name == "allOf" && position == 0 && part["anyOf"] == Self.intOrString
                nested(part, "\(path).\(name)[\(position)]", of: schema, skipsAnyOf: isForm)
            }
        }
        if has(schema, "not") { nested(schema["not"] ?? .null, "\(path).not", of: schema) }
    }

    /// A schema inside of a combination: it restricts values of what is specified outside of it, and says nothing of its own.
    mutating func nested(_ schema: JSON, _ path: String, of outer: JSON, skipsAnyOf: Bool = false) {
        guard case .object = schema, causes.count < 100 else { return }
        unsupported(schema, path)
        values(schema, path)
        for (name, rule) in [
            ("type", "must be empty to be structural"), ("default", "must be undefined to be structural"), ("title", "must be empty to be structural"),
            ("description", "must be empty to be structural"), ("additionalProperties", "must be undefined to be structural"),
            ("externalDocs", "must be undefined to be structural"), ("x-kubernetes-list-type", "must be undefined to be structural"),
            ("x-kubernetes-map-type", "must be undefined to be structural"),
        ] where has(schema, name) && schema[name]?.string != "" {
            causes.append(.forbidden("\(path).\(name)", rule))
        }
        for name in ["nullable", "x-kubernetes-preserve-unknown-fields", "x-kubernetes-embedded-resource", "x-kubernetes-int-or-string"]
        where flag(schema, name) {
            causes.append(.forbidden("\(path).\(name)", "must be false to be structural"))
        }
        for name in ["x-kubernetes-list-map-keys", "x-kubernetes-validations"] where !(schema[name]?.array?.isEmpty ?? true) {
            causes.append(.forbidden("\(path).\(name)", "must be empty to be structural"))
        }
        for (name, part) in schema["properties"]?.object ?? JSONObject() {
            let place = "\(path).properties[\(name)]"
            if name == "metadata" { causes.append(.forbidden(place, "must not be specified in a nested context")) }
            guard let specified = outer["properties"]?[name] else {
                causes.append(.required(Self.specifiedPlace(place), "because it is defined in \(place)"))
                continue
            }
            nested(part, place, of: specified)
        }
        if has(schema, "items") {
            if has(outer, "items") {
                nested(schema["items"] ?? .null, "\(path).items", of: outer["items"] ?? .null)
            } else {
                causes.append(.required(Self.specifiedPlace("\(path).items"), "because it is defined in \(path).items"))
            }
        }
        for name in ["allOf", "anyOf", "oneOf"] where !(skipsAnyOf && name == "anyOf") {
            for (position, part) in (schema[name]?.array ?? []).enumerated() { nested(part, "\(path).\(name)[\(position)]", of: outer) }
        }
        if has(schema, "not") { nested(schema["not"] ?? .null, "\(path).not", of: outer) }
    }

    /// Where what a combination restricts ought to be specified: the path without the steps into combinations.
    private static func specifiedPlace(_ path: String) -> String {
        path.split(separator: ".").filter { step in
            !(step == "not" || step.hasPrefix("allOf[") || step.hasPrefix("anyOf[") || step.hasPrefix("oneOf["))
        }.joined(separator: ".")
    }

    // MARK: Defaults and metadata

    mutating func defaultValue(_ value: JSON, _ schema: JSON, _ path: String, _ level: Level) {
        let place = "\(path).default"
        if level == .root {
            causes.append(.forbidden(place, "must not be set at the root"))
            return
        }
        let compiled = StructuralSchema(openAPI: schema)
        if value.isNull, !compiled.fields.nullable {
            causes.append(.invalid(place, value, "must not be null unless nullable is true"))
            return
        }
        let unknown = compiled.unknownFields(in: value, isResource: compiled.fields.embeddedResource)
        if !unknown.isEmpty {
            causes.append(.invalid(place, value, "must not have unknown fields: \(unknown.joined(separator: ", "))"))
        }
        var complete = value
        compiled.applyDefaults(&complete)
        let faults = compiled.validate(complete, path: [place], isResource: compiled.fields.embeddedResource)
        causes += faults
        if faults.isEmpty, let rules = RuleTree.of(compiled, isResource: compiled.fields.embeddedResource, language) {
            var validation = RuleValidation()
            validation.run(rules, value, old: value, path: place, forgives: false)
            if validation.causes.isEmpty {
                // Some rules speak only of what is new.
                validation.run(rules, value, old: nil, path: place)
            }
            causes += validation.causes
        }
    }

    mutating func metadata(_ schema: JSON, _ path: String, _ level: Level) {
        guard level == .root || flag(schema, "x-kubernetes-embedded-resource") else { return }
        for name in ["apiVersion", "kind"] {
            if let member = schema["properties"]?[name], member["type"]?.string != "string" {
                causes.append(.invalid("\(path).properties[\(name)].type", member["type"] ?? "", "must be string"))
            }
        }
        guard let metadata = schema["properties"]?["metadata"] else { return }
        let place = "\(path).properties[metadata]"
        if metadata["type"]?.string != "object" { causes.append(.invalid("\(place).type", metadata["type"] ?? "", "must be object")) }
        guard level == .root else { return }
        let members = metadata["properties"]?.object?.keys ?? []
        let isPlain = metadata.object?.keys.allSatisfy { ["type", "properties"].contains($0) } ?? false
        if !isPlain || !members.allSatisfy({ $0 == "name" || $0 == "generateName" }) {
            causes.append(.forbidden(place, "must not specify anything other than name and generateName, but metadata is implicitly specified"))
        }
    }
}
