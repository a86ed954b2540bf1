import Rows

/// The dialect that makes the most regular table of a text.
struct DialectGuess {
    var dialect: Dialect
    var notes: [String] = []
    /// Texts that stand for null wherever they stand, beside nothing at all.
    var nullMarkers: [String] = []

    /// In order of preference, for when two do equally well.
    static let delimiters: [UInt8] = [0x2C, 0x09, 0x3B, 0x7C, 0x1F, 0x5E, 0x7E, 0x3A]
    static let rowsLookedAt = 1000

    static func best(_ text: [UInt8], atEnd: Bool) -> DialectGuess {
        var best: (score: Double, table: Table, quote: UInt8?, escape: UInt8?, delimiter: UInt8)?
        for quote: UInt8? in [UInt8(ascii: "\""), UInt8(ascii: "'"), nil] {
            // Single quotes are apostrophes unless cells stand in them; quotes mean nothing only where they would be faults.
            if quote == UInt8(ascii: "'"), !text.contains(UInt8(ascii: "'")) { continue }
            if quote == nil, !text.contains(UInt8(ascii: "\"")) || best?.table.faults == 0 { continue }
            for delimiter in delimiters {
                let table = Table(text, Dialect(delimiter: delimiter, quote: quote), atEnd: atEnd)
                if quote == UInt8(ascii: "'"), table.quotedCells * 10 < table.cellCount { continue }
                let score = table.score - (quote == nil ? 0.06 : 0)
                if best.map({ score > $0.score + 0.0001 }) ?? true { best = (score, table, quote, nil, delimiter) }
            }
        }
        best = withEscapes(text, atEnd: atEnd, best)
        var guess = DialectGuess(dialect: .csv)
        let single = oneColumn(text, atEnd: atEnd)
        if best.map({ $0.score <= single.score || $0.table.width == 1 }) ?? true { best = (single.score, single.table, single.quote, nil, single.delimiter) }
        guard let best else { return guess }
        guess.dialect.delimiter = best.delimiter
        guess.dialect.quote = best.quote
        guess.dialect.escape = best.escape
        let table = guess.refine(best.table, text, atEnd: atEnd)
        let rows = Array(table.rows.dropFirst(table.skippedRows))
        // Lines that start with # and don't have the table's width are comments.
        let hashed = rows.filter { $0.first?.first == UInt8(ascii: "#") }
        var data = rows
        if !hashed.isEmpty, hashed.count < rows.count, hashed.allSatisfy({ $0.count != table.width }) || (table.width == 1 && rows.first?.first?.first == UInt8(ascii: "#")) {
            guess.dialect.comment = UInt8(ascii: "#")
            data = rows.filter { $0.first?.first != UInt8(ascii: "#") }
        }
        guess.dialect.header = hasHeader(data.filter { $0.count == table.width })
        if table.width == 1 { guess.notes.append("no delimiter was found: the file is taken as one column") }
        if !guess.dialect.header { guess.notes.append("the first row looks like data, so the columns got names: give them better ones") }
        return guess
    }

    /// The same with backslashes that escape, where that makes a more regular table: text that needs none of them stays as it is, for
    /// paths of Windows hold backslashes as well.
    private static func withEscapes(
        _ text: [UInt8], atEnd: Bool, _ plain: (score: Double, table: Table, quote: UInt8?, escape: UInt8?, delimiter: UInt8)?
    ) -> (score: Double, table: Table, quote: UInt8?, escape: UInt8?, delimiter: UInt8)? {
        let backslash = UInt8(ascii: "\\")
        // Before a quote, a delimiter or a line end: only there it changes what the table is.
        let changes = zip(text, text.dropFirst()).contains { first, second in
            first == backslash && (second == 0x22 || second == 0x27 || second == 0x0A || delimiters.contains(second))
        }
        guard changes else { return plain }
        var best: (score: Double, table: Table, quote: UInt8?, escape: UInt8?, delimiter: UInt8)?
        for quote: UInt8? in [UInt8(ascii: "\""), UInt8(ascii: "'"), nil] {
            if let quote, !text.contains(quote) { continue }
            for delimiter in delimiters {
                let table = Table(text, Dialect(delimiter: delimiter, quote: quote, escape: backslash), atEnd: atEnd)
                if quote == UInt8(ascii: "'"), table.quotedCells * 10 < table.cellCount { continue }
                let score = table.score - (quote == nil ? 0.06 : 0)
                if best.map({ score > $0.score + 0.0001 }) ?? true { best = (score, table, quote, backslash, delimiter) }
            }
        }
        guard let best, let plain, best.table.width > 1 || plain.table.width == 1 else { return plain }
        // One row of many is enough: without escapes there would be no row like it. Or quotes mean something where they couldn't without.
        let isBetter = best.table.misfits < plain.table.misfits || (plain.table.quotedCells == 0 && best.table.quotedCells > 0 && best.table.misfits <= plain.table.misfits)
        return isBetter && best.score > plain.score - 0.1 ? best : plain
    }

    /// The text as one column, cut by what doesn't stand in it: taken when nothing else is regular and as wide as its first row.
    private static func oneColumn(_ text: [UInt8], atEnd: Bool) -> (score: Double, table: Table, quote: UInt8?, delimiter: UInt8) {
        let delimiter = absent(in: text)
        var quote: UInt8? = UInt8(ascii: "\"")
        var table = Table(text, Dialect(delimiter: delimiter, quote: quote), atEnd: atEnd)
        if table.faults > 0 {
            quote = nil
            table = Table(text, Dialect(delimiter: delimiter, quote: quote), atEnd: atEnd)
        }
        return (oneColumnScore, table, quote, delimiter)
    }

    /// Above the most that a table can have which isn't as wide as its first row (0.4 of 1.37).
    private static let oneColumnScore = 0.56

    /// A delimiter that the text doesn't have.
    static func absent(in text: [UInt8], except: Set<UInt8> = []) -> UInt8 {
        let seen = Set(text)
        return ([0x2C, 0x09, 0x3B, 0x7C, 0x5E, 0x7E] as [UInt8]).first { !seen.contains($0) && !except.contains($0) } ?? 0x1F
    }

    /// Whether it looks like a value, the blanks around it aside.
    private static func looksTyped(_ cell: [UInt8]) -> Bool {
        guard cell.first == 0x20 || cell.last == 0x20 else { return ColumnLook.looksTyped(cell) }
        let trimmed = cell.drop { $0 == 0x20 }.reversed().drop { $0 == 0x20 }.reversed()
        return ColumnLook.looksTyped(Array(trimmed))
    }

    /// The first row is a header when none of its cells looks like a value, and the cells below do or never repeat it.
    static func hasHeader(_ rows: [[[UInt8]]]) -> Bool {
        guard let first = rows.first, rows.count > 1 else { return rows.first.map { $0.allSatisfy { !looksTyped($0) } } ?? true }
        if standsOverValues(first, rows.dropFirst().prefix(200)) { return true }
        guard first.allSatisfy({ !looksTyped($0) && !$0.isEmpty }) || first.filter({ $0.isEmpty }).count <= first.count / 4 && first.allSatisfy({ !looksTyped($0) })
        else { return false }
        let rest = rows.dropFirst().prefix(200)
        for column in first.indices where rest.contains(where: { looksTyped($0[column]) }) { return true }
        return first.indices.allSatisfy { column in !rest.contains { $0[column] == first[column] } } && Set(first).count == first.count
    }

    /// Some columns hold nothing but values below a first cell that is none, and what in the first row looks like a value is a small whole
    /// number, as years are: `plant,2025,2026`.
    static func standsOverValues(_ first: [[UInt8]], _ rest: ArraySlice<[[UInt8]]>) -> Bool {
        var isOver = false
        for (column, cell) in first.enumerated() {
            if looksTyped(cell) {
                guard cell.count <= 4, cell.allSatisfy({ (0x30...0x39).contains($0) }) else { return false }
                continue
            }
            guard !cell.isEmpty, !ColumnLook.markers.contains(String(decoding: cell, as: UTF8.self)) else { continue }
            let below = rest.map { $0[column] }.filter { !$0.isEmpty }
            if !below.isEmpty, below.allSatisfy({ looksTyped($0) }) { isOver = true }
        }
        return isOver
    }
}
