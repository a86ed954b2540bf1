/// Merges sorted runs into one order: a heap of the runs by their next key.
final class RunMerge {
    private struct Head {
        var reader: SpillReader
        var size: Int
        var keyCount: Int
        let run: Int
    }

    private var heads: [Head] = []
    /// The head whose record was lent and is consumed by the next call.
    private var lent = false

    init(_ runs: [ExternalSorter.Run], in directory: SpillDirectory) throws(PipelineProblem) {
        for (index, run) in runs.enumerated() {
            var head = Head(reader: try SpillReader(name: run.name, length: run.length, in: directory), size: 0, keyCount: 0, run: index)
            if try Self.load(&head, directory, run) { heads.append(head) }
        }
        self.directory = directory
        self.runs = runs
        var at = heads.count / 2
        while at > 0 {
            at -= 1
            try siftDown(at)
        }
    }

    private let directory: SpillDirectory
    private let runs: [ExternalSorter.Run]

    /// Reads the lengths of the head's next record; false at the end of its run.
    private static func load(_ head: inout Head, _ directory: SpillDirectory, _ run: ExternalSorter.Run) throws(PipelineProblem) -> Bool {
        if head.reader.isAtEnd { return false }
        guard let lengths = try head.reader.peek(8) else { throw .spillDamaged(directory.fullPath(run.name)) }
        head.keyCount = Int(lengths.loadUnaligned(as: UInt32.self))
        head.size = 8 + head.keyCount + Int((lengths + 4).loadUnaligned(as: UInt32.self))
        guard try head.reader.peek(head.size) != nil else { throw .spillDamaged(directory.fullPath(run.name)) }
        return true
    }

    private func isBefore(_ a: Int, _ b: Int) throws(PipelineProblem) -> Bool {
        // Both records were made available by `load`, so peeking moves nothing.
        guard let x = try heads[a].reader.peek(heads[a].size), let y = try heads[b].reader.peek(heads[b].size) else { return false }
        let (p, q) = (heads[a].keyCount, heads[b].keyCount)
        if ExternalSorter.isBefore(x + 8, p, y + 8, q) { return true }
        if ExternalSorter.isBefore(y + 8, q, x + 8, p) { return false }
        return heads[a].run < heads[b].run
    }

    private func siftDown(_ start: Int) throws(PipelineProblem) {
        var at = start
        while true {
            var least = at
            for child in [2 * at + 1, 2 * at + 2] where child < heads.count {
                if try isBefore(child, least) { least = child }
            }
            if least == at { return }
            heads.swapAt(at, least)
            at = least
        }
    }

    /// The next record with its lengths in front, valid until the next call.
    func nextBytes() throws(PipelineProblem) -> UnsafeRawBufferPointer? {
        if lent {
            lent = false
            heads[0].reader.skip(heads[0].size)
            if try !Self.load(&heads[0], directory, runs[heads[0].run]) {
                heads.swapAt(0, heads.count - 1)
                heads.removeLast()
            }
            if !heads.isEmpty { try siftDown(0) }
        }
        guard let first = heads.first, let bytes = try first.reader.peek(first.size) else { return nil }
        lent = true
        return UnsafeRawBufferPointer(start: bytes, count: first.size)
    }

    func next() throws(PipelineProblem) -> ExternalSorter.Record? { try nextBytes().map(ExternalSorter.parse) }
}
