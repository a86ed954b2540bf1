import Rows

/// What writing a column of this batch comes down to: pointers, so that the loop over the rows touches no reference count.
///
/// Valid as long as the batch and its columns are.
struct WriterPlan {
    enum Kind {
        /// Source columns that stand side by side, `first` to `last`: copied as one piece.
        case run
        /// A source column in another dialect, or the only one of its row.
        case source
        /// A computed text; an untouched cell is `first`'s.
        case text
        case integer, float, decimal, boolean, date, timestamp
    }

    struct Piece {
        var kind: Kind
        /// Source cells by row; nil for what has none.
        var first: UnsafePointer<CellRef>?
        var last: UnsafePointer<CellRef>?
        /// Cells of a computed text, and what they point into.
        var cells: UnsafePointer<CellRef>?
        var bytes: UnsafePointer<UInt8>?
        var values: UnsafeRawPointer?
        var isValid: UnsafePointer<Bool>?
        /// The output column, for its format.
        var column: Int
        /// Values of it are written by `writePlain` and need no quotes.
        var isPlain = false
        /// Of dates.
        var layout: DateLayout?

        init(_ kind: Kind, column: Int) {
            self.kind = kind
            self.column = column
        }
    }

    private(set) var pieces: [Piece] = []
    /// The source columns of each piece, when all are runs.
    private(set) var runs: [(first: Int, last: Int)]? = []

    /// - Parameter copies: source text means the same in the output.
    init(_ batch: RowBatch, copies: Bool, formats: FormatTable) {
        let isAlone = batch.columns.count == 1
        for (place, column) in batch.columns.enumerated() {
            if let text = column.text {
                var piece = Piece(.text, column: place)
                piece.cells = UnsafePointer(text.cells)
                piece.bytes = UnsafePointer(text.bytes)
                if let source = text.source, source >= 0, source < batch.sourceColumnCount { piece.first = UnsafePointer(batch.sourceCells(source)) }
                add(piece)
            } else if let source = column.source, source >= 0, source < batch.sourceColumnCount {
                // A row of one empty cell would be a blank line, which is none.
                if copies, !isAlone { addRun(batch, source, place) } else { addSource(batch, source, place) }
            } else {
                addValues(column, place, formats)
            }
        }
    }

    private mutating func add(_ piece: Piece) {
        pieces.append(piece)
        runs = nil
    }

    private mutating func addSource(_ batch: RowBatch, _ source: Int, _ place: Int) {
        var piece = Piece(.source, column: place)
        piece.first = UnsafePointer(batch.sourceCells(source))
        add(piece)
    }

    private mutating func addRun(_ batch: RowBatch, _ source: Int, _ place: Int) {
        let cells = UnsafePointer(batch.sourceCells(source))
        if batch.hasAdjacentCells, source > 0, let previous = pieces.last, previous.kind == .run, previous.last == UnsafePointer(batch.sourceCells(source - 1)) {
            pieces[pieces.count - 1].last = cells
            if let count = runs?.count { runs?[count - 1].last = source }
            return
        }
        var piece = Piece(.run, column: place)
        (piece.first, piece.last) = (cells, cells)
        pieces.append(piece)
        runs?.append((source, source))
    }

    private mutating func addValues(_ column: Column, _ place: Int, _ formats: FormatTable) {
        let format = formats.formats + place
        func piece<Element>(_ kind: Kind, _ values: ColumnValues<Element>, isPlain: Bool = false) -> Piece {
            var piece = Piece(kind, column: place)
            piece.isPlain = isPlain && formats.isSafe[place]
            piece.layout = format.pointee.layout
            piece.values = UnsafeRawPointer(values.values)
            piece.isValid = UnsafePointer(values.isValid)
            return piece
        }
        switch column {
        // A source that the batch doesn't have: nothing but nulls.
        case .source, .text: add(Piece(.text, column: place))
        case .integer(let values): add(piece(.integer, values, isPlain: true))
        case .float(let values): add(piece(.float, values))
        case .decimal(let values): add(piece(.decimal, values, isPlain: format.pointee.isPlainDecimal))
        case .boolean(let values): add(piece(.boolean, values))
        case .date(let values): add(piece(.date, values, isPlain: format.pointee.layout != nil))
        case .timestamp(let values): add(piece(.timestamp, values))
        }
    }
}

extension WriterPlan.Piece {
    /// Writes the value of a column that `isPlain`, in a row that has one; 0: it takes its format after all. - Parameter target: 64 bytes of room.
    @inline(__always)
    func writePlain(_ row: Int, to target: UnsafeMutablePointer<UInt8>) -> Int {
        guard let values else { return 0 }
        switch kind {
        case .integer: return ValueFormat.write(values.assumingMemoryBound(to: Int64.self)[row], to: target)
        case .decimal: return values.assumingMemoryBound(to: Decimal.self)[row].write(to: target)
        case .date:
            let days = values.assumingMemoryBound(to: Int32.self)[row]
            guard let layout, CalendarDate.dayRange.contains(days) else { return 0 }
            return layout.write(days: days, to: target)
        case .run, .source, .text, .float, .boolean, .timestamp: return 0
        }
    }
}

extension ValueFormat {
    /// Writes the value of a typed column in a row that has one. - Parameter target: `maximumBytes` of room.
    @inline(__always)
    func write(_ piece: WriterPlan.Piece, _ row: Int, to target: UnsafeMutablePointer<UInt8>) -> Int {
        guard let values = piece.values else { return 0 }
        switch piece.kind {
        case .integer: return ValueFormat.write(values.assumingMemoryBound(to: Int64.self)[row], to: target)
        case .float: return write(values.assumingMemoryBound(to: Double.self)[row], to: target)
        case .decimal: return write(values.assumingMemoryBound(to: Decimal.self)[row], to: target)
        case .boolean: return write(values.assumingMemoryBound(to: Bool.self)[row], to: target)
        case .date: return write(days: values.assumingMemoryBound(to: Int32.self)[row], to: target)
        case .timestamp: return write(microseconds: values.assumingMemoryBound(to: Int64.self)[row], to: target)
        case .run, .source, .text: return 0
        }
    }
}
