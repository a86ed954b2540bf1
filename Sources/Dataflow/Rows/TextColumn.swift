/// A computed column of text: cells that point into an arena of its own.
///
/// As in a batch, 64 bytes behind the text may be read. A cell is plain UTF-8, never quoted; or a null; or `CellRef.untouched`, which stands for the cell of `source` in that row.
public final class TextColumn {
    /// Rows.
    public let capacity: Int
    public let cells: UnsafeMutablePointer<CellRef>
    public internal(set) var bytes: UnsafeMutablePointer<UInt8>
    public var byteCount = 0
    @usableFromInline var byteCapacity: Int
    /// The reader's column that untouched cells stand in.
    public var source: Int?

    public init(capacity: Int, source: Int? = nil, byteCapacity: Int = 4096) {
        self.capacity = capacity
        self.source = source
        self.byteCapacity = max(byteCapacity, 64)
        cells = .allocate(capacity: max(capacity, 1))
        cells.initialize(repeating: .null, count: max(capacity, 1))
        bytes = .allocate(capacity: self.byteCapacity + RowBatch.padding)
        bytes.initialize(repeating: 0, count: self.byteCapacity + RowBatch.padding)
    }

    deinit {
        cells.deallocate()
        bytes.deallocate()
    }

    /// Empties the arena for the next batch; cells keep whatever they were and must be set again.
    public func reset() { byteCount = 0 }

    /// Room for so many more bytes; the pointer is where they go. Follow with `commit`.
    @inlinable @inline(__always)
    public func reserve(_ count: Int) -> UnsafeMutablePointer<UInt8> {
        if byteCount + count > byteCapacity { grow(by: count) }
        return bytes + byteCount
    }

    /// The bytes written after `reserve` (no more than were reserved) become the row's cell.
    @inlinable @inline(__always)
    public func commit(_ count: Int, at row: Int) {
        cells[row] = CellRef(offset: byteCount, length: count)
        byteCount += count
    }

    public func set(_ text: UnsafeBufferPointer<UInt8>, at row: Int) {
        let room = reserve(text.count)
        if let start = text.baseAddress { room.update(from: start, count: text.count) }
        commit(text.count, at: row)
    }

    public func set(_ text: String, at row: Int) {
        var text = text
        text.withUTF8 { set($0, at: row) }
    }

    public func setNull(at row: Int) { cells[row] = .null }

    @inline(never) @usableFromInline
    func grow(by count: Int) {
        let larger = max(byteCapacity * 2, byteCount + count)
        let grown = UnsafeMutablePointer<UInt8>.allocate(capacity: larger + RowBatch.padding)
        grown.initialize(repeating: 0, count: larger + RowBatch.padding)
        grown.update(from: bytes, count: byteCount)
        bytes.deallocate()
        bytes = grown
        byteCapacity = larger
    }
}
