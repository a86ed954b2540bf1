import Kernel

/// Checks that a CustomResourceDefinition's schema is structural, in the words of Kubernetes' API server.
///
/// Structural: the types of everything are said outside of `allOf`, `anyOf`, `oneOf` and `not`, which only restrict values; lists and
/// maps say how they merge; `metadata` is left to Kubernetes. Works on the document itself, so that what `StructuralSchema` leaves out
/// is seen, too.
public struct SchemaCheck {
    /// - Parameters:
    ///   - path: where the schema stands, `spec.versions[0].schema.openAPIV3Schema`.
    ///   - rules: the language of CEL rules, which defaults must obey.
    /// - Returns: what is wrong, none when the schema can be served. At most 100.
    public static func problems(_ schema: JSON, path: String, rules: RuleLanguage = .plain) -> [StatusCause] {
        var check = SchemaCheck(language: rules)
        check.structure(schema, path, .root, isInMetadata: false)
        return Array(check.causes.prefix(100))
    }

    enum Level { case root, item, field }

    let language: RuleLanguage
    var causes: [StatusCause] = []

    private init(language: RuleLanguage) { self.language = language }

    func flag(_ schema: JSON, _ name: String) -> Bool { schema[name]?.bool ?? false }
    func has(_ schema: JSON, _ name: String) -> Bool { schema[name].map { !$0.isNull } ?? false }

    // MARK: Structure

    mutating func structure(_ schema: JSON, _ path: String, _ level: Level, isInMetadata: Bool) {
        guard case .object(let object) = schema else {
            causes.append(.typeInvalid(path, .string(schema.typeName), "must be a schema, an object"))
            return
        }
        guard causes.count < 100 else { return }
        unsupported(schema, path)
        type(schema, path, level)
        extensions(schema, path)
        lists(schema, path)
        values(schema, path)
        combinations(schema, path)
        if let filler = object["default"] { defaultValue(filler, schema, path, level) }
        metadata(schema, path, level)

        for (name, member) in schema["properties"]?.object ?? JSONObject() {
            // The root's metadata has been looked at, and is not a schema of its own.
            if level == .root || flag(schema, "x-kubernetes-embedded-resource"), name == "metadata" { continue }
            structure(member, "\(path).properties[\(name)]", .field, isInMetadata: isInMetadata)
        }
        switch object["additionalProperties"] {
        case .object?:
            if !(schema["properties"]?.object?.isEmpty ?? true) {
                causes.append(.forbidden("\(path).additionalProperties", "additionalProperties and properties are mutual exclusive"))
            }
            structure(object["additionalProperties"] ?? .null, "\(path).additionalProperties", .field, isInMetadata: isInMetadata)
        case .bool(false)?: causes.append(.forbidden("\(path).additionalProperties", "additionalProperties cannot be set to false"))
        default: break
        }
        if has(schema, "additionalProperties"), level == .root {
            causes.append(.forbidden("\(path).additionalProperties", "must not be used at the root"))
        }
        if case .object? = object["items"] { structure(object["items"] ?? .null, "\(path).items", .item, isInMetadata: isInMetadata) }
    }

    /// Parts of JSON Schema that custom resources don't have.
    mutating func unsupported(_ schema: JSON, _ path: String) {
        for name in ["id", "additionalItems", "patternProperties", "definitions", "dependencies", "$ref"] where has(schema, name) {
            causes.append(.forbidden("\(path).\(name)", "\(name) is not supported"))
        }
        if flag(schema, "uniqueItems") {
            causes.append(.forbidden("\(path).uniqueItems", "uniqueItems cannot be set to true since the runtime complexity becomes quadratic"))
        }
        if case .array? = schema["items"] {
            causes.append(.forbidden("\(path).items", "items must be a schema object and not an array"))
        }
    }

    mutating func type(_ schema: JSON, _ path: String, _ level: Level) {
        let type = schema["type"]?.string ?? ""
        let isFree = flag(schema, "x-kubernetes-int-or-string") || flag(schema, "x-kubernetes-preserve-unknown-fields")
        if type == "null" {
            causes.append(.forbidden("\(path).type", "type cannot be set to null, use nullable as an alternative"))
        } else if !type.isEmpty, SchemaType(rawValue: type) == nil {
            causes.append(.notSupported("\(path).type", .string(type), supported: ["array", "boolean", "integer", "number", "object", "string"]))
        }
        if flag(schema, "x-kubernetes-embedded-resource"), type != "object" {
            let rule = "must be object if x-kubernetes-embedded-resource is true"
            causes.append(type.isEmpty ? .required("\(path).type", rule) : .invalid("\(path).type", .string(type), rule))
        } else if type.isEmpty, !isFree {
            let place = switch level {
            case .root: "at the root"
            case .item: "for specified array items"
            case .field: "for specified object fields"
            }
            causes.append(.required("\(path).type", "must not be empty \(place)"))
        }
        if level == .root, !type.isEmpty, type != "object" {
            causes.append(.invalid("\(path).type", .string(type), "must be object at the root"))
        }
        if type == "array", !has(schema, "items") { causes.append(.required("\(path).items", "must be specified")) }
        if flag(schema, "x-kubernetes-int-or-string"), !type.isEmpty {
            causes.append(.invalid("\(path).type", .string(type), "must be empty if x-kubernetes-int-or-string is true"))
        }
        if level == .root, flag(schema, "nullable") { causes.append(.forbidden("\(path).nullable", "nullable cannot be true at the root")) }
    }

    mutating func extensions(_ schema: JSON, _ path: String) {
        let preserve = "x-kubernetes-preserve-unknown-fields"
        if schema[preserve] == .bool(false) { causes.append(.invalid("\(path).\(preserve)", false, "must be true or undefined")) }
        if flag(schema, "x-kubernetes-int-or-string") {
            for name in [preserve, "x-kubernetes-embedded-resource"] where flag(schema, name) {
                causes.append(.invalid("\(path).\(name)", true, "must be false if x-kubernetes-int-or-string is true"))
            }
        }
        if flag(schema, "x-kubernetes-embedded-resource") {
            if has(schema, "additionalProperties") {
                causes.append(.forbidden("\(path).additionalProperties", "must not be used if x-kubernetes-embedded-resource is set"))
            }
            if !flag(schema, preserve), schema["properties"]?.object?.isEmpty ?? true {
                causes.append(
                    .required(
                        "\(path).properties",
                        "must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields"))
            }
        }
        kindOfContainer(schema, path, extension: "x-kubernetes-map-type", of: "object", values: ["atomic", "granular"])
        kindOfContainer(schema, path, extension: "x-kubernetes-list-type", of: "array", values: ["atomic", "map", "set"])
    }

    mutating func kindOfContainer(_ schema: JSON, _ path: String, extension name: String, of type: String, values: [String]) {
        guard let value = schema[name], !value.isNull else { return }
        let found = schema["type"]?.string ?? ""
        if found != type {
            let rule = "must be \(type) if \(name) is specified"
            causes.append(found.isEmpty ? .required("\(path).type", rule) : .invalid("\(path).type", .string(found), rule))
        }
        if !values.contains(value.string ?? "") { causes.append(.notSupported("\(path).\(name)", value, supported: values)) }
    }

    mutating func lists(_ schema: JSON, _ path: String) {
        let keys = (schema["x-kubernetes-list-map-keys"]?.array ?? []).compactMap(\.string)
        let type = schema["x-kubernetes-list-type"]?.string
        let items = schema["items"] ?? .null
        let typePath = "\(path).x-kubernetes-list-type"
        if !keys.isEmpty, type != "map" {
            let rule = "must be map if x-kubernetes-list-map-keys is non-empty"
            causes.append(type.map { .invalid(typePath, .string($0), rule) } ?? .required(typePath, rule))
        }
        switch type {
        case "set":
            if items.isNull { causes.append(.required("\(path).items", "must have a schema if x-kubernetes-list-type is set")) }
            if flag(items, "nullable") { causes.append(.forbidden("\(path).items.nullable", "cannot be nullable when x-kubernetes-list-type is set")) }
            switch items["type"]?.string {
            case "object" where items["x-kubernetes-map-type"]?.string != "atomic":
                causes.append(
                    .invalid("\(path).items.x-kubernetes-map-type", items["x-kubernetes-map-type"] ?? .null, "must be atomic as item of a list with x-kubernetes-list-type=set"))
            case "array" where items["x-kubernetes-list-type"].map({ $0.string != "atomic" }) ?? false:
                causes.append(
                    .invalid("\(path).items.x-kubernetes-list-type", items["x-kubernetes-list-type"] ?? .null, "must be atomic as item of a list with x-kubernetes-list-type=set"))
            default: break
            }
        case "map":
            if keys.isEmpty { causes.append(.required("\(path).x-kubernetes-list-map-keys", "must not be empty if x-kubernetes-list-type is map")) }
            mapItems(items, keys, path)
        default: break
        }
    }

    mutating func mapItems(_ items: JSON, _ keys: [String], _ path: String) {
        guard !items.isNull else {
            causes.append(.required("\(path).items", "must have a schema if x-kubernetes-list-type is map"))
            return
        }
        if items["type"]?.string != "object" {
            causes.append(.invalid("\(path).items.type", items["type"] ?? "", "must be object if parent array's x-kubernetes-list-type is map"))
        }
        let required = (items["required"]?.array ?? []).compactMap(\.string)
        var seen: Set<String> = []
        for (position, key) in keys.enumerated() {
            let keyPath = "\(path).x-kubernetes-list-map-keys[\(position)]"
            guard let member = items["properties"]?[key] else {
                causes.append(.invalid(keyPath, .string(key), "entries must all be names of item properties"))
                continue
            }
            let memberPath = "\(path).items.properties[\(key)]"
            if ["object", "array"].contains(member["type"]?.string ?? "") {
                causes.append(
                    .invalid("\(memberPath).type", member["type"] ?? .null, "must be a scalar type if parent array's x-kubernetes-list-type is map"))
            }
            if flag(member, "nullable") {
                causes.append(.forbidden("\(memberPath).nullable", "this property is in x-kubernetes-list-map-keys, so it cannot be nullable"))
            }
            if !required.contains(key), !has(member, "default") {
                causes.append(
                    .required("\(memberPath).default", "this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property"))
            }
            if !seen.insert(key).inserted { causes.append(.duplicate(keyPath, .string(key))) }
        }
    }
}
