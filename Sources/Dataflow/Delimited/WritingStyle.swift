/// How delimited text is written, beside what a `Dialect` says of reading and writing alike.
public struct WritingStyle: Sendable, Hashable {
    /// Lines end with carriage return and line feed, else with line feed.
    public var endsLinesWithCRLF = false
    /// Every cell that isn't null is quoted, else those that must be.
    public var quotesAll = false
    /// What a null is written as, unquoted; text that is the same is quoted.
    public var nullMarker = ""
    /// What the text is written in.
    public var encoding = TextEncoding.utf8
    /// The file begins with the byte order mark of its encoding.
    public var byteOrderMark = false

    public init() {}

    /// What is wrong with it for this dialect, and what would be right; nil when it can be written.
    func problem(_ dialect: Dialect) -> String? {
        if quotesAll, dialect.quote == nil { return "quoting: All needs a quote character" }
        if byteOrderMark, !encoding.hasByteOrderMark { return "byteOrderMark: \(encoding.rawValue) has none; leave it out" }
        if let encoder = TextEncoder(encoding), encoder.firstLacking(nullMarker) != nil { return "nullMarker: \(encoding.rawValue) lacks a character of it" }
        // One that begins with the escape character is MySQL's \N: it can't be taken for text, whose escape characters are escaped.
        if nullMarker.utf8.contains(where: { $0 == dialect.delimiter || $0 == dialect.quote || $0 == 0x0A || $0 == 0x0D }) {
            return "nullMarker: must not hold the delimiter, the quote or a line end"
        }
        // Text that is the same would get an escape before its first character.
        if dialect.quote == nil, let first = nullMarker.utf8.first, dialect.escapeSequences.hasMeaning(first) {
            return "nullMarker: must not begin with n t r b f v 0 where escapeSequences is CStyle and there is no quote; take \\N"
        }
        return nil
    }
}
