import Glibc
import Rows

/// Makes bytes of a row and a row of these bytes, with its original text, its values and where it came from: for steps that keep rows.
///
/// Form: file, number, ordinal, offset (8 bytes each); route + 1 (2 bytes), 0 for none; length and bytes of the original row; its source cells (8 bytes each, offsets
/// from the row's start); then each column: a tag, and what the tag says.
final class RowCodec {
    private enum Tag: UInt8 {
        /// The source's own text; its index follows (2 bytes).
        case source = 0
        /// Computed text; length (4) and bytes follow.
        case text = 1
        case null = 2
        /// A typed value; its source's index + 1 (2), 0 for none, and the value follow.
        case value = 3
        /// A typed null; its source's index + 1 (2) follows.
        case typedNull = 4
    }

    private let types: [ColumnType]
    private let room = CellTextRoom()
    private let plain = ValueFormat(plain: .string)
    private(set) var bytes: [UInt8] = []
    /// What the batches that were encoded had; the same for a whole run.
    private(set) var sourceColumns = 0
    private var quote: UInt8? = 0x22
    private var delimiter: UInt8 = 0x2C
    private var escape: UInt8?

    init(_ columns: [StepColumn]) { types = columns.map(\.type) }

    // MARK: Writing

    func encode(_ packet: RowPacket, _ row: Int) {
        let batch = packet.batch
        sourceColumns = batch.sourceColumnCount
        quote = batch.quote
        delimiter = batch.delimiter
        escape = batch.escape
        bytes.removeAll(keepingCapacity: true)
        put(Int64(batch.file(of: row)))
        put(batch.rowNumber(row))
        put(batch.ordinal(row))
        put(batch.inputOffset(row))
        put(packet.routes.flatMap { row < $0.count ? $0[row] &+ 1 : nil } ?? 0 as UInt16)
        let original = batch.original(row)
        put(UInt32(truncatingIfNeeded: original.count))
        bytes.append(contentsOf: original)
        put(UInt16(truncatingIfNeeded: sourceColumns))
        let start = Int(batch.rowStarts[row])
        for column in 0..<sourceColumns {
            let cell = batch.sourceCells(column)[row]
            // A cell without bytes has no place.
            let shifted = cell.length == 0 ? CellRef(bits: cell.bits & ~0xFFFF_FFFF) : CellRef(bits: cell.bits - UInt64(start))
            put(shifted.bits)
        }
        for index in types.indices {
            if index < batch.columns.count { encode(batch.columns[index], batch, row) } else { bytes.append(Tag.null.rawValue) }
        }
    }

    private func encode(_ column: Column, _ batch: RowBatch, _ row: Int) {
        switch column {
        case .source(let index):
            bytes.append(Tag.source.rawValue)
            put(UInt16(truncatingIfNeeded: index))
        case .text(let text):
            if text.cells[row].isUntouched, let source = text.source {
                bytes.append(Tag.source.rawValue)
                put(UInt16(truncatingIfNeeded: source))
            } else if let content = room.text(column, row, of: batch, format: plain) {
                bytes.append(Tag.text.rawValue)
                put(UInt32(truncatingIfNeeded: content.count))
                bytes.append(contentsOf: content)
            } else {
                bytes.append(Tag.null.rawValue)
            }
        case .integer(let values), .timestamp(let values): put(values, row)
        case .float(let values): put(values, row)
        case .decimal(let values): put(values, row)
        case .boolean(let values): put(values, row)
        case .date(let values): put(values, row)
        }
    }

    private func put<Element>(_ values: ColumnValues<Element>, _ row: Int) {
        let isValid = values.isValid[row]
        bytes.append((isValid ? Tag.value : Tag.typedNull).rawValue)
        put(UInt16(truncatingIfNeeded: (values.source ?? -1) + 1))
        if isValid { put(values.values[row]) }
    }

    private func put<Value: BitwiseCopyable>(_ value: Value) { withUnsafeBytes(of: value) { bytes.append(contentsOf: $0) } }

    // MARK: Reading

    /// Fills a batch row by row. Bytes come from `encode` of this run and are believed.
    struct Builder {
        let batch: RowBatch
        private let codec: RowCodec
        private var routes: [UInt16] = []
        private var anyRouted = false
        private var columns: [Column] = []
        /// By column: the source all rows so far share; -1 none, -2 not all the same.
        private var sources: [Int] = []
        /// By text column: every row so far is its source's own text.
        private var isUntouched: [Bool] = []
        private let byteLimit: Int

        init(_ codec: RowCodec, pool: BatchPool) {
            self.codec = codec
            batch = pool.take(sourceColumns: codec.sourceColumns)
            byteLimit = pool.batchBytes
            batch.quote = codec.quote
            batch.delimiter = codec.delimiter
            batch.escape = codec.escape
            batch.identities = []
            // Cells without bytes have no place of their own any more.
            batch.hasAdjacentCells = false
            let capacity = batch.rowCapacity
            columns = codec.types.map { type in
                switch type {
                case .string: .text(TextColumn(capacity: capacity))
                case .integer: .integer(ColumnValues(capacity: capacity))
                case .float: .float(ColumnValues(capacity: capacity))
                case .decimal: .decimal(ColumnValues(capacity: capacity))
                case .boolean: .boolean(ColumnValues(capacity: capacity))
                case .date: .date(ColumnValues(capacity: capacity))
                case .timestamp: .timestamp(ColumnValues(capacity: capacity))
                }
            }
            sources = Array(repeating: -3, count: columns.count)
            isUntouched = Array(repeating: true, count: columns.count)
        }

        var isFull: Bool { batch.rowCount >= batch.rowCapacity || batch.byteCount >= byteLimit }

        mutating func append(_ record: UnsafeRawBufferPointer) {
            var reader = Reader(record)
            let row = batch.rowCount
            let (file, number, ordinal, offset) = (reader.number(Int64.self), reader.number(Int64.self), reader.number(Int64.self), reader.number(Int64.self))
            batch.identities?.append(RowIdentity(file: Int(file), number: number, ordinal: ordinal, offset: offset))
            let route = reader.number(UInt16.self)
            anyRouted = anyRouted || route > 0
            routes.append(route > 0 ? route - 1 : 0)
            let length = Int(reader.number(UInt32.self))
            batch.reserve(bytes: batch.byteCount + length)
            let start = batch.byteCount
            let original = reader.bytes(length)
            if let from = original.baseAddress { memcpy(batch.bytes + start, from, length) }
            batch.byteCount += length
            batch.rowStarts[row] = UInt32(truncatingIfNeeded: start)
            batch.rowEnds[row] = UInt32(truncatingIfNeeded: start + length)
            let cells = Int(reader.number(UInt16.self))
            for column in 0..<cells {
                let cell = CellRef(bits: reader.number(UInt64.self))
                if column < batch.sourceColumnCount { batch.sourceCells(column)[row] = cell.length == 0 ? cell : CellRef(bits: cell.bits + UInt64(start)) }
            }
            batch.rowCount += 1
            for index in columns.indices { read(&reader, index, row) }
        }

        private mutating func read(_ reader: inout Reader, _ index: Int, _ row: Int) {
            let tag = Tag(rawValue: reader.number(UInt8.self)) ?? .null
            switch columns[index] {
            case .source: break
            case .text(let text):
                switch tag {
                case .source:
                    let source = Int(reader.number(UInt16.self))
                    if sources[index] == -3 { sources[index] = source }
                    if sources[index] == source {
                        text.cells[row] = .untouched
                    } else {
                        copy(source, to: text, row)
                        isUntouched[index] = false
                    }
                case .text:
                    let content = reader.bytes(Int(reader.number(UInt32.self)))
                    text.set(content.bindMemory(to: UInt8.self), at: row)
                    isUntouched[index] = false
                default:
                    text.setNull(at: row)
                    isUntouched[index] = false
                }
            case .integer(let values), .timestamp(let values): read(&reader, tag, values, index, row)
            case .float(let values): read(&reader, tag, values, index, row)
            case .decimal(let values): read(&reader, tag, values, index, row)
            case .boolean(let values): read(&reader, tag, values, index, row)
            case .date(let values): read(&reader, tag, values, index, row)
            }
        }

        private mutating func read<Element>(_ reader: inout Reader, _ tag: Tag, _ values: ColumnValues<Element>, _ index: Int, _ row: Int) {
            guard tag == .value || tag == .typedNull else {
                values.setNull(at: row)
                return
            }
            let source = Int(reader.number(UInt16.self)) - 1
            if sources[index] == -3 { sources[index] = source } else if sources[index] != source { sources[index] = -2 }
            if tag == .value, let value = reader.take(Element.self) { values.set(value, at: row) } else { values.setNull(at: row) }
        }

        private func copy(_ source: Int, to text: TextColumn, _ row: Int) {
            if let content = codec.room.text(.source(source), row, of: batch, format: codec.plain) { text.set(content, at: row) } else { text.setNull(at: row) }
        }

        /// The packet with its columns and routes; the builder is done.
        mutating func finish() -> RowPacket {
            for index in columns.indices {
                let source = sources[index] >= 0 ? sources[index] : nil
                switch columns[index] {
                case .source: break
                case .text(let text):
                    text.source = source
                    if isUntouched[index], let source { columns[index] = .source(source) }
                case .integer(let values), .timestamp(let values): values.source = source
                case .float(let values): values.source = source
                case .decimal(let values): values.source = source
                case .boolean(let values): values.source = source
                case .date(let values): values.source = source
                }
            }
            batch.columns = columns
            let packet = RowPacket(batch)
            if anyRouted { packet.routes = routes }
            return packet
        }
    }

    private struct Reader {
        private let record: UnsafeRawBufferPointer
        private var at = 0

        init(_ record: UnsafeRawBufferPointer) { self.record = record }

        /// nil where the record has ended, which one of `encode` never has.
        mutating func take<Value: BitwiseCopyable>(_ type: Value.Type) -> Value? {
            let size = MemoryLayout<Value>.size
            guard record.count - at >= size else { return nil }
            at += size
            return record.loadUnaligned(fromByteOffset: at - size, as: Value.self)
        }

        mutating func number<Value: FixedWidthInteger & BitwiseCopyable>(_ type: Value.Type) -> Value { take(type) ?? 0 }

        mutating func bytes(_ count: Int) -> UnsafeRawBufferPointer {
            let taken = min(count, record.count - at)
            at += taken
            return UnsafeRawBufferPointer(rebasing: record[(at - taken)..<at])
        }
    }

    // MARK: State

    func write(to writer: inout StateWriter) {
        writer.put(sourceColumns)
        writer.put(Int(quote ?? 0))
        writer.put(Int(delimiter))
        writer.put(Int(escape ?? 0))
    }

    func read(from reader: inout StateReader) throws(StateReader.Malformed) {
        sourceColumns = try reader.int()
        guard sourceColumns >= 0, sourceColumns < 1 << 16 else { throw StateReader.Malformed() }
        let quote = try reader.int()
        self.quote = quote == 0 ? nil : UInt8(truncatingIfNeeded: quote)
        delimiter = UInt8(truncatingIfNeeded: try reader.int())
        let escape = try reader.int()
        self.escape = escape == 0 ? nil : UInt8(truncatingIfNeeded: escape)
    }
}
