import Rows
import TextScan

/// Rows that can't be written as they are, told before they would be.
extension DelimitedWriter {
    /// Whether any row can be refused: otherwise nobody needs to ask.
    public var mayRefuse: Bool { encoder != nil && !style.encoding.isWide || dialect.quote == nil }

    /// The selected rows that can't be written, ascending; each once, with its first cell that can't.
    public func refusals(_ batch: RowBatch) -> [WriterRefusal] {
        guard mayRefuse, batch.columns.count == formats.count else { return [] }
        let plan = WriterPlan(batch, copies: false, formats: formats)
        let copies = batch.syntax.delimiter == dialect.delimiter && batch.syntax.meansTheSame(as: syntax)
        var refusals: [WriterRefusal] = []
        for place in 0..<batch.selectedCount {
            let row = batch.selectedRow(place)
            for (column, piece) in plan.pieces.enumerated() {
                guard let reason = refusal(batch, piece, row, copies: copies, isAlone: plan.pieces.count == 1) else { continue }
                refusals.append(WriterRefusal(row: row, column: column, reason: reason))
                break
            }
        }
        return refusals
    }

    private func refusal(_ batch: RowBatch, _ piece: WriterPlan.Piece, _ row: Int, copies: Bool, isAlone: Bool) -> WriterRefusal.Reason? {
        var text = UnsafeBufferPointer<UInt8>(start: nil, count: 0)
        var isNull = false
        // As it stands in the input: nothing of it can need a quote where quotes mean the same.
        var isCopied = false
        switch piece.kind {
        case .integer, .float, .decimal, .boolean, .date, .timestamp:
            guard let valid = piece.isValid, valid[row] else {
                isNull = true
                break
            }
            if formats.isSafe[piece.column], !formats.mayWriteHighBytes[piece.column] { return nil }
            let copy = scratch.bytes(formats.maximumBytes)
            text = UnsafeBufferPointer(start: copy, count: formats.formats[piece.column].write(piece, row, to: copy))
        case .run, .source, .text:
            if let cells = piece.cells, let bytes = piece.bytes, !cells[row].isUntouched {
                isNull = cells[row].isNull
                if !isNull { text = UnsafeBufferPointer(start: bytes + cells[row].offset, count: cells[row].length) }
            } else if let first = piece.first {
                let cell = first[row]
                isNull = cell.isNull && (cell.contentLength == 0 || !style.nullMarker.isEmpty)
                isCopied = copies
                if !isNull {
                    let base = UnsafePointer(batch.bytes)
                    text = cell.hasEscapes && !copies && !cell.isNull
                        ? batch.unescaped(cell, in: base, scratch: scratch) : UnsafeBufferPointer(start: base + cell.contentOffset, count: cell.contentLength)
                }
            } else {
                isNull = true
            }
        }
        if text.isEmpty { return isAlone && dialect.quote == nil && (!isNull || style.nullMarker.isEmpty) ? .blankLine : nil }
        if let encoder, let character = encoder.firstLacking(text) { return .lacks(character: character, encoding: style.encoding) }
        if dialect.quote == nil, dialect.escape == nil, !isCopied, let start = text.baseAddress, TextSearch.first(of: special, in: start, text.count) < text.count { return .needsQuotes }
        return nil
    }
}
