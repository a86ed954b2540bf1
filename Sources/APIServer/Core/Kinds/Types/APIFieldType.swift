import Kernel

/// What a field holds, on the wire and in JSON.
public indirect enum APIFieldType: Sendable, Equatable {
    case string, bool, int32, int64, double
    /// Bytes on the wire, base64 in JSON.
    case bytes
    /// RFC 3339 in JSON, seconds and nanoseconds on the wire; `microTime` shows six digits of a second.
    case time, microTime
    /// Another type of the tables, by its OpenAPI name.
    case reference(String)
    case list(APIFieldType)
    /// Keys are strings.
    case map(APIFieldType)
    /// A list of strings that the wire wraps into a message of its own (`ExtraValue`).
    case wrappedStrings
    /// Any JSON; on the wire a message whose first field is its bytes.
    case json
    /// An object of any members: `fieldsV1`.
    case fields
    /// A schema, or something simpler in its place; JSONSchemaProps alone has these.
    case schemaOrBool, schemaOrList, schemaOrStrings
}
