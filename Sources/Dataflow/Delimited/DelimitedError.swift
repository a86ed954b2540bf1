import Glibc

/// What ends the reading of an input, or the writing of an output; what is wrong with a single row is a `RowFault`.
public struct DelimitedError: Error, Sendable, Hashable, CustomStringConvertible {
    public enum Category: String, Sendable, Hashable, CaseIterable {
        /// There is no such input.
        case notFound
        /// The system refused for now: a full disk, an I/O error.
        case system
        /// The system refused and will go on doing so: no right, no file of a kind that serves.
        case denied
        /// The compressed data is damaged or ends too early.
        case damaged
        /// The header doesn't fit what was declared, or there is none.
        case header
        /// There is nothing in it, not even a header.
        case empty
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

    /// What happened, and what to do: what stands behind the last `;` or `:` of the message that isn't within quotes.
    public var parts: (why: String, fix: String?) {
        var isQuoted = false
        var cut: String.Index?
        var at = message.startIndex
        while at < message.endIndex {
            let next = message.index(after: at)
            if message[at] == "\"" { isQuoted.toggle() }
            if !isQuoted, message[at] == ";" || message[at] == ":", next < message.endIndex, message[next] == " " { cut = at }
            at = next
        }
        guard let cut else { return (message, nil) }
        let fix = message[message.index(cut, offsetBy: 2)...]
        return (String(message[..<cut]), fix.prefix(1).uppercased() + fix.dropFirst())
    }

    public var description: String {
        (path.map { $0 + ": " } ?? "") + message + (offset.map { " (at byte \($0))" } ?? "")
    }
}

extension DelimitedError.Category {
    /// Of a file that can't be opened.
    init(opening code: Int32) {
        switch code {
        case ENOENT, ENOTDIR: self = .notFound
        case EACCES, EPERM, EROFS, ENXIO, ENODEV, ELOOP, ENAMETOOLONG, EISDIR, ETXTBSY: self = .denied
        default: self = .system
        }
    }
}
