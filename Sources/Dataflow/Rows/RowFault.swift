/// Why the reader couldn't take a row: it stays in the batch, deselected, with its original bytes.
public struct RowFault: Sendable, Hashable {
    /// The row's index in its batch.
    public let row: Int
    public let reason: Reason
    /// Where in the row's bytes the fault shows: bytes from the row's start.
    public let position: Int

    public init(row: Int, reason: Reason, position: Int) {
        self.row = row
        self.reason = reason
        self.position = position
    }

    public enum Reason: Sendable, Hashable {
        case tooFewCells(expected: Int, found: Int)
        case tooManyCells(expected: Int, found: Int)
        /// `"abc"def`: something between the closing quote and the delimiter.
        case textAfterClosingQuote
        /// A quoted cell that neither the file's end nor the row limit lets end; the row is its first line alone.
        case unterminatedQuote
        /// Bytes that aren't text in the declared encoding.
        case invalidText
        /// The row is longer than the limit, in bytes. Its bytes beyond the limit are gone.
        case tooLong(limit: Int)
    }
}

extension RowFault.Reason: CustomStringConvertible {
    /// What happened and what to do, as a user reads it.
    public var description: String {
        switch self {
        case .tooFewCells(let expected, let found):
            "the row has \(found) of \(expected) cells: is a delimiter missing, or a line broken? Rows like this are taken, with nulls at the end, with raggedRows: Pad"
        case .tooManyCells(let expected, let found):
            "the row has \(found) cells, \(expected) are expected: is a delimiter inside an unquoted cell? Quote the cell; extra cells are dropped with raggedRows: Pad"
        case .textAfterClosingQuote:
            "text follows a closing quote: double the quotes inside a quoted cell, or turn quoting off if quotes mean nothing here"
        case .unterminatedQuote: "a quote opens here and never closes: close it, or turn quoting off if quotes mean nothing here"
        case .invalidText: "bytes that are no text in the declared encoding: declare the encoding the file really has (windows-1252 is frequent)"
        case .tooLong(let limit): "the row is longer than the limit of \(limit) bytes: is a closing quote missing? Otherwise raise rowLimit"
        }
    }

    /// A word for metrics and reports.
    public var rule: String {
        switch self {
        case .tooFewCells: "TooFewCells"
        case .tooManyCells: "TooManyCells"
        case .textAfterClosingQuote: "TextAfterClosingQuote"
        case .unterminatedQuote: "UnterminatedQuote"
        case .invalidText: "InvalidText"
        case .tooLong: "RowTooLong"
        }
    }
}
