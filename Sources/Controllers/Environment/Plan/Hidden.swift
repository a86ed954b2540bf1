/// A value that no print, log or dump shows: a variable's value, the bytes of a file.
public struct Hidden<Value: Sendable & Equatable>: Sendable, Equatable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public let value: Value

    public init(_ value: Value) { self.value = value }

    public var description: String { "(hidden)" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
