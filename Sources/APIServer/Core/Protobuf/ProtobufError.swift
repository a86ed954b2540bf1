/// Why bytes aren't the protobuf message they claim to be.
public enum ProtobufError: Error, Sendable, Equatable, CustomStringConvertible {
    /// A length or number reaches past the end, at that offset in bytes.
    case truncated(offset: Int)
    /// A number is longer than 64 bits, at that offset.
    case overlong(offset: Int)
    /// A wire type that doesn't exist, or groups, which nothing here uses.
    case wireType(UInt8, offset: Int)
    /// A known field in an encoding that isn't its own.
    case mismatch(field: String)
    /// Messages within messages, deeper than the limit.
    case tooDeep
    /// The four bytes `k8s\0` aren't at the start.
    case notKubernetes
    /// The envelope names a kind that isn't known.
    case unknownKind(String)
    /// JSON inside the message that doesn't parse.
    case badJSON(field: String)
    case encoding(String)

    public var description: String {
        switch self {
        case .truncated(let offset): "unexpected end of the protobuf message at byte \(offset)"
        case .overlong(let offset): "a protobuf number at byte \(offset) is longer than 64 bits"
        case .wireType(let type, let offset): "protobuf wire type \(type) at byte \(offset) is not supported"
        case .mismatch(let field): "field \(field) has another protobuf encoding than its type"
        case .tooDeep: "protobuf messages are nested too deeply"
        case .notKubernetes: "the body doesn't begin with the bytes of application/vnd.kubernetes.protobuf"
        case .unknownKind(let kind): "no kind \(kind) is known in protobuf; send it as JSON or YAML"
        case .badJSON(let field): "field \(field) holds JSON that doesn't parse"
        case .encoding(let name): "content encoding \(name) is not supported"
        }
    }
}
