/// A row that can't be written as the output is declared, found before any of it is.
public struct WriterRefusal: Sendable, Hashable {
    public enum Reason: Sendable, Hashable {
        /// The output's encoding has no such character.
        case lacks(character: UInt32, encoding: TextEncoding)
        /// The cell holds the delimiter or a line end, and the output has neither quotes nor an escape character.
        case needsQuotes
        /// The row is one empty cell: without quotes a blank line, which is no row.
        case blankLine
    }

    /// The row's index in its batch.
    public let row: Int
    /// The output column's place.
    public let column: Int
    public let reason: Reason
}

extension WriterRefusal.Reason {
    /// A word for reports.
    public var rule: String {
        switch self {
        case .lacks: "Encoding"
        case .needsQuotes, .blankLine: "Quoting"
        }
    }

    /// Why, as a user reads it.
    public var why: String {
        switch self {
        case .lacks(let character, let encoding):
            "it holds \(Unicode.Scalar(character).map { "'\($0)' " } ?? "")(U+\(Self.hexadecimal(character))), which \(encoding.rawValue) doesn't have"
        case .needsQuotes: "it holds the delimiter or a line end, and the output has neither a quote nor an escape character"
        case .blankLine: "it is empty and the row's only cell, which without quotes is a blank line and no row"
        }
    }

    /// What to do.
    public var fix: String {
        switch self {
        case .lacks: "Set the output's encoding to utf-8, or replace such characters in a step"
        case .needsQuotes: "Give the output a quote or an escape character, or another delimiter"
        case .blankLine: "Give the output a quote, or a nullMarker"
        }
    }

    private static func hexadecimal(_ code: UInt32) -> String {
        let digits = String(code, radix: 16, uppercase: true)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }
}
