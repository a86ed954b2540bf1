import Glibc
import Rows

/// Makes bytes of a row's key columns whose order under `memcmp` is the order of the rows, and which are equal where the keys are.
///
/// Numbers go by value (1.5 is 1.50, -0.0 is 0.0), texts by code points. Null comes after everything else ascending, before it
/// descending; nulls are equal to each other.
final class RowKey {
    private let columns: [(position: Int, isDescending: Bool)]
    private(set) var bytes: [UInt8] = []
    private let room = CellTextRoom()
    private let plain = ValueFormat(plain: .string)

    init(_ columns: [(position: Int, isDescending: Bool)]) { self.columns = columns }

    convenience init(positions: [Int]) { self.init(positions.map { ($0, false) }) }

    /// Fills `bytes`; true when one of the columns is null.
    @discardableResult
    func make(_ batch: RowBatch, _ row: Int) -> Bool {
        bytes.removeAll(keepingCapacity: true)
        var hasNull = false
        for (position, isDescending) in columns {
            let start = bytes.count
            if position < batch.columns.count, !batch.isNull(batch.columns[position], row) {
                bytes.append(1)
                append(batch.columns[position], batch, row)
            } else {
                bytes.append(2)
                hasNull = true
            }
            if isDescending { for at in start..<bytes.count { bytes[at] = ~bytes[at] } }
        }
        return hasNull
    }

    func hash(with hasher: SipHash) -> SipHash.Hash { bytes.withUnsafeBytes { hasher.hash($0) } }

    private func append(_ column: Column, _ batch: RowBatch, _ row: Int) {
        switch column {
        case .source, .text: if let text = room.text(column, row, of: batch, format: plain) { append(text) }
        case .integer(let values), .timestamp(let values): append(UInt64(bitPattern: values.values[row]) ^ 1 << 63)
        case .float(let values): append(Self.ordered(values.values[row]))
        case .decimal(let values): append(values.values[row])
        case .boolean(let values): bytes.append(values.values[row] ? 1 : 0)
        case .date(let values): append(UInt64(bitPattern: Int64(values.values[row])) ^ 1 << 63)
        }
    }

    private func append(_ value: UInt64) { withUnsafeBytes(of: value.bigEndian) { bytes.append(contentsOf: $0) } }

    /// Text ends with two zeros; a zero within it is followed by 255, so that no text is another's beginning.
    private func append(_ text: UnsafeBufferPointer<UInt8>) {
        if let start = text.baseAddress, memchr(start, 0, text.count) != nil {
            for byte in text {
                bytes.append(byte)
                if byte == 0 { bytes.append(255) }
            }
        } else {
            bytes.append(contentsOf: text)
        }
        bytes.append(0)
        bytes.append(0)
    }

    static func ordered(_ value: Double) -> UInt64 {
        let bits = (value == 0 ? 0 : value).bitPattern
        return bits >> 63 == 0 ? bits | 1 << 63 : ~bits
    }

    /// Sign, digits before the point, digits: all inverted for negative numbers.
    private func append(_ value: Decimal) {
        let value = value.trimmed
        let coefficient = value.coefficient
        if coefficient == 0 {
            bytes.append(1)
            return
        }
        let isNegative = coefficient < 0
        bytes.append(isNegative ? 0 : 2)
        let start = bytes.count
        var digits = Array(String(coefficient.magnitude).utf8)
        // Where the point stands, seen from the first digit: within 35 of the middle.
        bytes.append(UInt8(clamping: 128 + digits.count - value.scale))
        while digits.last == UInt8(ascii: "0") { digits.removeLast() }
        bytes.append(contentsOf: digits)
        bytes.append(0)
        if isNegative { for at in start..<bytes.count { bytes[at] = ~bytes[at] } }
    }
}
