import Rows

/// What a look at the table that was found says about the finer points of its dialect.
extension DialectGuess {
    /// - Returns: the table as the refined dialect cuts it.
    mutating func refine(_ found: Table, _ text: [UInt8], atEnd: Bool) -> Table {
        var table = found
        if let lenient = lenient(table, text, atEnd: atEnd) { table = lenient }
        if let trimmed = trimmed(table, text, atEnd: atEnd) { table = trimmed }
        takeEscapeSequences(table, text)
        if table.skipLines > 0 {
            dialect.skipLines = table.skipLines
            let lines = table.skipLines == 1 ? "the first line isn't" : "the first \(table.skipLines) lines aren't"
            notes.append("\(lines) of the table and \(table.skipLines == 1 ? "is" : "are") left out (skipLines: \(table.skipLines))")
        }
        return table
    }

    /// Quotes that mean nothing by the rules would still close cells where a delimiter follows: in as many rows as there are without them, and all regular.
    private mutating func lenient(_ table: Table, _ text: [UInt8], atEnd: Bool) -> Table? {
        let quote = UInt8(ascii: "\"")
        guard table.width > 1, dialect.quote == nil || (dialect.quote == quote && table.faults > 0), dialect.escape == nil, text.contains(quote) else { return nil }
        var changed = dialect
        (changed.quote, changed.lenientQuotes) = (quote, true)
        let lenient = Table(text, changed, atEnd: atEnd)
        var none = changed
        none.quote = nil
        guard lenient.misfits == 0, lenient.quotedCells > 0, lenient.width == table.width, lenient.rows.count == Table(text, none, atEnd: atEnd).rows.count else { return nil }
        dialect = changed
        notes.append("some quotes inside quotes aren't doubled: those that no delimiter follows are taken for text (lenientQuotes: true)")
        return lenient
    }

    /// Blanks behind every delimiter, or before quotes that they would keep from opening.
    private mutating func trimmed(_ table: Table, _ text: [UInt8], atEnd: Bool) -> Table? {
        guard table.width > 1 else { return nil }
        var changed = dialect
        if dialect.quote == nil { changed.quote = UInt8(ascii: "\"") }
        for trim in [Dialect.Trim.leading, .both] where changed.problem == nil {
            changed.trim = trim
            let trimmed = Table(text, changed, atEnd: atEnd)
            let isEverywhere = trim == .leading && dialect.quote != nil && table.laterCells > 0 && table.blankCells == table.laterCells
            guard trimmed.misfits <= table.misfits, trimmed.faults == 0, isEverywhere || trimmed.quotedCells > table.quotedCells, trimmed.quotedCells >= table.quotedCells else { continue }
            dialect = changed
            notes.append("blanks around cells are left out, as they stand \(isEverywhere ? "behind every delimiter" : "before or behind quotes") (trim: \(trim.rawValue))")
            return trimmed
        }
        return nil
    }

    /// `\N` as a whole cell is written by databases, and with it `\n` and `\t` for what would end a row or a cell; so are these where backslashes escape.
    private mutating func takeEscapeSequences(_ table: Table, _ text: [UInt8]) {
        let backslash = UInt8(ascii: "\\")
        let marker = [backslash, UInt8(ascii: "N")]
        let hasMarker = table.quotedCells == 0 && table.rows.contains { $0.contains(marker) }
        if dialect.escape == backslash, hasMarker { nullMarkers = ["\\N"] }
        guard dialect.escape == backslash || (dialect.escape == nil && hasMarker && dialect.delimiter == 0x09) else { return }
        var letters = 0
        var at = 0
        while at + 1 < text.count {
            guard text[at] == backslash else {
                at += 1
                continue
            }
            let next = text[at + 1]
            if EscapeSequences.cStyle.hasMeaning(next) { letters += 1 } else if next != UInt8(ascii: "N"), (0x30...0x39).contains(next) || (0x41...0x5A).contains(next) || (0x61...0x7A).contains(next) { return }
            at += 2
        }
        guard letters > 0 || dialect.escape == nil else { return }
        if dialect.escape == nil { dialect.quote = nil }
        dialect.escape = backslash
        if letters > 0 { dialect.escapeSequences = .cStyle }
        nullMarkers = hasMarker ? ["\\N"] : []
        notes.append("backslashes are escapes, as databases write them\(letters > 0 ? ": \\n is a line end, \\t a tab (escapeSequences: CStyle)" : "")")
    }
}
