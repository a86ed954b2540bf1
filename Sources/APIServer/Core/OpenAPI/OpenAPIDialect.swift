/// Which OpenAPI a schema is written for: they differ in where named schemas are, and in what may stand beside a `$ref`.
public enum OpenAPIDialect: Sendable {
    case v2, v3
    /// For the server's own use: types, lists and merging alone. What must be there and what bytes must look like is the strategies' to
    /// check, in Kubernetes' words, and without showing a secret's value.
    case structural

    var prefix: String { self == .v2 ? "#/definitions/" : "#/components/schemas/" }
}
