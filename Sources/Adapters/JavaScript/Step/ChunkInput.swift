import Rows

/// The cells of a chunk of rows as a script gets them: one UTF-16 text, where each cell stands in it, and the numbers.
///
/// Texts that come again and again in a column are handed over once: see `CellDictionary`. Memory of its own, reused chunk after chunk. Within a chunk all pointers stay where they are.
final class ChunkInput {
    /// All text, cell after cell, row after row.
    private var text = Units()
    var units: UnsafeMutablePointer<UInt16> { text.start }
    var unitCount: Int { text.count }
    /// See `BatchProgram`: `I` and `N`.
    let places: UnsafeMutablePointer<Int32>
    let numbers: UnsafeMutablePointer<Double>
    let placeCount: Int
    let numberCount: Int
    /// Of each input of the program; nil where it has none.
    let dictionaries: [CellDictionary?]
    /// The chunk's rows are ASCII alone.
    private(set) var isPlain = false
    private let scratch = TextScratch()
    private let room = TextScratch()

    /// A chunk ends when it has so much text, so that a few huge rows don't become one huge chunk.
    static let unitLimit = 512 << 10

    init(rows: Int, program: BatchProgram) {
        placeCount = max(rows * program.textStride, 1)
        numberCount = max(rows * program.numberStride, 1)
        places = .allocate(capacity: placeCount)
        places.initialize(repeating: 0, count: placeCount)
        numbers = .allocate(capacity: numberCount)
        numbers.initialize(repeating: 0, count: numberCount)
        // Bounded for all columns together: an entry is some 150 bytes here and in the engine.
        let limit = max(64, 8192 / max(program.inputs.count, 1))
        dictionaries = program.inputs.map { $0.isNumber || !program.takesDictionaries ? nil : CellDictionary(limit: limit) }
    }

    deinit {
        places.deallocate()
        numbers.deallocate()
        text.start.deallocate()
    }

    /// Memory for text that grows; a value that the loop over cells keeps to itself.
    private struct Units {
        var start: UnsafeMutablePointer<UInt16> = .allocate(capacity: 32 << 10)
        var count = 0
        var capacity = 32 << 10

        @inline(never)
        mutating func grow(_ wanted: Int) {
            let larger = max(capacity * 2, count + wanted)
            let grown = UnsafeMutablePointer<UInt16>.allocate(capacity: larger)
            grown.update(from: start, count: count)
            start.deallocate()
            (start, capacity) = (grown, larger)
        }

        /// Empties it, and gives back what one huge row needed.
        mutating func reset() {
            count = 0
            guard capacity > 4 << 20 else { return }
            start.deallocate()
            capacity = 32 << 10
            start = .allocate(capacity: capacity)
        }
    }

    /// A column as this chunk reads it: plain pointers, so that the loop over cells counts no references.
    private struct Reader {
        enum Kind { case cells, integer, float, decimal, other }

        var kind = Kind.other
        var cells: UnsafePointer<CellRef>?
        var integers: UnsafePointer<Int64>?
        var floats: UnsafePointer<Double>?
        var decimals: UnsafePointer<Decimal>?
        var isValid: UnsafePointer<Bool>?

        init(_ column: Column, _ batch: RowBatch) {
            switch column {
            case .source(let index) where index >= 0 && index < batch.sourceColumnCount: (kind, cells) = (.cells, UnsafePointer(batch.sourceCells(index)))
            case .integer(let values): (kind, integers, isValid) = (.integer, UnsafePointer(values.values), UnsafePointer(values.isValid))
            case .float(let values): (kind, floats, isValid) = (.float, UnsafePointer(values.values), UnsafePointer(values.isValid))
            case .decimal(let values): (kind, decimals, isValid) = (.decimal, UnsafePointer(values.values), UnsafePointer(values.isValid))
            default: break
            }
        }
    }

    /// Takes rows from `start` on, as many as fit the chunk. - Returns: how many places of the selection it took.
    func fill(_ batch: RowBatch, from start: Int, rows: Int, plan: StepPlan) -> Int {
        var text = text
        defer { self.text = text }
        text.reset()
        let end = min(batch.selectedCount, start + rows)
        guard end > start else { return 0 }
        let columns = batch.columns
        let isPlain = Self.isASCII(batch, from: start, to: end)
        self.isPlain = isPlain
        if fillColumns(batch, from: start, to: end, plan: plan, &text) { return end - start }
        let base = UnsafePointer(batch.bytes)
        let selected = batch.selectedRows?.baseAddress
        var place = start
        var at = 0
        var numberAt = 0
        plan.reads.map { Reader(columns[$0], batch) }.withUnsafeBufferPointer { readers in
            // `at` stays below `placeCount`: two entries a column, at most `rows` rows; `numberAt` likewise. Rows are below the batch's row
            // count, for which all columns have values.
            while place < end {
                let row = selected.map { Int($0[place]) } ?? place
                for index in readers.indices {
                    let reader = readers[index]
                    switch reader.kind {
                    case .cells:
                        if let cells = reader.cells { put(cells[row], base, isPlain, batch, at, &text) }
                    case .integer:
                        guard let values = reader.integers, let isValid = reader.isValid else { break }
                        let value = values[row]
                        if !isValid[row] { putNumber(.nan, at, &numberAt) } else if value.magnitude <= 1 << 53 { putNumber(Double(value), at, &numberAt) } else {
                            putDigits(at, numberAt, &text) { ValueFormat.write(value, to: $0) }
                            numberAt &+= 1
                        }
                    case .float:
                        guard let values = reader.floats, let isValid = reader.isValid else { break }
                        putNumber(isValid[row] ? values[row] : .nan, at, &numberAt)
                    case .decimal:
                        guard let values = reader.decimals, let isValid = reader.isValid else { break }
                        putNumber(isValid[row] ? Self.double(values[row]) : .nan, at, &numberAt)
                    case .other:
                        putOther(columns[plan.reads[index]], plan.formats[plan.reads[index]], row, batch, at, &text)
                    }
                    at &+= 2
                }
                place &+= 1
                if text.count > Self.unitLimit { break }
            }
        }
        return place - start
    }

    /// Takes rows column by column, which is quicker than row by row. - Returns: false, with nothing taken, when the rows
    /// don't follow each other, have too much text for one chunk, or columns of other kinds.
    private func fillColumns(_ batch: RowBatch, from start: Int, to end: Int, plan: StepPlan, _ text: inout Units) -> Bool {
        let span = Int(batch.rowEnds[batch.selectedRow(end - 1)]) - Int(batch.rowStarts[batch.selectedRow(start)])
        guard batch.identities == nil, span >= 0, span <= Self.unitLimit / 2 else { return false }
        let readers = plan.reads.map { Reader(batch.columns[$0], batch) }
        guard readers.allSatisfy({ $0.kind != .other }) else { return false }
        let stride = plan.program.textStride, numberStride = plan.program.numberStride
        let (places, numbers) = (self.places, self.numbers)
        let base = UnsafePointer(batch.bytes)
        let selected = batch.selectedRows?.baseAddress
        var numberColumn = 0
        for (index, reader) in readers.enumerated() {
            var at = index * 2
            if reader.kind == .cells {
                guard let cells = reader.cells else { continue }
                // The rows' cells of one column have less text than the rows.
                if text.count + span + 64 > text.capacity { text.grow(span + 64) }
                var count = text.count
                let dictionary = dictionaries[index].flatMap { $0.begins() ? $0 : nil }
                var looked = 0, indexed = 0
                for place in start..<end {
                    let row = selected.map { Int($0[place]) } ?? place
                    let cell = cells[row]
                    defer { at &+= stride }
                    if cell.isNull {
                        places[at] = -1
                        continue
                    }
                    let content = base + cell.contentOffset
                    if let dictionary, !cell.hasEscapes {
                        looked &+= 1
                        if let entry = dictionary.index(of: content, cell.contentLength) {
                            indexed &+= 1
                            places[at] = ~Int32(truncatingIfNeeded: entry &+ 1)
                            continue
                        }
                    }
                    places[at] = Int32(truncatingIfNeeded: count)
                    if cell.hasEscapes {
                        count &+= Transcoding.widen(batch.unescaped(cell, in: base, scratch: scratch), to: text.start + count)
                    } else if isPlain {
                        Self.widenASCII(content, cell.contentLength, to: text.start + count)
                        count &+= cell.contentLength
                    } else {
                        count &+= Transcoding.widen(UnsafeBufferPointer(start: content, count: cell.contentLength), to: text.start + count)
                    }
                    places[at &+ 1] = Int32(truncatingIfNeeded: count)
                }
                dictionary?.ends(cells: looked, indexed: indexed)
                text.count = count
                continue
            }
            guard let isValid = reader.isValid else { continue }
            var numberAt = numberColumn
            numberColumn += 1
            for place in start..<end {
                let row = selected.map { Int($0[place]) } ?? place
                var value = Double.nan
                places[at] = -1
                if isValid[row] {
                    if let values = reader.integers {
                        let integer = values[row]
                        if integer.magnitude <= 1 << 53 { value = Double(integer) } else {
                            if text.count + 64 > text.capacity { text.grow(64) }
                            putDigits(at, numberAt, &text) { ValueFormat.write(integer, to: $0) }
                        }
                    } else if let values = reader.floats {
                        value = values[row]
                    } else if let values = reader.decimals {
                        value = Self.double(values[row])
                    }
                }
                numbers[numberAt] = value
                at &+= stride
                numberAt &+= numberStride
            }
        }
        return true
    }

    /// ASCII as UTF-16, sixteen at a time and past the end: 64 bytes behind a batch's text may be read, the target has slack for 32.
    @inline(__always)
    private static func widenASCII(_ text: UnsafePointer<UInt8>, _ count: Int, to target: UnsafeMutablePointer<UInt16>) {
        let raw = UnsafeRawPointer(text)
        var done = 0
        while done < count {
            let wide = SIMD16<UInt16>(truncatingIfNeeded: raw.loadUnaligned(fromByteOffset: done, as: SIMD16<UInt8>.self))
            UnsafeMutableRawPointer(target + done).storeBytes(of: wide, as: SIMD16<UInt16>.self)
            done &+= 16
        }
    }

    /// A column of computed text, or one that the format writes.
    private func putOther(_ column: Column, _ format: ValueFormat, _ row: Int, _ batch: RowBatch, _ at: Int, _ text: inout Units) {
        if let (cell, base) = batch.textCell(column, row) {
            put(cell, base, false, batch, at, &text)
        } else {
            putFormatted(column, format, row, at, &text)
        }
    }

    @inline(__always)
    private func putNumber(_ value: Double, _ at: Int, _ numberAt: inout Int) {
        places[at] = -1
        numbers[numberAt] = value
        numberAt &+= 1
    }

    /// Digits beyond what a number holds go over as text.
    private func putDigits(_ at: Int, _ numberAt: Int, _ text: inout Units, _ write: (UnsafeMutablePointer<UInt8>) -> Int) {
        numbers[numberAt] = .nan
        let target = room.bytes(Decimal.maximumText)
        putText(UnsafeBufferPointer(start: target, count: write(target)), isPlain: true, at, &text)
    }

    /// The nearest binary number; exact division while both sides are exact.
    private static func double(_ value: Decimal) -> Double {
        let coefficient = value.coefficient
        guard coefficient.magnitude < 1 << 53, value.scale <= 22 else { return value.double }
        var power = 1.0
        for _ in 0..<value.scale { power *= 10 }
        return Double(Int64(truncatingIfNeeded: coefficient)) / power
    }

    private func putFormatted(_ column: Column, _ format: ValueFormat, _ row: Int, _ at: Int, _ text: inout Units) {
        if let (target, count) = ColumnBuilder.write(column, format, row, room) {
            putText(UnsafeBufferPointer(start: target, count: count), isPlain: false, at, &text)
        } else {
            places[at] = -1
        }
    }

    @inline(__always)
    private func put(_ cell: CellRef, _ base: UnsafePointer<UInt8>, _ isPlain: Bool, _ batch: RowBatch, _ at: Int, _ text: inout Units) {
        if cell.isNull {
            places[at] = -1
            return
        }
        let content = UnsafeBufferPointer(start: base + cell.contentOffset, count: cell.contentLength)
        if cell.hasEscapes {
            putText(batch.unescaped(cell, in: base, scratch: scratch), isPlain: false, at, &text)
        } else {
            putText(content, isPlain: isPlain, at, &text)
        }
    }

    /// One cell's text: at most as many units as bytes.
    @inline(__always)
    private func putText(_ cell: UnsafeBufferPointer<UInt8>, isPlain: Bool, _ at: Int, _ text: inout Units) {
        let count = cell.count
        if text.count &+ count &+ 32 > text.capacity { text.grow(count + 32) }
        let target = text.start + text.count
        places[at] = Int32(truncatingIfNeeded: text.count)
        if isPlain, let start = cell.baseAddress {
            Self.widenASCII(start, count, to: target)
            text.count &+= count
        } else {
            text.count &+= Transcoding.widen(cell, to: target)
        }
        places[at &+ 1] = Int32(truncatingIfNeeded: text.count)
    }

    /// Whether the rows hold ASCII alone. The rows of a reader's batch follow each other in its bytes; others are looked at cell by cell.
    private static func isASCII(_ batch: RowBatch, from start: Int, to end: Int) -> Bool {
        guard batch.identities == nil else { return false }
        let from = Int(batch.rowStarts[batch.selectedRow(start)]), to = Int(batch.rowEnds[batch.selectedRow(end - 1)])
        guard from < to, to <= batch.byteCount else { return false }
        return Transcoding.isASCII(UnsafeBufferPointer(start: batch.bytes + from, count: to - from))
    }
}
