import Kernel

extension StructuralSchema {
    /// Reads an OpenAPI v3 schema, `openAPIV3Schema` of a CustomResourceDefinition.
    ///
    /// Never fails: members of a wrong type count as absent. `SchemaCheck` says what is wrong with a schema; a definition that it
    /// finds fault with is not accepted, so nothing is lost here.
    public convenience init(openAPI schema: JSON) {
        var reader = SchemaReader { _ in nil }
        self.init(reader.fields(schema))
    }

    /// The same where named types stand as `$ref`: `#/components/schemas/NAME` is looked up by NAME.
    ///
    /// A type that holds itself (JSONSchemaProps does) is a value of any shape at its second level.
    public convenience init(openAPI schema: JSON, references: @escaping (String) -> JSON?) {
        var reader = SchemaReader(references)
        self.init(reader.fields(schema))
    }

    /// The schema as OpenAPI v3 JSON: what `init(openAPI:)` reads back to the same schema.
    public var openAPI: JSON { .object(fields.openAPI) }
}

extension SchemaFields {
    /// In a fixed order, so that the same schema gives the same bytes.
    var openAPI: JSONObject {
        var out = JSONObject()
        out["description"] = description.map { .string($0) }
        out["title"] = title.map { .string($0) }
        out["type"] = type.map { .string($0.rawValue) }
        out["format"] = format.map { .string($0) }
        if nullable { out["nullable"] = true }
        out["default"] = self.default
        out["example"] = example
        out["enum"] = self.enum.map { .array($0) }
        out["pattern"] = pattern.map { .string($0) }
        out["minimum"] = minimum
        if exclusiveMinimum { out["exclusiveMinimum"] = true }
        out["maximum"] = maximum
        if exclusiveMaximum { out["exclusiveMaximum"] = true }
        out["multipleOf"] = multipleOf
        for (key, count) in [
            ("minLength", minLength), ("maxLength", maxLength), ("minItems", minItems), ("maxItems", maxItems),
            ("minProperties", minProperties), ("maxProperties", maxProperties),
        ] {
            out[key] = count.map { JSON($0) }
        }
        if uniqueItems { out["uniqueItems"] = true }
        if !required.isEmpty { out["required"] = JSON(required) }
        if !properties.isEmpty { out["properties"] = .object(JSONObject(properties.map { ($0, $1.openAPI) })) }
        switch additionalProperties {
        case .allowed(let allowed)?: out["additionalProperties"] = .bool(allowed)
        case .schema(let schema)?: out["additionalProperties"] = schema.openAPI
        case nil: break
        }
        out["items"] = items?.openAPI
        for (key, schemas) in [("allOf", allOf), ("anyOf", anyOf), ("oneOf", oneOf)] where !schemas.isEmpty {
            out[key] = .array(schemas.map(\.openAPI))
        }
        out["not"] = not?.openAPI
        if preserveUnknownFields { out["x-kubernetes-preserve-unknown-fields"] = true }
        if intOrString { out["x-kubernetes-int-or-string"] = true }
        if embeddedResource { out["x-kubernetes-embedded-resource"] = true }
        out["x-kubernetes-list-type"] = listType.map { .string($0.rawValue) }
        if !listMapKeys.isEmpty { out["x-kubernetes-list-map-keys"] = JSON(listMapKeys) }
        out["x-kubernetes-map-type"] = mapType.map { .string($0.rawValue) }
        if !validations.isEmpty { out["x-kubernetes-validations"] = .array(validations) }
        out["x-kubernetes-patch-strategy"] = patchStrategy.map { .string($0) }
        out["x-kubernetes-patch-merge-key"] = patchMergeKey.map { .string($0) }
        return out
    }
}
