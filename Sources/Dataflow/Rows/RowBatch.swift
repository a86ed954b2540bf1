/// A few hundred to a few thousand rows on their way from the input to the outputs, column by column.
///
/// The reader fills the block of bytes, a `CellRef` for each source cell, and the bounds of each row; steps replace `columns`
/// and narrow the selection; outputs write what is selected. A batch is reused (`RowBatchPool`): nothing is allocated per row.
///
/// Guarantees: row indices are below `rowCount`, which never exceeds `rowCapacity`; every source cell's range lies in
/// `bytes[0 ..< byteCount]`; 64 bytes after `byteCount` may be read (their content means nothing), so that vector loads and
/// short copies need no edge case.
///
/// `@unchecked Sendable`: a batch has one owner at a time and is handed on whole, through a channel or a call; nobody keeps
/// a reference to a batch that was handed on.
public final class RowBatch: @unchecked Sendable {
    /// What the loops over rows and cells use, behind a pointer: each access to a property that changes would be checked for
    /// exclusivity, which costs more than most of what is done with a cell.
    @usableFromInline let hot: UnsafeMutablePointer<Hot>

    @usableFromInline struct Hot {
        @usableFromInline var rowCapacity: Int
        @usableFromInline var rowCount = 0
        @usableFromInline var bytes: UnsafeMutablePointer<UInt8>
        @usableFromInline var byteCount = 0
        @usableFromInline var slab: UnsafeMutablePointer<CellRef>
        @usableFromInline var sourceColumnCount: Int
        // The selection: rows still in, ascending. While `dense` all rows are in and the indices aren't filled.
        @usableFromInline var indices: UnsafeMutablePointer<UInt32>
        @usableFromInline var selected = 0
        @usableFromInline var dense = true
        @usableFromInline var syntax = CellSyntax()
        @usableFromInline var hasAdjacentCells = true
    }

    /// Rows, at most.
    @inlinable public var rowCapacity: Int { hot.pointee.rowCapacity }
    @inlinable public var rowCount: Int {
        get { hot.pointee.rowCount }
        set { hot.pointee.rowCount = newValue }
    }

    /// The input's bytes as UTF-8, quotes and escapes as they stood.
    @inlinable public var bytes: UnsafeMutablePointer<UInt8> { hot.pointee.bytes }
    @inlinable public var byteCount: Int {
        get { hot.pointee.byteCount }
        set { hot.pointee.byteCount = newValue }
    }
    public private(set) var byteCapacity: Int

    /// Columns the reader delivers.
    @inlinable public var sourceColumnCount: Int { hot.pointee.sourceColumnCount }

    /// Where each row starts and ends in `bytes`, the line's end excluded: what a dead letter quotes.
    public let rowStarts: UnsafeMutablePointer<UInt32>
    public let rowEnds: UnsafeMutablePointer<UInt32>

    /// The columns, in order, as the steps so far have made them; the reader sets `.source(0)`, `.source(1)` ….
    public var columns: [Column] = []

    /// Rows the reader couldn't take, by row. They are deselected.
    public var faults: [RowFault] = []

    /// How the source cells are written in `bytes`.
    @inlinable public var syntax: CellSyntax {
        get { hot.pointee.syntax }
        set { hot.pointee.syntax = newValue }
    }
    /// In every selected row the source cells stand one behind the other with one delimiter between; false when cells were padded
    /// or dropped.
    @inlinable public var hasAdjacentCells: Bool {
        get { hot.pointee.hasAdjacentCells }
        set { hot.pointee.hasAdjacentCells = newValue }
    }
    /// Which of the input's files this is, from 0.
    public var file = 0
    /// The number of row 0 in its file, from 1; the header doesn't count, faulty rows do.
    public var firstRowNumber: Int64 = 1
    /// The number of row 0 over all files, from 1.
    public var firstOrdinal: Int64 = 1
    /// Who each row is, where the rows aren't consecutive rows of one file: in batches that a step made (sorting, grouping).
    public var identities: [RowIdentity]?
    /// How row starts become offsets in the input as it came (decompressed, not decoded).
    public var origin = InputOrigin(base: 0, width: .same)

    @inlinable var indices: UnsafeMutablePointer<UInt32> { hot.pointee.indices }
    @inlinable var selected: Int {
        get { hot.pointee.selected }
        set { hot.pointee.selected = newValue }
    }
    @inlinable var dense: Bool {
        get { hot.pointee.dense }
        set { hot.pointee.dense = newValue }
    }

    /// - Parameters:
    ///   - sourceColumns: what the reader delivers; `prepare` changes it.
    ///   - rows: at most so many.
    ///   - bytes: of input; grows when one row needs more.
    ///   - exactly: room for all these rows, however wide: for a step that makes several rows of one.
    public init(sourceColumns: Int, rows: Int = 4096, bytes: Int = 256 << 10, exactly: Bool = false) {
        let columns = max(sourceColumns, 0)
        let rowCapacity = exactly ? max(rows, 16) : Self.rows(wanted: rows, columns: columns)
        byteCapacity = max(bytes, 64)
        let block = UnsafeMutablePointer<UInt8>.allocate(capacity: byteCapacity + Self.padding)
        block.initialize(repeating: 0, count: byteCapacity + Self.padding)
        hot = .allocate(capacity: 1)
        hot.initialize(
            to: Hot(
                rowCapacity: rowCapacity, bytes: block, slab: .allocate(capacity: max(columns * rowCapacity, 1)), sourceColumnCount: columns,
                indices: .allocate(capacity: rowCapacity)))
        rowStarts = .allocate(capacity: rowCapacity)
        rowEnds = .allocate(capacity: rowCapacity)
    }

    deinit {
        bytes.deallocate()
        hot.pointee.slab.deallocate()
        rowStarts.deallocate()
        rowEnds.deallocate()
        indices.deallocate()
        hot.deallocate()
    }

    /// Bytes behind `byteCount` that may be read.
    public static let padding = 64

    /// Wide tables get fewer rows: the cells of a batch stay under four megabytes.
    static func rows(wanted: Int, columns: Int) -> Int { max(16, min(max(wanted, 16), (4 << 20) / 8 / max(columns, 1))) }

    /// The cells of a source column, by row. The column must be below `sourceColumnCount`.
    @inlinable @inline(__always)
    public func sourceCells(_ column: Int) -> UnsafeMutablePointer<CellRef> { hot.pointee.slab + column &* hot.pointee.rowCapacity }

    /// Empties the batch for so many source columns.
    public func prepare(sourceColumns: Int) {
        if sourceColumns != sourceColumnCount {
            hot.pointee.slab.deallocate()
            hot.pointee.sourceColumnCount = max(sourceColumns, 0)
            hot.pointee.rowCapacity = min(rowCapacity, Self.rows(wanted: rowCapacity, columns: sourceColumns))
            hot.pointee.slab = .allocate(capacity: max(sourceColumnCount * rowCapacity, 1))
        }
        rowCount = 0
        byteCount = 0
        faults.removeAll(keepingCapacity: true)
        identities = nil
        hasAdjacentCells = true
        dense = true
    }

    /// Room for so many bytes in all; what `byteCount` covers is kept.
    public func reserve(bytes wanted: Int) {
        guard wanted > byteCapacity else { return }
        let larger = max(wanted, byteCapacity * 2)
        let grown = UnsafeMutablePointer<UInt8>.allocate(capacity: larger + Self.padding)
        grown.update(from: bytes, count: byteCount)
        // Not all of it, which a huge row's room would be resident for: the rest is written before it is read.
        (grown + byteCount).initialize(repeating: 0, count: Self.padding)
        bytes.deallocate()
        hot.pointee.bytes = grown
        byteCapacity = larger
    }

    /// Gives back memory that one huge row needed; the batch must be empty.
    public func shrink(toBytes wanted: Int) {
        guard byteCapacity > wanted, byteCount == 0 else { return }
        bytes.deallocate()
        byteCapacity = max(wanted, 64)
        hot.pointee.bytes = .allocate(capacity: byteCapacity + Self.padding)
        bytes.initialize(repeating: 0, count: byteCapacity + Self.padding)
    }

    /// The number of a row in its file, from 1.
    @inlinable @inline(__always)
    public func rowNumber(_ row: Int) -> Int64 { identity(of: row)?.number ?? firstRowNumber &+ Int64(row) }

    /// The number of a row over all files, from 1.
    @inline(__always)
    public func ordinal(_ row: Int) -> Int64 { identity(of: row)?.ordinal ?? firstOrdinal &+ Int64(row) }

    /// Which of the input's files a row is from.
    public func file(of row: Int) -> Int { identity(of: row)?.file ?? file }

    @inline(__always)
    @usableFromInline func identity(of row: Int) -> RowIdentity? {
        guard let identities else { return nil }
        return row < identities.count ? identities[row] : nil
    }

    /// Where the row starts in the input as it came, in bytes.
    public func inputOffset(_ row: Int) -> Int64 {
        guard row >= 0, row < rowCount else { return origin.base }
        if let identity = identity(of: row) { return identity.offset }
        return origin.offset(of: Int(rowStarts[row]), in: bytes)
    }

    /// The row as it stood in the input (as UTF-8), without its line end.
    public func original(_ row: Int) -> UnsafeBufferPointer<UInt8> {
        guard row >= 0, row < rowCount else { return UnsafeBufferPointer(start: nil, count: 0) }
        return UnsafeBufferPointer(start: bytes + Int(rowStarts[row]), count: Int(rowEnds[row]) - Int(rowStarts[row]))
    }
}
