import Glibc
import Rows

/// Makes bytes of a row and a row of these bytes, with its original text, its values and where it came from: for steps that keep rows.
///
/// Form: file, number, ordinal, offset; route + 1, 0 for none; length and bytes of the original row; its source cells; then each column: a tag, and what the tag says.
/// It is written to the disk and read from there, so it is short: numbers have seven bits a byte, the lowest first, the eighth says that more follow.
/// A cell is its length and flags, and its place only where it isn't right behind the cell before it.
final class RowCodec {
    private enum Tag: UInt8 {
        /// The source's own text; its index follows.
        case source = 0
        /// Computed text; length and bytes follow.
        case text = 1
        case null = 2
        /// A typed value; its source's index + 1, 0 for none, and the value follow.
        case value = 3
        /// A typed null; its source's index + 1 follows.
        case typedNull = 4
    }

    private let types: [ColumnType]
    private let room = CellTextRoom()
    private let plain = ValueFormat(plain: .string)
    private(set) var bytes: [UInt8] = []
    /// What the batches that were encoded had; the same for a whole run.
    private(set) var sourceColumns = 0
    private var syntax = CellSyntax()

    init(_ columns: [StepColumn]) { types = columns.map(\.type) }

    // MARK: Writing

    func encode(_ packet: RowPacket, _ row: Int) {
        let batch = packet.batch
        sourceColumns = batch.sourceColumnCount
        syntax = batch.syntax
        bytes.removeAll(keepingCapacity: true)
        put(batch.file(of: row))
        put(Int(batch.rowNumber(row)))
        put(Int(batch.ordinal(row)))
        put(Int(batch.inputOffset(row)))
        put(packet.routes.flatMap { row < $0.count ? Int($0[row] &+ 1) : nil } ?? 0)
        let original = batch.original(row)
        put(original.count)
        bytes.append(contentsOf: original)
        put(sourceColumns)
        let start = Int(batch.rowStarts[row])
        var expected = 0
        for column in 0..<sourceColumns {
            let cell = batch.sourceCells(column)[row]
            // A cell without bytes has no place.
            let place = cell.length == 0 ? expected : cell.offset - start
            put(cell.length << 4 | Int(cell.bits >> 61) << 1 | (place == expected ? 0 : 1))
            if place != expected { put(place) }
            expected = place + cell.length + 1
        }
        for index in types.indices {
            if index < batch.columns.count { encode(batch.columns[index], batch, row) } else { bytes.append(Tag.null.rawValue) }
        }
    }

    private func encode(_ column: Column, _ batch: RowBatch, _ row: Int) {
        switch column {
        case .source(let index):
            bytes.append(Tag.source.rawValue)
            put(index)
        case .text(let text):
            if text.cells[row].isUntouched, let source = text.source {
                bytes.append(Tag.source.rawValue)
                put(source)
            } else if let content = room.text(column, row, of: batch, format: plain) {
                bytes.append(Tag.text.rawValue)
                put(content.count)
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
        put((values.source ?? -1) + 1)
        if isValid { put(value: values.values[row]) }
    }

    private func put(_ number: Int) {
        var rest = UInt64(bitPattern: Int64(number))
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }

    /// How many bytes, and these, without the zeros at the end: of small numbers few are left.
    private func put<Value: BitwiseCopyable>(value: Value) {
        withUnsafeBytes(of: value) { raw in
            var count = raw.count
            while count > 0, raw[count - 1] == 0 { count -= 1 }
            bytes.append(UInt8(truncatingIfNeeded: count))
            bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: raw[..<count]))
        }
    }

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
            batch.syntax = codec.syntax
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
            let (file, number, ordinal, offset) = (reader.number(), reader.number(), reader.number(), reader.number())
            batch.identities?.append(RowIdentity(file: file, number: Int64(number), ordinal: Int64(ordinal), offset: Int64(offset)))
            let route = UInt16(truncatingIfNeeded: reader.number())
            anyRouted = anyRouted || route > 0
            routes.append(route > 0 ? route - 1 : 0)
            let length = reader.number()
            batch.reserve(bytes: batch.byteCount + length)
            let start = batch.byteCount
            let original = reader.bytes(length)
            if let from = original.baseAddress { memcpy(batch.bytes + start, from, length) }
            batch.byteCount += length
            batch.rowStarts[row] = UInt32(truncatingIfNeeded: start)
            batch.rowEnds[row] = UInt32(truncatingIfNeeded: start + length)
            let cells = reader.number()
            var place = 0
            for column in 0..<cells {
                let head = reader.number(), length = head >> 4
                if head & 1 != 0 { place = reader.number() }
                if column < batch.sourceColumnCount {
                    batch.sourceCells(column)[row] = CellRef(offset: length == 0 ? 0 : place + start, length: length, flags: UInt64(head >> 1 & 7) << 61)
                }
                place += length + 1
            }
            batch.rowCount += 1
            for index in columns.indices { read(&reader, index, row) }
        }

        private mutating func read(_ reader: inout Reader, _ index: Int, _ row: Int) {
            let tag = Tag(rawValue: reader.byte()) ?? .null
            switch columns[index] {
            case .source: break
            case .text(let text):
                switch tag {
                case .source:
                    let source = reader.number()
                    if sources[index] == -3 { sources[index] = source }
                    if sources[index] == source {
                        text.cells[row] = .untouched
                    } else {
                        copy(source, to: text, row)
                        isUntouched[index] = false
                    }
                case .text:
                    let content = reader.bytes(reader.number())
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
            let source = reader.number() - 1
            if sources[index] == -3 { sources[index] = source } else if sources[index] != source { sources[index] = -2 }
            if tag == .value, let value = reader.value(Element.self) { values.set(value, at: row) } else { values.setNull(at: row) }
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

        /// 0 where the record has ended, which one of `encode` never has.
        mutating func byte() -> UInt8 {
            guard at < record.count else { return 0 }
            at += 1
            return record[at - 1]
        }

        mutating func number() -> Int {
            var (number, shift) = (UInt64(0), UInt64(0))
            while true {
                let byte = byte()
                number |= UInt64(byte & 0x7F) << shift
                if byte < 0x80 { return Int(Int64(bitPattern: number)) }
                shift += 7
            }
        }

        mutating func value<Value: BitwiseCopyable>(_ type: Value.Type) -> Value? {
            let found = bytes(Int(byte()))
            let size = MemoryLayout<Value>.size
            guard found.count <= size else { return nil }
            return withUnsafeTemporaryAllocation(byteCount: size, alignment: MemoryLayout<Value>.alignment) { room in
                room.initializeMemory(as: UInt8.self, repeating: 0)
                room.copyMemory(from: found)
                return room.load(as: Value.self)
            }
        }

        mutating func bytes(_ count: Int) -> UnsafeRawBufferPointer {
            let taken = min(max(count, 0), record.count - at)
            at += taken
            return UnsafeRawBufferPointer(rebasing: record[(at - taken)..<at])
        }
    }

    // MARK: State

    func write(to writer: inout StateWriter) {
        writer.put(sourceColumns)
        // A character may be any byte, also 0: none is one that isn't a byte.
        writer.put(syntax.quote.map { Int($0) } ?? -1)
        writer.put(Int(syntax.delimiter))
        writer.put(syntax.escape.map { Int($0) } ?? -1)
        writer.put((syntax.escapeSequences == .cStyle ? 1 : 0) + (syntax.hasLooseQuotes ? 2 : 0))
    }

    func read(from reader: inout StateReader) throws(StateReader.Malformed) {
        sourceColumns = try reader.int()
        guard sourceColumns >= 0, sourceColumns < 1 << 16 else { throw StateReader.Malformed() }
        syntax.quote = UInt8(exactly: try reader.int())
        syntax.delimiter = UInt8(truncatingIfNeeded: try reader.int())
        syntax.escape = UInt8(exactly: try reader.int())
        let rest = try reader.int()
        syntax.escapeSequences = rest & 1 != 0 ? .cStyle : .literal
        syntax.hasLooseQuotes = rest & 2 != 0
    }
}
