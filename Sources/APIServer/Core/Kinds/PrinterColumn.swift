import Kernel

/// A column of `kubectl get`.
public struct PrinterColumn: Sendable, Equatable {
    public enum Source: Sendable, Equatable {
        /// A JSON path into the object, as in a CRD.
        case path(String)
        /// A value that a path can't give; `BuiltInCell` computes it.
        case computed(BuiltInCell)
    }

    public let name: String
    /// integer, number, string, boolean or date.
    public let type: String
    public let format: String
    public let description: String
    /// 0 is always shown; above it only with `-o wide`.
    public let priority: Int
    public let source: Source

    public init(_ name: String, type: String = "string", format: String = "", description: String = "", priority: Int = 0, source: Source) {
        self.name = name
        self.type = type
        self.format = format
        self.description = description
        self.priority = priority
        self.source = source
    }
}
