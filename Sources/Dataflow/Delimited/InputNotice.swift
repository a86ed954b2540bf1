/// Something about an input that is no error, and that its owner would want to know.
public enum InputNotice: Sendable, Hashable {
    /// The header has a name a second time: that column (from 1) goes by another one. Told of the first file read only, as all have the
    /// same columns.
    case repeatedName(file: String, column: Int, name: String, takenAs: String)
    /// The header is a single name in which another usual delimiter stands, as a document has it: most likely the file is cut by that one.
    case oneColumn(file: String, name: String, delimiter: String)
    /// The file has no text at all: no byte, or nothing but a byte order mark.
    case empty(file: String)
    /// The file has bytes, but neither row nor header: only blank lines, skipped ones or comments.
    case blank(file: String)
}

extension InputNotice: CustomStringConvertible {
    /// What was found, as a user reads it.
    public var description: String {
        switch self {
        case .repeatedName(_, let column, let name, let takenAs): "column \(column) of the header is named \"\(name)\" as one before it: it goes by \"\(takenAs)\""
        case .oneColumn(_, let name, let delimiter): "the whole header is one column, \"\(name.prefix(80))\", with \"\(delimiter)\" in it"
        case .empty(let file): "\(file) is empty"
        case .blank(let file): "\(file) has only blank lines and comments"
        }
    }
}
