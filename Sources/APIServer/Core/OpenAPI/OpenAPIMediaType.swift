/// The media types under which OpenAPI v2 is asked for.
public enum OpenAPIMediaType: Sendable, Equatable {
    case json, protobuf

    /// The Content-Type of the answer.
    public var contentType: String { self == .json ? "application/json" : "application/com.github.proto-openapi.spec.v2.v1.0+protobuf" }

    /// Both spellings of the protobuf type: with a dot, and with `@` as kubectl up to 1.2x writes it.
    private static let protobufTypes = [
        "application/com.github.proto-openapi.spec.v2.v1.0+protobuf", "application/com.github.proto-openapi.spec.v2@v1.0+protobuf",
    ]

    /// The first type of an `Accept` header that is served; nil when none is.
    public init?(accept: String?) {
        guard let accept, !accept.isEmpty else {
            self = .json
            return
        }
        for entry in accept.split(separator: ",") {
            let type = (entry.split(separator: ";").first ?? "").filter { $0 != " " && $0 != "\t" }.lowercased()
            if Self.protobufTypes.contains(type) {
                self = .protobuf
                return
            }
            if ["application/json", "application/*", "*/*"].contains(type) {
                self = .json
                return
            }
        }
        return nil
    }
}
