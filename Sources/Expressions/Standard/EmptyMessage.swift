/// `google.protobuf.Empty{}`: a value that says nothing, equal to any other of its kind.
final class EmptyMessage: OpaqueValue {
    static let valueType = ValueType.opaque("google.protobuf.Empty")
    static let value = Value.opaque(EmptyMessage())

    private init() {}

    var type: ValueType { Self.valueType }
    var description: String { "google.protobuf.Empty{}" }
    func equals(_ other: any OpaqueValue) -> Bool { other is EmptyMessage }
}
