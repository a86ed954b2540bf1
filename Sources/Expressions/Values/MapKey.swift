import Kernel

/// A text compared and hashed by its bytes.
struct ByteString: Hashable, Sendable {
    let text: String

    static func == (a: ByteString, b: ByteString) -> Bool { sameBytes(a.text, b.text) }

    func hash(into hasher: inout Hasher) {
        var text = text
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
}

/// A key of a map, with equal numbers of different kinds made the same.
enum MapKey: Hashable, Sendable {
    case bool(Bool)
    case int(Int64)
    /// Beyond the largest int.
    case large(UInt64)
    case string(ByteString)

    /// nil for what can't be equal to any key.
    init?(_ value: Value) {
        switch value {
        case .bool(let value): self = .bool(value)
        case .int(let value): self = .int(value)
        case .uint(let value): self = Int64(exactly: value).map { .int($0) } ?? .large(value)
        case .double(let value):
            if let whole = Int64(exactly: value) {
                self = .int(whole)
            } else if let whole = UInt64(exactly: value) {
                self = .large(whole)
            } else {
                return nil
            }
        case .string(let value): self = .string(ByteString(text: value))
        default: return nil
        }
    }
}

extension Value {
    var isDouble: Bool { if case .double = self { true } else { false } }
}
