import Rows

/// One byte a row that says whether the row's value in a vector holds: 0 means that the general evaluator must decide (a null, an
/// overflow, an error). nil: all hold.
typealias Sureness = UnsafePointer<UInt8>

/// A node's result for the rows of one batch: memory of the node or of a column, valid until the node's next evaluation.
///
/// Indices are rows of the batch. Rows that aren't selected have some value, which nobody uses.
struct Vector<Element> {
    let values: UnsafePointer<Element>
    let sure: Sureness?
}

/// Memory of a node, grown to the largest batch it has seen.
final class VectorRoom<Element: BitwiseCopyable> {
    private(set) var capacity = 0
    private(set) var values: UnsafeMutablePointer<Element>
    private(set) var sure: UnsafeMutablePointer<UInt8>

    init() {
        values = .allocate(capacity: 1)
        sure = .allocate(capacity: 1)
    }

    deinit {
        values.deallocate()
        sure.deallocate()
    }

    /// True when the memory is new and its content undefined.
    @discardableResult
    func reserve(_ rows: Int) -> Bool {
        guard rows > capacity else { return false }
        values.deallocate()
        sure.deallocate()
        capacity = max(rows, 1024)
        values = .allocate(capacity: capacity)
        sure = .allocate(capacity: capacity)
        return true
    }

    var vector: Vector<Element> { Vector(values: values, sure: sure) }
    var certain: Vector<Element> { Vector(values: values, sure: nil) }
}

/// A node that computes one value a row. Used by one thread.
class VectorNode<Element: BitwiseCopyable> {
    let room = VectorRoom<Element>()

    /// Fills at least the selected rows.
    func evaluate(_ batch: RowBatch) -> Vector<Element> { room.certain }

    /// Where the sureness of two operands goes, and its result: nil when both are certain.
    @inline(__always)
    final func combine(_ a: Sureness?, _ b: Sureness?, _ rows: Int) -> Sureness? {
        guard let a else { return b }
        guard let b else { return a }
        let sure = room.sure
        for row in 0..<rows { sure[row] = a[row] & b[row] }
        return UnsafePointer(sure)
    }
}

/// The same value in every row.
final class ConstantNode<Element: BitwiseCopyable>: VectorNode<Element> {
    let value: Element

    init(_ value: Element) { self.value = value }

    override func evaluate(_ batch: RowBatch) -> Vector<Element> {
        if room.reserve(batch.rowCount) { room.values.initialize(repeating: value, count: room.capacity) }
        return room.certain
    }
}

/// The values of a typed column, where they stand.
final class ColumnNode<Element: BitwiseCopyable>: VectorNode<Element> {
    private let position: Int
    private let get: (Column) -> ColumnValues<Element>?

    init(_ position: Int, _ get: @escaping (Column) -> ColumnValues<Element>?) {
        self.position = position
        self.get = get
    }

    override func evaluate(_ batch: RowBatch) -> Vector<Element> {
        guard position < batch.columns.count, let column = get(batch.columns[position]), column.capacity >= batch.rowCount else {
            // A packet that isn't what was declared: nothing is sure, the general evaluator says what is wrong.
            room.reserve(batch.rowCount)
            room.sure.initialize(repeating: 0, count: room.capacity)
            room.values.withMemoryRebound(to: UInt8.self, capacity: room.capacity * MemoryLayout<Element>.stride) {
                $0.initialize(repeating: 0, count: room.capacity * MemoryLayout<Element>.stride)
            }
            return room.vector
        }
        return Vector(
            values: UnsafePointer(column.values),
            // Bool is one byte, 0 or 1.
            sure: UnsafeRawPointer(column.isValid).assumingMemoryBound(to: UInt8.self))
    }
}

/// Nothing is sure: for a term that only the general evaluator knows, among others that may decide.
final class UnknownNode: VectorNode<Bool> {
    override func evaluate(_ batch: RowBatch) -> Vector<Bool> {
        room.reserve(batch.rowCount)
        room.values.initialize(repeating: false, count: batch.rowCount)
        room.sure.initialize(repeating: 0, count: batch.rowCount)
        return room.vector
    }
}
