import Rows

/// The cells of a chunk of rows as a script gets them: one UTF-16 text, where each cell stands in it, and the numbers.
///
/// Memory of its own, reused chunk after chunk. Within a chunk all pointers stay where they are.
final class ChunkInput {
    /// All text, cell after cell, row after row.
    private(set) var units: UnsafeMutablePointer<UInt16>
    private(set) var unitCount = 0
    private var unitCapacity: Int
    /// See `BatchProgram`: `I` and `N`.
    let places: UnsafeMutablePointer<Int32>
    let numbers: UnsafeMutablePointer<Double>
    let placeCount: Int
    let numberCount: Int
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
        unitCapacity = 32 << 10
        units = .allocate(capacity: unitCapacity)
    }

    deinit {
        places.deallocate()
        numbers.deallocate()
        units.deallocate()
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
        if unitCapacity > 4 << 20 { shrink() }
        unitCount = 0
        let end = min(batch.selectedCount, start + rows)
        guard end > start else { return 0 }
        let columns = batch.columns
        let isPlain = Self.isASCII(batch, from: start, to: end)
        let base = UnsafePointer(batch.bytes)
        var place = start
        var at = 0
        var numberAt = 0
        plan.reads.map { Reader(columns[$0], batch) }.withUnsafeBufferPointer { readers in
            // `at` stays below `placeCount`: two entries a column, at most `rows` rows; `numberAt` likewise. Rows are below the batch's row
            // count, for which all columns have values.
            while place < end {
                let row = batch.selectedRow(place)
                for index in readers.indices {
                    let reader = readers[index]
                    switch reader.kind {
                    case .cells:
                        if let cells = reader.cells { put(cells[row], base, isPlain, batch, at) }
                    case .integer:
                        guard let values = reader.integers, let isValid = reader.isValid else { break }
                        let value = values[row]
                        if !isValid[row] { putNumber(.nan, at, &numberAt) } else if value.magnitude <= 1 << 53 { putNumber(Double(value), at, &numberAt) } else {
                            putDigits(at, &numberAt) { ValueFormat.write(value, to: $0) }
                        }
                    case .float:
                        guard let values = reader.floats, let isValid = reader.isValid else { break }
                        putNumber(isValid[row] ? values[row] : .nan, at, &numberAt)
                    case .decimal:
                        guard let values = reader.decimals, let isValid = reader.isValid else { break }
                        putNumber(isValid[row] ? Self.double(values[row]) : .nan, at, &numberAt)
                    case .other:
                        putOther(columns[plan.reads[index]], plan.formats[plan.reads[index]], row, batch, at)
                    }
                    at &+= 2
                }
                place &+= 1
                if unitCount > Self.unitLimit { break }
            }
        }
        return place - start
    }

    /// A column of computed text, or one that the format writes.
    private func putOther(_ column: Column, _ format: ValueFormat, _ row: Int, _ batch: RowBatch, _ at: Int) {
        if let (cell, base) = batch.textCell(column, row) {
            put(cell, base, false, batch, at)
        } else {
            putFormatted(column, format, row, at)
        }
    }

    @inline(__always)
    private func putNumber(_ value: Double, _ at: Int, _ numberAt: inout Int) {
        places[at] = -1
        numbers[numberAt] = value
        numberAt &+= 1
    }

    /// Digits beyond what a number holds go over as text.
    private func putDigits(_ at: Int, _ numberAt: inout Int, _ write: (UnsafeMutablePointer<UInt8>) -> Int) {
        putNumber(.nan, at, &numberAt)
        let target = room.bytes(Decimal.maximumText)
        putText(UnsafeBufferPointer(start: target, count: write(target)), isPlain: true, at)
    }

    /// The nearest binary number; exact division while both sides are exact.
    private static func double(_ value: Decimal) -> Double {
        let coefficient = value.coefficient
        guard coefficient.magnitude < 1 << 53, value.scale <= 22 else { return value.double }
        var power = 1.0
        for _ in 0..<value.scale { power *= 10 }
        return Double(Int64(truncatingIfNeeded: coefficient)) / power
    }

    private func putFormatted(_ column: Column, _ format: ValueFormat, _ row: Int, _ at: Int) {
        if let (target, count) = ColumnBuilder.write(column, format, row, room) {
            putText(UnsafeBufferPointer(start: target, count: count), isPlain: false, at)
        } else {
            places[at] = -1
        }
    }

    @inline(__always)
    private func put(_ cell: CellRef, _ base: UnsafePointer<UInt8>, _ isPlain: Bool, _ batch: RowBatch, _ at: Int) {
        if cell.isNull {
            places[at] = -1
            return
        }
        let content = UnsafeBufferPointer(start: base + cell.contentOffset, count: cell.contentLength)
        if cell.hasEscapes {
            putText(scratch.unescape(content, quote: batch.quote ?? 0x22), isPlain: false, at)
        } else {
            putText(content, isPlain: isPlain, at)
        }
    }

    /// One cell's text: at most as many units as bytes.
    @inline(__always)
    private func putText(_ text: UnsafeBufferPointer<UInt8>, isPlain: Bool, _ at: Int) {
        let count = text.count
        if unitCount &+ count &+ 32 > unitCapacity { grow(count + 32) }
        let target = units + unitCount
        places[at] = Int32(truncatingIfNeeded: unitCount)
        if isPlain, let start = text.baseAddress {
            // Sixteen at a time, past the end: 64 bytes behind a batch's and a text column's text may be read, the target has slack for 16.
            let raw = UnsafeRawPointer(start)
            var done = 0
            while done < count {
                let wide = SIMD16<UInt16>(truncatingIfNeeded: raw.loadUnaligned(fromByteOffset: done, as: SIMD16<UInt8>.self))
                UnsafeMutableRawPointer(target + done).storeBytes(of: wide, as: SIMD16<UInt16>.self)
                done &+= 16
            }
            unitCount &+= count
        } else {
            unitCount &+= Transcoding.widen(text, to: target)
        }
        places[at &+ 1] = Int32(truncatingIfNeeded: unitCount)
    }

    @inline(never)
    private func grow(_ count: Int) {
        let larger = max(unitCapacity * 2, unitCount + count)
        let grown = UnsafeMutablePointer<UInt16>.allocate(capacity: larger)
        grown.update(from: units, count: unitCount)
        units.deallocate()
        units = grown
        unitCapacity = larger
    }

    private func shrink() {
        units.deallocate()
        unitCapacity = 32 << 10
        units = .allocate(capacity: unitCapacity)
    }

    /// Whether the rows hold ASCII alone. The rows of a reader's batch follow each other in its bytes; others are looked at cell by cell.
    private static func isASCII(_ batch: RowBatch, from start: Int, to end: Int) -> Bool {
        guard batch.identities == nil else { return false }
        let from = Int(batch.rowStarts[batch.selectedRow(start)]), to = Int(batch.rowEnds[batch.selectedRow(end - 1)])
        guard from < to, to <= batch.byteCount else { return false }
        return Transcoding.isASCII(UnsafeBufferPointer(start: batch.bytes + from, count: to - from))
    }
}
