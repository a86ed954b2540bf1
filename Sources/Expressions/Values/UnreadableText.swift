/// Stands for a text that isn't what its schema says: reading it is an error, having it isn't.
final class UnreadableText: OpaqueValue {
    let description: String
    let type = ValueType.error

    /// - Parameter description: what is wrong with it.
    init(_ description: String) { self.description = description }

    func equals(_ other: any OpaqueValue) -> Bool { false }
}

extension ValueType {
    /// Whether texts that a schema takes for values of this type may be no such values to a rule.
    var mayBeUnreadable: Bool {
        switch self {
        case .bytes, .timestamp, .nullable(.bytes), .nullable(.timestamp): true
        default: false
        }
    }
}
