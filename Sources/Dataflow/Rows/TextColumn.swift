/// A computed column of text: cells that point into an arena of its own.
///
/// As in a batch, 64 bytes behind the text may be read. A cell is plain UTF-8, never quoted; or a null; or `CellRef.untouched`, which stands for the cell of `source` in that row.
public final class TextColumn {
    /// Rows.
    public let capacity: Int
    public let cells: UnsafeMutablePointer<CellRef>
    /// The arena behind a pointer: each access to a property that changes would be checked for exclusivity, which costs more than
    /// writing a short text.
    @usableFromInline let arena: UnsafeMutablePointer<Arena>

    @usableFromInline struct Arena {
        @usableFromInline var bytes: UnsafeMutablePointer<UInt8>
        @usableFromInline var count = 0
        @usableFromInline var capacity: Int

        init(capacity: Int) {
            self.capacity = capacity
            bytes = .allocate(capacity: capacity + RowBatch.padding)
            bytes.initialize(repeating: 0, count: capacity + RowBatch.padding)
        }
    }

    /// What the cells point into; another after the next text, when there was no room.
    @inlinable public var bytes: UnsafeMutablePointer<UInt8> { arena.pointee.bytes }
    /// Bytes of text so far; whoever wrote behind `reserve` without `commit` moves it.
    @inlinable public var byteCount: Int {
        get { arena.pointee.count }
        set { arena.pointee.count = newValue }
    }
    /// The reader's column that untouched cells stand in.
    public var source: Int?

    public init(capacity: Int, source: Int? = nil, byteCapacity: Int = 4096) {
        self.capacity = capacity
        self.source = source
        arena = .allocate(capacity: 1)
        arena.initialize(to: Arena(capacity: max(byteCapacity, 64)))
        cells = .allocate(capacity: max(capacity, 1))
        cells.initialize(repeating: .null, count: max(capacity, 1))
    }

    deinit {
        cells.deallocate()
        bytes.deallocate()
        arena.deallocate()
    }

    /// Empties the arena for the next batch; cells keep whatever they were and must be set again.
    public func reset() { arena.pointee.count = 0 }

    /// Room for so many more bytes; the pointer is where they go. Follow with `commit`.
    @inlinable @inline(__always)
    public func reserve(_ count: Int) -> UnsafeMutablePointer<UInt8> {
        if arena.pointee.count + count > arena.pointee.capacity { grow(by: count) }
        return arena.pointee.bytes + arena.pointee.count
    }

    /// The bytes written after `reserve` (no more than were reserved) become the row's cell.
    @inlinable @inline(__always)
    public func commit(_ count: Int, at row: Int) {
        cells[row] = CellRef(offset: arena.pointee.count, length: count)
        arena.pointee.count &+= count
    }

    @inlinable public func set(_ text: UnsafeBufferPointer<UInt8>, at row: Int) {
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
        var larger = Arena(capacity: max(arena.pointee.capacity * 2, byteCount + count))
        larger.bytes.update(from: bytes, count: byteCount)
        larger.count = byteCount
        bytes.deallocate()
        arena.pointee = larger
    }
}
