/// Looking at cells as text.
extension RowBatch {
    /// The cell of a column that is text, and the block it points into; nil for a typed column without a source.
    @inlinable @inline(__always)
    public func textCell(_ column: Column, _ row: Int) -> (cell: CellRef, base: UnsafePointer<UInt8>)? {
        if let text = column.text {
            let cell = text.cells[row]
            if !cell.isUntouched { return (cell, UnsafePointer(text.bytes)) }
            guard let source = text.source, source < sourceColumnCount else { return (.null, UnsafePointer(text.bytes)) }
            return (sourceCells(source)[row], UnsafePointer(bytes))
        }
        guard let source = column.source, source < sourceColumnCount else { return nil }
        return (sourceCells(source)[row], UnsafePointer(bytes))
    }

    /// The text of a cell that `hasEscapes`, in the scratch: valid as `text` says.
    public func unescaped(_ cell: CellRef, in base: UnsafePointer<UInt8>, scratch: TextScratch) -> UnsafeBufferPointer<UInt8> {
        scratch.unescape(UnsafeBufferPointer(start: base + cell.contentOffset, count: cell.contentLength), isQuoted: cell.isQuoted, syntax)
    }

    /// The text of a cell: what stands between the quotes, doubled quotes made one, escape characters gone. nil for a null.
    ///
    /// The bytes stand in the batch, or in `scratch` when there was something to unescape: valid until either changes or goes
    /// (keep the scratch in a property or under `withExtendedLifetime`: Swift frees a local one after its last mention).
    @inlinable @inline(__always)
    public func text(_ cell: CellRef, in base: UnsafePointer<UInt8>, scratch: TextScratch) -> UnsafeBufferPointer<UInt8>? {
        if cell.isNull { return nil }
        return cell.hasEscapes ? unescaped(cell, in: base, scratch: scratch) : UnsafeBufferPointer(start: base + cell.contentOffset, count: cell.contentLength)
    }

    /// The text of a source cell as a String, for messages and tests; nil for a null.
    public func string(column: Int, row: Int) -> String? { string(.source(column), row: row) }

    /// The text of a text cell as a String, for messages and tests; nil for a null and for a typed column without a source.
    public func string(_ column: Column, row: Int) -> String? {
        guard row >= 0, row < rowCount, let (cell, base) = textCell(column, row) else { return nil }
        let scratch = TextScratch()
        return withExtendedLifetime(scratch) { text(cell, in: base, scratch: scratch).map { String(decoding: $0, as: UTF8.self) } }
    }
}
