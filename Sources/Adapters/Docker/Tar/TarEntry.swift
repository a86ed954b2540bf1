/// One member of a tar archive.
public struct TarEntry: Sendable, Equatable {
    public enum Content: Sendable, Equatable {
        case file([UInt8])
        case directory
        case symbolicLink(target: String)
    }

    /// Relative, with `/` between its parts.
    public var name: String
    public var content: Content
    /// Permission bits, `0o644`.
    public var mode: UInt32
    public var owner: UInt32
    public var group: UInt32
    /// Seconds since 1970.
    public var modified: Int64

    public init(_ name: String, _ content: Content, mode: UInt32 = 0o644, owner: UInt32 = 0, group: UInt32 = 0, modified: Int64 = 0) {
        self.name = name
        self.content = content
        self.mode = mode
        self.owner = owner
        self.group = group
        self.modified = modified
    }
}

/// What is wrong with a tar archive, and where.
public struct TarError: Error, Sendable, Equatable, CustomStringConvertible {
    public let message: String
    /// In bytes from the start.
    public let offset: Int
    public var description: String { "not a tar archive that can be read: \(message) at byte \(offset)" }
}
