/// Functions and names that belong together and are declared in one go.
public struct Library: Sendable {
    public let name: String
    /// Overloads of a name that several libraries declare add up.
    public let functions: [Function]
    /// Names of types and constants, as `net.IP`, with their values.
    public let constants: [(name: String, type: ValueType, value: Value)]

    public init(_ name: String, functions: [Function], constants: [(name: String, type: ValueType, value: Value)] = []) {
        self.name = name
        self.functions = functions
        self.constants = constants
    }
}

/// A variable that expressions may use.
public struct Variable: Sendable {
    /// An identifier, or several with dots (`row.total`): the longest declared name wins over selecting a field.
    public let name: String
    public let type: ValueType
    /// For the static estimate of cost.
    public let bounds: SizeBounds

    public init(_ name: String, _ type: ValueType, bounds: SizeBounds = .unbounded) {
        self.name = name
        self.type = type
        self.bounds = bounds
    }
}
