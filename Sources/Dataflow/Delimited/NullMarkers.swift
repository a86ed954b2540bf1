import Rows

/// Marks the cells whose text means null. The empty marker is the splitter's.
struct NullMarkers {
    private let markers: [[UInt8]]
    /// Bit n: a marker has n bytes; bit 63 stands for all longer ones.
    private let lengths: UInt64

    init(_ texts: [String]) {
        markers = texts.filter { !$0.isEmpty }.map { Array($0.utf8) }
        lengths = markers.reduce(0) { $0 | 1 << UInt64(min($1.count, 63)) }
    }

    func mark(_ batch: RowBatch, header: [String], looksAt: [String]?) {
        guard !markers.isEmpty else { return }
        for (column, name) in header.enumerated() where looksAt?.contains(name) ?? true {
            let cells = batch.sourceCells(column)
            for row in 0..<batch.rowCount where lengths >> UInt64(min(cells[row].length, 63)) & 1 != 0 {
                let cell = cells[row]
                guard !cell.isQuoted else { continue }
                let text = UnsafeBufferPointer(start: batch.bytes + cell.offset, count: cell.length)
                if markers.contains(where: { text.elementsEqual($0) }) { cells[row] = cell.asNull }
            }
        }
    }
}
