import Rows

extension Dialect {
    /// Whether the byte may stand around a cell without belonging to it, where the dialect trims.
    @inline(__always)
    func isBlank(_ byte: UInt8) -> Bool { (byte == 0x20 || byte == 0x09) && byte != delimiter }

    /// An unquoted cell without the blanks that don't belong to it. One that is escaped does.
    func trimmed(_ cell: CellRef, in bytes: UnsafePointer<UInt8>) -> CellRef {
        guard !cell.isQuoted, cell.length > 0 else { return cell }
        var start = cell.offset
        var end = cell.offset + cell.length
        while start < end, isBlank(bytes[start]) { start += 1 }
        if trim == .both {
            while end > start, isBlank(bytes[end - 1]), !isEscaped(end - 1, from: start, in: bytes) { end -= 1 }
        }
        guard end - start != cell.length else { return cell }
        return CellRef(offset: start, length: end - start, flags: cell.bits & (CellRef.escapedFlag | CellRef.nullFlag))
    }

    private func isEscaped(_ at: Int, from start: Int, in bytes: UnsafePointer<UInt8>) -> Bool {
        guard let escape else { return false }
        var before = at
        while before > start, bytes[before - 1] == escape { before -= 1 }
        return (at - before) % 2 == 1
    }

    /// Trims the unquoted cells of a batch's rows.
    ///
    /// - Parameter emptyFlag: what a cell gets of which nothing is left.
    func trim(_ batch: RowBatch, columns: Int, emptyFlag: UInt64) {
        guard trim != .none else { return }
        let bytes = UnsafePointer(batch.bytes)
        for column in 0..<columns {
            let cells = batch.sourceCells(column)
            for row in 0..<batch.rowCount {
                let cell = cells[row]
                let last = cell.offset + cell.length - 1
                guard cell.length > 0, isBlank(bytes[cell.offset]) || (trim == .both && isBlank(bytes[last])) else { continue }
                let trimmed = trimmed(cell, in: bytes)
                cells[row] = trimmed.length == 0 ? CellRef(bits: trimmed.bits | emptyFlag) : trimmed
                batch.hasAdjacentCells = false
            }
        }
    }
}
