import Rows

/// Makes COPY's text format of the selected rows of batches: tabs between cells, `\N` for null, the row's number as the last cell.
final class CopyEncoder {
    private var room: UnsafeMutablePointer<UInt8>
    private var capacity: Int
    private(set) var count = 0
    private static let truth = ValueFormat(plain: .boolean)
    private static let day = ValueFormat(plain: .date)
    private static let moment = ValueFormat(plain: .timestamp)
    private let scratch = TextScratch()

    init() {
        capacity = 256 << 10
        room = .allocate(capacity: capacity)
    }

    deinit { room.deallocate() }

    func withBytes<Failure: Error>(_ body: (UnsafeRawBufferPointer) throws(Failure) -> Void) throws(Failure) {
        try body(UnsafeRawBufferPointer(start: room, count: count))
    }

    func encode(_ batch: RowBatch, firstNumber: Int64) {
        count = 0
        for place in 0..<batch.selectedCount {
            let row = batch.selectedRow(place)
            for column in batch.columns {
                put(batch, column, row)
                reserve(1)
                append(0x09)
            }
            reserve(32)
            count += ValueFormat.write(firstNumber + Int64(place), to: room + count)
            append(0x0A)
        }
    }

    private func put(_ batch: RowBatch, _ column: Column, _ row: Int) {
        switch column {
        case .integer(let values): number(values, row) { ValueFormat.write($0, to: $1) }
        case .float(let values): number(values, row) { ValueFormat.write($0, to: $1) }
        // Whatever the column's format, the database wants its own form.
        case .decimal(let values): number(values, row) { $0.write(to: $1) }
        case .boolean(let values): number(values, row) { Self.truth.write($0, to: $1) }
        case .date(let values): number(values, row) { Self.day.write(days: $0, to: $1) }
        case .timestamp(let values): number(values, row) { Self.moment.write(microseconds: $0, to: $1) }
        case .source, .text:
            guard let (cell, base) = batch.textCell(column, row), let text = batch.text(cell, in: base, scratch: scratch) else { return null() }
            escaped(text)
        }
    }

    private func number<Element>(_ values: ColumnValues<Element>, _ row: Int, _ write: (Element, UnsafeMutablePointer<UInt8>) -> Int) {
        guard let value = values[row] else { return null() }
        reserve(128)
        count += write(value, room + count)
    }

    private func null() {
        reserve(2)
        append(0x5C)
        append(0x4E)
    }

    /// Backslash, tab and line ends mean something to COPY; NUL can't be stored by PostgreSQL and is refused there.
    private func escaped(_ text: UnsafeBufferPointer<UInt8>) {
        reserve(text.count * 2)
        for byte in text {
            switch byte {
            case 0x5C: append(0x5C); append(0x5C)
            case 0x09: append(0x5C); append(0x74)
            case 0x0A: append(0x5C); append(0x6E)
            case 0x0D: append(0x5C); append(0x72)
            default: append(byte)
            }
        }
    }

    /// Room for so many more bytes was reserved before.
    private func append(_ byte: UInt8) {
        room[count] = byte
        count += 1
    }

    private func reserve(_ more: Int) {
        guard count + more > capacity else { return }
        capacity = max(capacity * 2, count + more)
        let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
        larger.update(from: room, count: count)
        room.deallocate()
        room = larger
    }
}
