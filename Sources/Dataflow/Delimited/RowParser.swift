import Rows

/// Reads one row byte by byte: what the rules of quoting say, where the scanner's parity doesn't help. The reference for the scanner.
///
/// A cell that starts with the quote character is quoted: it ends at the next quote that isn't doubled, and delimiters and line
/// ends before that are its text. What follows the closing quote up to the delimiter makes the row a fault; where the dialect is lenient, a
/// quote that something follows doesn't close the cell but is its text. Where it trims, blanks before the opening quote and behind the closing
/// one are nothing. In a cell that doesn't start with a quote, quotes are text, and blanks are left to `Dialect.trim`. The byte behind an
/// escape character is text, inside quotes and outside. A row ends at a line feed, CRLF, or the input's end; a lone carriage return is text.
struct RowParser {
    let dialect: Dialect
    private let delimiter: UInt8
    private let quote: UInt8?
    private let escape: UInt8?

    enum Outcome {
        /// `next` is where the following row starts.
        case row(end: Int, next: Int)
        /// More bytes are needed; at the input's end never.
        case incomplete
        /// The input ends inside the cell whose quote opens there.
        case unterminated(opened: Int)
    }

    /// The cells of the row parsed last.
    var cells: [CellRef] = []
    /// What is wrong with it, and where.
    var fault: (reason: RowFault.Reason, at: Int)?

    init(_ dialect: Dialect) {
        self.dialect = dialect
        delimiter = dialect.delimiter
        quote = dialect.quote
        escape = dialect.escape
    }

    /// - Parameter atEnd: the input ends at `to`.
    mutating func parse(_ bytes: UnsafePointer<UInt8>, from: Int, to: Int, atEnd: Bool) -> Outcome {
        cells.removeAll(keepingCapacity: true)
        fault = nil
        var at = from
        while true {
            // At the start of a cell; every index below is checked against `to` first.
            var start = at
            var flags: UInt64 = 0
            if dialect.trim != .none {
                let content = blanksEnd(bytes, at, to)
                if content == to, !atEnd { return .incomplete }
                if let quote, content < to, bytes[content] == quote { (start, at) = (content, content) }
            }
            if let quote, at < to, bytes[at] == quote {
                flags = CellRef.quotedFlag
                at += 1
                while true {
                    while at < to, bytes[at] != quote {
                        if bytes[at] == escape {
                            flags |= CellRef.escapedFlag
                            // One at the end of the bytes leads nowhere: the quote doesn't close either.
                            at += at + 1 < to ? 2 : 1
                        } else {
                            at += 1
                        }
                    }
                    guard at < to else { return atEnd ? .unterminated(opened: start) : .incomplete }
                    at += 1
                    if at < to, bytes[at] == quote {
                        flags |= CellRef.escapedFlag
                        at += 1
                    } else if dialect.lenientQuotes {
                        guard let closes = closesCell(bytes, at, to, atEnd: atEnd) else { return .incomplete }
                        if closes { break }
                        flags |= CellRef.escapedFlag
                    } else {
                        break
                    }
                }
                // The quote may be half of a pair.
                if at == to, !atEnd { return .incomplete }
            }
            let closed = at
            if flags & CellRef.quotedFlag != 0, dialect.trim == .both { at = blanksEnd(bytes, at, to) }
            let trimmed = at
            var escaped = -1
            while at < to, bytes[at] != delimiter, bytes[at] != 0x0A {
                if bytes[at] == escape {
                    flags |= CellRef.escapedFlag
                    escaped = at + 1
                    if escaped == to, !atEnd { return .incomplete }
                    at = min(escaped + 1, to)
                } else {
                    at += 1
                }
            }
            let isDelimiter = at < to && bytes[at] == delimiter
            if at == to, !atEnd { return .incomplete }
            var end = at
            if !isDelimiter, end > closed, bytes[end - 1] == 0x0D, end - 1 != escaped { end -= 1 }
            var cellEnd = end
            if flags & CellRef.quotedFlag != 0, end > closed {
                if end > trimmed {
                    if fault == nil { fault = (.textAfterClosingQuote, closed) }
                    flags = 0
                } else {
                    cellEnd = closed
                }
            }
            cells.append(CellRef(offset: start, length: cellEnd - start, flags: flags))
            if !isDelimiter { return .row(end: end, next: min(at + 1, to)) }
            at += 1
        }
    }

    private func blanksEnd(_ bytes: UnsafePointer<UInt8>, _ from: Int, _ to: Int) -> Int {
        var at = from
        while at < to, dialect.isBlank(bytes[at]) { at += 1 }
        return at
    }

    /// Whether the cell ends there, behind a quote: at a delimiter, a line end or the input's end, blanks aside where they are. nil: more bytes
    /// are needed to say.
    private func closesCell(_ bytes: UnsafePointer<UInt8>, _ from: Int, _ to: Int, atEnd: Bool) -> Bool? {
        let at = dialect.trim == .both ? blanksEnd(bytes, from, to) : from
        guard at < to else { return atEnd ? true : nil }
        if bytes[at] == delimiter || bytes[at] == 0x0A { return true }
        guard bytes[at] == 0x0D else { return false }
        guard at + 1 < to else { return atEnd ? true : nil }
        return bytes[at + 1] == 0x0A
    }
}
