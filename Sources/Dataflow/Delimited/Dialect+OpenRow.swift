extension Dialect {
    /// Whether this row, read by itself, has no end: a quote that opens in it never closes, or its last byte makes text of the line end. Rows behind
    /// it would become part of it.
    public func leavesOpen(_ row: [UInt8]) -> Bool {
        // What an even number of escapes leads to is an escape itself.
        if let escape, row.reversed().prefix(while: { $0 == escape }).count % 2 == 1 { return true }
        guard let quote, row.contains(quote) else { return false }
        var parser = RowParser(self)
        return row.withUnsafeBufferPointer { row in
            guard let bytes = row.baseAddress else { return false }
            var from = 0
            while from < row.count {
                switch parser.parse(bytes, from: from, to: row.count, atEnd: true) {
                // `next` is behind `from`: a row has a byte, or the line feed that ends it.
                case .row(_, let next): from = next
                case .unterminated: return true
                case .incomplete: return false
                }
            }
            return false
        }
    }
}
