import Rows

/// The formats of an output's columns at a fixed place, so that using one copies none.
final class FormatTable {
    let formats: UnsafeMutablePointer<ValueFormat>
    let count: Int
    /// Bytes that any of them may need.
    let maximumBytes: Int
    /// Of each column whether its values are written without any of `special`.
    let isSafe: [Bool]
    /// Of each column whether its values may be written with characters beyond ASCII.
    let mayWriteHighBytes: [Bool]

    /// - Parameter special: bytes that make a cell need quotes.
    init(_ columns: [OutputColumn], special: [UInt8] = []) {
        isSafe = columns.map { column in !special.contains { column.format.mayWrite($0) } }
        mayWriteHighBytes = columns.map { column in (0x80...0xFF).contains { column.format.mayWrite($0) } }
        count = columns.count
        formats = .allocate(capacity: max(count, 1))
        for (place, column) in columns.enumerated() { (formats + place).initialize(to: column.format) }
        maximumBytes = columns.map(\.format.maximumBytes).max() ?? 64
    }

    deinit {
        formats.deinitialize(count: count)
        formats.deallocate()
    }
}
