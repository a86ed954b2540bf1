import Rows

/// Writes the selected rows of batches as JSON Lines: one object a row, members in the columns' order.
///
/// Integers, decimals (all their digits), finite floats and booleans are JSON's own; text, dates and timestamps are strings; a null, and a
/// float that is none of JSON's numbers, is null. One owner.
public final class JSONLinesWriter {
    private let file: OutputFile
    private let formats: [ValueFormat]
    /// What stands before each value: `{"name":` and `,"name":`.
    private let keys: [[UInt8]]
    private let scratch = TextScratch()
    /// Rows written through this writer.
    public private(set) var rows: Int64 = 0

    /// - Parameter columns: names that repeat get a number, `name_2`: readers of JSON keep only one of a name.
    public init(_ file: OutputFile, columns: [OutputColumn]) {
        self.file = file
        formats = columns.map(\.format)
        var taken: Set<String> = []
        var keys: [[UInt8]] = []
        for (place, column) in columns.enumerated() {
            var name = column.name
            var number = 2
            while !taken.insert(name).inserted {
                name = "\(column.name)_\(number)"
                number += 1
            }
            var key: [UInt8] = [place == 0 ? UInt8(ascii: "{") : UInt8(ascii: ",")]
            key.append(UInt8(ascii: "\""))
            for byte in name.utf8 { Self.escape(byte) { key.append($0) } }
            keys.append(key + Array("\":".utf8))
        }
        self.keys = keys
    }

    public func write(_ batch: RowBatch) throws(DelimitedError) {
        let columns = batch.columns.prefix(keys.count)
        for place in 0..<batch.selectedCount {
            let row = batch.selectedRow(place)
            if columns.isEmpty { put("{") }
            for (index, column) in columns.enumerated() {
                put(keys[index])
                putValue(batch, column, row, formats[index])
            }
            put("}\n")
            rows += 1
            try file.flushIfFull()
        }
    }

    private func putValue(_ batch: RowBatch, _ column: Column, _ row: Int, _ format: ValueFormat) {
        let target = scratch.bytes(format.maximumBytes)
        var count = 0
        var isString = false
        switch column {
        case .source, .text:
            guard let (cell, base) = batch.textCell(column, row), let text = batch.text(cell, in: base, scratch: scratch) else { return put("null") }
            return putString(text)
        case .integer(let values):
            guard let value = values[row] else { return put("null") }
            count = ValueFormat.write(value, to: target)
        case .float(let values):
            guard let value = values[row], value.isFinite else { return put("null") }
            count = ValueFormat.write(value, to: target)
        case .decimal(let values):
            guard let value = values[row] else { return put("null") }
            // The format's digits, but JSON's point and no groups.
            count = (format.scale.flatMap { value.rescaled(to: $0) } ?? value).write(to: target)
        case .boolean(let values):
            guard let value = values[row] else { return put("null") }
            return put(value ? "true" : "false")
        case .date(let values):
            guard let value = values[row] else { return put("null") }
            count = format.write(days: value, to: target)
            isString = true
        case .timestamp(let values):
            guard let value = values[row] else { return put("null") }
            count = format.write(microseconds: value, to: target)
            isString = true
        }
        let text = UnsafeBufferPointer(start: UnsafePointer(target), count: count)
        if isString { putString(text) } else { put(text) }
    }

    private func putString(_ text: UnsafeBufferPointer<UInt8>) {
        // At most six bytes for one, and the quotes.
        file.reserve(text.count * 6 + 2)
        var at = file.room + file.used
        at.pointee = UInt8(ascii: "\"")
        at += 1
        for byte in text {
            if byte >= 0x20, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") {
                at.pointee = byte
                at += 1
            } else {
                Self.escape(byte) {
                    at.pointee = $0
                    at += 1
                }
            }
        }
        at.pointee = UInt8(ascii: "\"")
        file.used = at + 1 - file.room
    }

    /// What stands for a byte inside a JSON string: one to six bytes.
    @inline(__always)
    private static func escape(_ byte: UInt8, _ put: (UInt8) -> Void) {
        func pair(_ second: UInt8) {
            put(UInt8(ascii: "\\"))
            put(second)
        }
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): pair(byte)
        case 0x0A: pair(UInt8(ascii: "n"))
        case 0x0D: pair(UInt8(ascii: "r"))
        case 0x09: pair(UInt8(ascii: "t"))
        case 0x20...: put(byte)
        default:
            pair(UInt8(ascii: "u"))
            put(0x30)
            put(0x30)
            put(0x30 + (byte >> 4))
            put(byte & 15 < 10 ? 0x30 + (byte & 15) : 0x57 + (byte & 15))
        }
    }

    private func put(_ bytes: some Collection<UInt8>) {
        file.reserve(bytes.count)
        var at = file.room + file.used
        for byte in bytes {
            at.pointee = byte
            at += 1
        }
        file.used += bytes.count
    }

    private func put(_ text: StaticString) { put(UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)) }
}
