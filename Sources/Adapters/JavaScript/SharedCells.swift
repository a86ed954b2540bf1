/// Memory that a script machine and its host both see, and the watching thread reads.
///
/// `@unchecked Sendable`: allocated once and freed only after the watch was taken off the list (under the list's lock). The watching
/// thread only reads single aligned words, whose value may be a moment old; everything else belongs to the thread of the machine.
final class SharedCells: @unchecked Sendable {
    /// Entries of `progress`.
    enum Progress {
        static let row = 0
        static let cells = 1
        static let numbers = 2
        static let errors = 3
        static let grown = 4
        static let logged = 5
        /// Whether the rows' numbers are in `ordinals`.
        static let scattered = 6
        /// Whether a hidden variable has changed in the chunk.
        static let changed = 7
        static let count = 8
    }

    /// Row at work, and what a batch came to: see `BatchProgram`.
    let progress: UnsafeMutablePointer<Int32>
    /// The number of the chunk's first row in its file, and over all files.
    let facts: UnsafeMutablePointer<Double>
    /// For chunks whose rows aren't consecutive: both numbers of each row.
    let ordinals: UnsafeMutablePointer<Double>
    /// Rows of a chunk, at most.
    let rows: Int

    init(rows: Int) {
        self.rows = rows
        progress = .allocate(capacity: Progress.count)
        progress.initialize(repeating: 0, count: Progress.count)
        facts = .allocate(capacity: 2)
        facts.initialize(repeating: 0, count: 2)
        ordinals = .allocate(capacity: rows * 2)
        ordinals.initialize(repeating: 0, count: rows * 2)
    }

    deinit {
        progress.deallocate()
        facts.deallocate()
        ordinals.deallocate()
    }
}
