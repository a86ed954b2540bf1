/// Stands for a text that isn't what its schema says: reading it is an error, having it isn't.
final class UnreadableText: OpaqueValue {
    let description: String
    let type = ValueType.error

    /// - Parameter description: what is wrong with it.
    init(_ description: String) { self.description = description }

    func equals(_ other: any OpaqueValue) -> Bool { false }
}
