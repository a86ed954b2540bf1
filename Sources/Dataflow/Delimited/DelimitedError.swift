/// What ends the reading of an input, or the writing of an output; what is wrong with a single row is a `RowFault`.
public struct DelimitedError: Error, Sendable, Hashable, CustomStringConvertible {
    public enum Category: String, Sendable, Hashable, CaseIterable {
        /// There is no such input.
        case notFound
        /// The system refused: rights, a full disk, an I/O error.
        case system
        /// The compressed data is damaged or ends too early.
        case damaged
        /// The header doesn't fit what was declared, or there is none.
        case header
        /// A bound is passed.
        case limit
        /// What was asked for makes no sense.
        case options
        /// The input isn't what it was when the checkpoint was made.
        case changed
    }

    public let category: Category
    /// The file, when it is about one.
    public let path: String?
    /// Bytes from the start of the (decompressed) input.
    public let offset: Int64?
    /// What happened, and what to do.
    public let message: String

    public init(_ category: Category, path: String? = nil, offset: Int64? = nil, _ message: String) {
        self.category = category
        self.path = path
        self.offset = offset
        self.message = message
    }

    public var description: String {
        (path.map { $0 + ": " } ?? "") + message + (offset.map { " (at byte \($0))" } ?? "")
    }
}
