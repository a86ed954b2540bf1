import Kernel

/// What Go's decoder would say of a document that doesn't have a built-in kind's types: such a request is malformed (400), not invalid.
public enum TypedDecoding {
    /// The first member of a wrong type, as `json: cannot unmarshal number into Go struct field ConfigMap.data of type string`; nil
    /// when all fit. Nulls count as absent.
    public static func problem(_ object: JSON, schema: StructuralSchema, kind: String) -> String? {
        var path: [String] = []
        return problem(object, schema, &path, kind)
    }

    private static func problem(_ value: JSON, _ schema: StructuralSchema, _ path: inout [String], _ kind: String) -> String? {
        if value.isNull { return nil }
        let fits: Bool
        switch (schema.fields.type, value) {
        case (nil, _): fits = !schema.fields.intOrString || value.string != nil || value.int != nil
        case (.object?, .object), (.array?, .array), (.string?, .string), (.boolean?, .bool), (.number?, .int), (.number?, .double): fits = true
        case (.integer?, .int(let number)): fits = schema.rules.bounds.format?.contains(number) ?? true
        default: fits = false
        }
        guard fits else { return message(value, schema, path, kind) }
        switch value {
        case .string(let text):
            switch schema.fields.format {
            case TypeSchemas.bytesFormat?: return Base64.firstProblem(text).map { "illegal base64 data at input byte \($0)" }
            case "date-time"?: return GoTime.problem(text, microseconds: false)
            case TypeSchemas.microTimeFormat?: return GoTime.problem(text, microseconds: true)
            default: return nil
            }
        case .object(let object):
            for (name, member) in object {
                guard let below = path.isEmpty && name == "metadata" ? ObjectMetadata.schema : schema.member(name) else { continue }
                let isMapEntry = schema.fields.properties[name] == nil && !(path.isEmpty && name == "metadata")
                if !isMapEntry { path.append(name) }
                defer { if !isMapEntry { path.removeLast() } }
                if let problem = problem(member, below, &path, kind) { return problem }
            }
        case .array(let elements):
            guard let items = schema.fields.items else { return nil }
            for element in elements { if let problem = problem(element, items, &path, kind) { return problem } }
        default: break
        }
        return nil
    }

    private static func message(_ value: JSON, _ schema: StructuralSchema, _ path: [String], _ kind: String) -> String {
        let found =
            switch value {
            case .bool: "bool"
            case .int(let number) where schema.fields.type == .integer: "number \(number)"
            case .double where schema.fields.type == .integer: "number \(value.text)"
            case .int, .double: "number"
            default: value.typeName
            }
        guard !path.isEmpty else { return "json: cannot unmarshal \(found) into Go value of type v1.\(kind)" }
        // Go names the struct that the member is in; of deeper ones the name is guessed from the member that holds it.
        let holder =
            switch path.count {
            case 1: kind
            case 2: path[0] == "metadata" ? "ObjectMeta" : kind + capitalized(path[0])
            default: capitalized(path[path.count - 2])
            }
        return "json: cannot unmarshal \(found) into Go struct field \(holder).\(path.joined(separator: ".")) of type \(goType(schema))"
    }

    private static func capitalized(_ name: String) -> String { name.prefix(1).uppercased() + name.dropFirst() }

    private static func goType(_ schema: StructuralSchema) -> String {
        switch schema.fields.type {
        case .string?: schema.fields.format == TypeSchemas.bytesFormat ? "[]uint8" : schema.fields.format == "date-time" ? "v1.Time" : schema.fields.format == TypeSchemas.microTimeFormat ? "v1.MicroTime" : "string"
        case .integer?: schema.fields.format ?? "int64"
        case .number?: "float64"
        case .boolean?: "bool"
        case .array?: "[]" + (schema.fields.items.map(goType) ?? "interface {}")
        case .object?:
            if case .schema(let member)? = schema.fields.additionalProperties { "map[string]" + goType(member) } else { "v1.Object" }
        case nil: schema.fields.intOrString ? "intstr.IntOrString" : "interface {}"
        }
    }
}

/// How unknown and repeated fields are reported.
public enum StrictDecoding {
    /// For `fieldValidation=Warn`, a text for each `Warning` header.
    public static func warnings(unknown: [String], duplicates: [String] = []) -> [String] {
        duplicates.map { "duplicate field \(GoQuote.quote($0))" } + unknown.map { "unknown field \(GoQuote.quote($0))" }
    }

    /// For `fieldValidation=Strict`, the message of the 400; nil when there is nothing to report.
    ///
    /// - Parameter kind: of the request's version.
    public static func problem(unknown: [String], duplicates: [String] = [], kind: GroupVersionKind) -> String? {
        let texts = warnings(unknown: unknown, duplicates: duplicates)
        guard !texts.isEmpty else { return nil }
        return cannotHandle("strict decoding error: " + texts.joined(separator: ", "), kind)
    }

    /// How the server wraps what its decoders say.
    public static func cannotHandle(_ why: String, _ kind: GroupVersionKind) -> String {
        "\(kind.kind) in version \(GoQuote.quote(kind.version)) cannot be handled as a \(kind.kind): \(why)"
    }
}
