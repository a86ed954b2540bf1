import Kernel

/// Whether the columns that a file has are those it must have.
struct HeaderCheck {
    let options: ReaderOptions
    let path: String

    /// - Parameters:
    ///   - names: of the file, none twice.
    ///   - first: the first file's columns and its name; nil for that file itself.
    func check(_ names: [String], against first: (names: [String], path: String)?) throws(DelimitedError) {
        guard names.count <= options.columnLimit else {
            throw DelimitedError(.limit, path: path, "its first row has \(names.count) cells, more than the limit of \(options.columnLimit) columns: is the delimiter right?")
        }
        if let first, names != first.names {
            throw DelimitedError(
                .header, path: path,
                "its columns are \(Self.list(names)), those of \(first.path) are \(Self.list(first.names)): files read together must have the same columns in the same order")
        }
        if options.dialect.header, !names.isEmpty, let missing = options.columns.first(where: { !names.contains($0) }) {
            throw DelimitedError(.header, path: path, self.missing(missing, names))
        }
    }

    private func missing(_ column: String, _ names: [String]) -> String {
        let found = "it has no column \"\(column)\", which the document declares, but \(Self.list(names))"
        if let other = otherDelimiter(names) { return "\(found); set delimiter to \"\(other)\"" }
        let near = Spelling.question(column, names)
        return near.isEmpty ? "\(found); correct the names in columns, the delimiter, or skipLines" : "\(found)\(near) Correct the names in columns"
    }

    /// A header that is one cell was most likely meant to be cut by something else: what that is, as a document has it.
    private func otherDelimiter(_ names: [String]) -> String? {
        guard names.count == 1, let name = names.first else { return nil }
        let others: [(UInt8, String)] = [(0x3B, ";"), (0x2C, ","), (0x09, "\\t"), (0x7C, "|")]
        return others.first { $0.0 != options.dialect.delimiter && name.utf8.contains($0.0) }?.1
    }

    /// The same of a file of which nobody says that it is one column.
    func notice(_ names: [String]) -> InputNotice? {
        guard options.dialect.header, options.columns.isEmpty, let other = otherDelimiter(names), let name = names.first else { return nil }
        return .oneColumn(file: path, name: name, delimiter: other)
    }

    private static func list(_ names: [String]) -> String {
        names.prefix(20).map { "\"\($0)\"" }.joined(separator: ", ") + (names.count > 20 ? " and \(names.count - 20) more" : "")
    }
}
