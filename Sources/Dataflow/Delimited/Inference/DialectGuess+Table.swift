import Rows

extension DialectGuess {
    /// A text cut by one delimiter and one quote.
    struct Table {
        var rows: [[[UInt8]]] = []
        /// Lines before the first row that has the table's width, where all behind them have it and these are much narrower: a title, not a header.
        var skipLines = 0
        /// Rows that those lines are.
        private(set) var skippedRows = 0
        /// Cells that begin with a blank, of those behind a delimiter, and how many such cells aren't empty.
        var blankCells = 0
        var laterCells = 0
        /// The most frequent number of cells.
        var width = 1
        var regular = 0
        /// Rows that begin with # and don't have the table's width.
        var comments = 0
        var faults = 0
        var quotedCells = 0
        var cellCount = 0
        var typedCells = 0

        init(_ text: [UInt8], _ dialect: Dialect, atEnd: Bool) {
            var parser = RowParser(dialect)
            var starts: [Int] = []
            text.withUnsafeBufferPointer { buffer in
                guard let bytes = buffer.baseAddress else { return }
                var at = 0
                reading: while at < buffer.count, rows.count < DialectGuess.rowsLookedAt {
                    switch parser.parse(bytes, from: at, to: buffer.count, atEnd: atEnd) {
                    case .incomplete: break reading
                    case .unterminated:
                        faults += 1
                        break reading
                    case .row(let end, let next):
                        if end > at {
                            if parser.fault != nil { faults += 1 }
                            starts.append(at)
                            for cell in parser.cells.dropFirst() where cell.length > 0 && !cell.isQuoted {
                                laterCells += 1
                                if dialect.isBlank(bytes[cell.offset]) { blankCells += 1 }
                            }
                            rows.append(
                                parser.cells.map { cell in
                                    cellCount += 1
                                    if cell.isQuoted { quotedCells += 1 }
                                    let content = Array(UnsafeBufferPointer(start: bytes + cell.contentOffset, count: cell.contentLength))
                                    if ColumnLook.looksTyped(content) { typedCells += 1 }
                                    return content
                                })
                        }
                        at = next
                    }
                }
            }
            // Comments don't say how wide the table is, however many there are.
            var widths: [Int: Int] = [:]
            let isComment = rows.map { $0.first?.first == UInt8(ascii: "#") }
            let isAll = isComment.allSatisfy { $0 }
            for (row, isComment) in zip(rows, isComment) where isAll || !isComment { widths[row.count, default: 0] += 1 }
            width = widths.max { ($0.value, $0.key) < ($1.value, $1.key) }?.key ?? 1
            for (row, isComment) in zip(rows, isComment) {
                if row.count == width { regular += 1 } else if isComment, !isAll { comments += 1 }
            }
            skip(text, starts)
        }

        private mutating func skip(_ text: [UInt8], _ starts: [Int]) {
            guard width > 1, faults == 0, let first = rows.firstIndex(where: { $0.count == width }), first > 0, rows.count - first >= (width == 2 ? 5 : 3) else { return }
            let isTitle = rows[..<first].allSatisfy { $0.count == 1 || $0.count * 2 <= width } && !rows[..<first].allSatisfy { $0.first?.first == UInt8(ascii: "#") }
            // A delimiter at the end of each row makes a header look narrow.
            guard isTitle, rows[first...].allSatisfy({ $0.count == width }), rows[first...].contains(where: { $0.last?.isEmpty == false }) else { return }
            let lines = text[..<starts[first]].count { $0 == 0x0A }
            // A single line above may be the name of the one column there is: then what is below is no header with values under it.
            guard lines <= 50, lines > 1 || DialectGuess.standsOverValues(rows[first], rows[(first + 1)...].prefix(200)) else { return }
            (skipLines, skippedRows) = (lines, first)
        }

        /// Rows that don't have the table's width, and faults.
        var misfits: Int { rows.count - skippedRows - comments - regular + faults }

        /// Regular rows count most, then cells that look like values; a table of one column has nothing to be regular about.
        var score: Double {
            guard !rows.isEmpty, width > 1 else { return 0 }
            let total = Double(max(rows.count - skippedRows - comments, 1))
            // Rows are read as wide as the first one that is no comment.
            let fits = rows.first { $0.first?.first != UInt8(ascii: "#") }.map { $0.count == width } ?? true
            return (fits ? 1 : skipLines > 0 ? 0.9 : 0.4) * (Double(regular) / total - Double(faults) / total + 0.3 * Double(typedCells) / Double(max(cellCount, 1)) + 0.02 * Double(min(width, 10)) / 10
                + 0.05 * Double(quotedCells) / Double(max(cellCount, 1)))
        }
    }
}
