import Kernel

/// One reading of a schema document.
struct SchemaReader {
    private let references: (String) -> JSON?
    private var known: [String: StructuralSchema] = [:]
    private var open: Set<String> = []

    init(_ references: @escaping (String) -> JSON?) { self.references = references }

    mutating func schema(_ value: JSON) -> StructuralSchema {
        if let name = Self.reference(value) {
            if let schema = known[name] { return schema }
            guard let target = references(name), open.insert(name).inserted else { return .anything() }
            defer { open.remove(name) }
            let schema = StructuralSchema(fields(target))
            known[name] = schema
            return schema
        }
        return StructuralSchema(fields(value))
    }

    mutating func fields(_ value: JSON) -> SchemaFields {
        var fields = SchemaFields()
        guard case .object(let object) = value else { return fields }
        if let name = Self.reference(value) { fields = schema(.object(["$ref": .string(name)])).fields }
        // `allOf: [{$ref}]` beside a description or default is how a reference is decorated.
        if case .array(let parts)? = object["allOf"], parts.count == 1, let only = parts.first, let name = Self.reference(only) {
            fields = schema(.object(["$ref": .string(name)])).fields
            for (key, member) in object where key != "allOf" { read(key, member, into: &fields) }
            return fields
        }
        for (key, member) in object { read(key, member, into: &fields) }
        if fields.format == "int-or-string" {
            // How the built-in kinds' OpenAPI says it.
            fields.intOrString = true
            fields.type = nil
            fields.format = nil
            fields.oneOf = []
        }
        return fields
    }

    private static func reference(_ value: JSON) -> String? {
        value["$ref"]?.string.map { $0.split(separator: "/").last.map(String.init) ?? $0 }
    }

    private mutating func read(_ key: String, _ value: JSON, into fields: inout SchemaFields) {
        switch key {
        case "type": fields.type = value.string.flatMap(SchemaType.init(rawValue:))
        case "title": fields.title = value.string
        case "description": fields.description = value.string
        case "format": fields.format = value.string.flatMap { $0.isEmpty ? nil : $0 }
        case "nullable": fields.nullable = value.bool ?? false
        case "default": fields.default = value
        case "example": fields.example = value
        case "properties":
            var members: [(String, StructuralSchema)] = []
            for (name, member) in value.object ?? JSONObject() { members.append((name, schema(member))) }
            fields.properties = SchemaProperties(members)
        case "required": fields.required = value.array?.compactMap(\.string) ?? []
        case "additionalProperties":
            switch value {
            case .bool(let allowed): fields.additionalProperties = .allowed(allowed)
            case .object: fields.additionalProperties = .schema(schema(value))
            default: break
            }
        case "items": if case .object = value { fields.items = schema(value) }
        case "enum": fields.enum = value.array
        case "pattern": fields.pattern = value.string.flatMap { $0.isEmpty ? nil : $0 }
        case "minimum": fields.minimum = value.double.map { _ in value }
        case "exclusiveMinimum": fields.exclusiveMinimum = value.bool ?? false
        case "maximum": fields.maximum = value.double.map { _ in value }
        case "exclusiveMaximum": fields.exclusiveMaximum = value.bool ?? false
        case "multipleOf": fields.multipleOf = value.double.map { _ in value }
        case "minLength": fields.minLength = Self.count(value)
        case "maxLength": fields.maxLength = Self.count(value)
        case "minItems": fields.minItems = Self.count(value)
        case "maxItems": fields.maxItems = Self.count(value)
        case "uniqueItems": fields.uniqueItems = value.bool ?? false
        case "minProperties": fields.minProperties = Self.count(value)
        case "maxProperties": fields.maxProperties = Self.count(value)
        case "allOf": fields.allOf = schemas(value)
        case "anyOf": fields.anyOf = schemas(value)
        case "oneOf": fields.oneOf = schemas(value)
        case "not": if case .object = value { fields.not = schema(value) }
        default: if key.hasPrefix("x-kubernetes-") { Self.readExtension(key, value, into: &fields) }
        }
    }

    private static func readExtension(_ key: String, _ value: JSON, into fields: inout SchemaFields) {
        switch key {
        case "x-kubernetes-preserve-unknown-fields": fields.preserveUnknownFields = value.bool ?? false
        case "x-kubernetes-int-or-string": fields.intOrString = value.bool ?? false
        case "x-kubernetes-embedded-resource": fields.embeddedResource = value.bool ?? false
        case "x-kubernetes-list-type": fields.listType = value.string.flatMap(ListType.init(rawValue:))
        case "x-kubernetes-list-map-keys": fields.listMapKeys = value.array?.compactMap(\.string) ?? []
        case "x-kubernetes-map-type": fields.mapType = value.string.flatMap(MapType.init(rawValue:))
        case "x-kubernetes-validations": fields.validations = value.array ?? []
        case "x-kubernetes-patch-strategy": fields.patchStrategy = value.string
        case "x-kubernetes-patch-merge-key": fields.patchMergeKey = value.string
        default: break
        }
    }

    private static func count(_ value: JSON) -> Int? { value.int.map { Int(clamping: $0) } }

    private mutating func schemas(_ value: JSON) -> [StructuralSchema] {
        var result: [StructuralSchema] = []
        for part in value.array ?? [] { result.append(schema(part)) }
        return result
    }
}
