import Glibc
import Rows

/// Makes bytes of a row's key columns whose order under `memcmp` is the order of the rows, and which are equal where the keys are.
///
/// Numbers go by value (1.5 is 1.50, -0.0 is 0.0), texts by code points. Null comes after everything else ascending, before it
/// descending; nulls are equal to each other.
final class RowKey {
    private let columns: [(position: Int, isDescending: Bool)]
    private let room = CellTextRoom()
    private let plain = ValueFormat(plain: .string)
    /// A plain piece of memory: this is made for every row.
    private var start: UnsafeMutablePointer<UInt8>
    private var capacity = 256
    private var count = 0

    init(_ columns: [(position: Int, isDescending: Bool)]) {
        self.columns = columns
        start = .allocate(capacity: 256)
    }

    deinit { start.deallocate() }

    /// The key of the last row; valid until the next one's is made.
    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: start, count: count) }

    /// Room for so many more bytes.
    @inline(__always)
    private func reserve(_ more: Int) { if count + more > capacity { grow(more) } }

    @inline(never)
    private func grow(_ more: Int) {
        let larger = max(capacity * 2, count + more)
        let grown = UnsafeMutablePointer<UInt8>.allocate(capacity: larger)
        grown.update(from: start, count: count)
        start.deallocate()
        start = grown
        capacity = larger
    }

    @inline(__always)
    private func append(byte: UInt8) {
        reserve(1)
        start[count] = byte
        count += 1
    }

    convenience init(positions: [Int]) { self.init(positions.map { ($0, false) }) }

    /// Makes `bytes`; true when one of the columns is null.
    @discardableResult
    func make(_ batch: RowBatch, _ row: Int) -> Bool {
        count = 0
        var hasNull = false
        for (position, isDescending) in columns {
            let first = count
            if !append(batch, position, row) {
                append(byte: 2)
                hasNull = true
            }
            if isDescending { for at in first..<count { start[at] = ~start[at] } }
        }
        return hasNull
    }

    func hash(with hasher: SipHash) -> SipHash.Hash { hasher.hash(bytes) }

    /// False for a null, of which nothing is written.
    private func append(_ batch: RowBatch, _ position: Int, _ row: Int) -> Bool {
        guard position < batch.columns.count else { return false }
        let column = batch.columns[position]
        switch column {
        case .source(let index):
            // The common case: a cell of the input without escapes.
            guard index < batch.sourceColumnCount else { return false }
            let cell = batch.sourceCells(index)[row]
            if cell.isNull { return false }
            if !cell.hasEscapes {
                append(byte: 1)
                append(UnsafeBufferPointer(start: UnsafePointer(batch.bytes) + cell.contentOffset, count: cell.contentLength))
                return true
            }
        case .text: break
        default:
            if batch.isNull(column, row) { return false }
            append(byte: 1)
            append(column, row)
            return true
        }
        guard let text = room.text(column, row, of: batch, format: plain) else { return false }
        append(byte: 1)
        append(text)
        return true
    }

    /// A typed value that isn't null.
    private func append(_ column: Column, _ row: Int) {
        switch column {
        case .source, .text: break
        case .integer(let values), .timestamp(let values): append(UInt64(bitPattern: values.values[row]) ^ 1 << 63)
        case .float(let values): append(Self.ordered(values.values[row]))
        case .decimal(let values): append(values.values[row])
        case .boolean(let values): append(byte: values.values[row] ? 1 : 0)
        case .date(let values): append(UInt64(bitPattern: Int64(values.values[row])) ^ 1 << 63)
        }
    }

    private func append(_ value: UInt64) {
        reserve(8)
        UnsafeMutableRawPointer(start + count).storeBytes(of: value.bigEndian, as: UInt64.self)
        count += 8
    }

    /// Text ends with two zeros; a zero within it is followed by 255, so that no text is another's beginning.
    private func append(_ text: UnsafeBufferPointer<UInt8>) {
        reserve(text.count * 2 + 2)
        if let from = text.baseAddress, text.count > 0 {
            if memchr(from, 0, text.count) != nil {
                for byte in text {
                    append(byte: byte)
                    if byte == 0 { append(byte: 255) }
                }
            } else {
                memcpy(start + count, from, text.count)
                count += text.count
            }
        }
        start[count] = 0
        start[count + 1] = 0
        count += 2
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
            append(byte: 1)
            return
        }
        let isNegative = coefficient < 0
        append(byte: isNegative ? 0 : 2)
        let first = count
        let scale = value.scale
        var digits = 0
        // The digits from the last to the first, then turned around. At most 35, and the two bytes around them.
        reserve(40)
        let digitsStart = count + 1
        var rest = coefficient.magnitude
        while rest > 0 {
            let (quotient, remainder): (UInt128, UInt128) = rest >> 64 == 0
                ? { let pair = UInt64(truncatingIfNeeded: $0).quotientAndRemainder(dividingBy: 10); return (UInt128(pair.quotient), UInt128(pair.remainder)) }(rest)
                : rest.quotientAndRemainder(dividingBy: 10)
            start[digitsStart + digits] = UInt8(truncatingIfNeeded: remainder) &+ 0x30
            digits += 1
            rest = quotient
        }
        // Where the point stands, seen from the first digit: within 35 of the middle.
        start[count] = UInt8(clamping: 128 + digits - scale)
        var (low, high) = (digitsStart, digitsStart + digits - 1)
        while low < high {
            (start[low], start[high]) = (start[high], start[low])
            low += 1
            high -= 1
        }
        while digits > 0, start[digitsStart + digits - 1] == UInt8(ascii: "0") { digits -= 1 }
        start[digitsStart + digits] = 0
        count = digitsStart + digits + 1
        if isNegative { for at in first..<count { start[at] = ~start[at] } }
    }
}
