/// The keys a step has seen: exact, answered on the way, within a bound of memory whatever their number.
///
/// The latest keys stand in a table. When it is full they go to the disk as a sorted run (`KeyRuns`), and most new keys are known by a
/// filter in memory not to be there. What is in the table has a log on the disk, so that a checkpoint is incremental: it says how long the log
/// is and which runs there are. The answers don't depend on the bound, on checkpoints or on resumptions.
final class KeySet {
    private let step: String
    private let directory: SpillDirectory
    private let isCheckpointed: Bool
    /// In parts by the hash, so that growing needs room for one of them at a time; the parts in order hold the keys of a run in order.
    private var tables: [KeyTable]
    private var bytes: Int
    private let tableLimit: Int
    private var log: SpillWriter?
    private let runs: KeyRuns

    private static let parts = 16
    private static let smallestPart = 4

    /// - Parameter memoryLimit: bytes; below a few thousand it is a few thousand.
    init(step: String, memoryLimit: Int, context: StepContext) {
        self.step = step
        directory = context.spill
        isCheckpointed = context.isCheckpointed
        tables = (0..<Self.parts).map { _ in KeyTable(hasValues: false, capacity: Self.smallestPart) }
        bytes = tables.reduce(0) { $0 + $1.bytes }
        // Half for the table, three eighths for the filter, the rest for the pages that are read and for merging.
        tableLimit = max(memoryLimit / 2, bytes * 2)
        runs = KeyRuns(step: step, filterBytes: memoryLimit / 8 * 3, directory: context.spill)
    }

    /// Runs on the disk, for tests.
    var runCount: Int { runs.count }

    /// False: the key was there.
    func insert(_ hash: SipHash.Hash) throws(PipelineProblem) -> Bool {
        let hash = KeyTable.stored(hash)
        let part = Self.part(of: hash)
        if tables[part].contains(hash) { return false }
        if try runs.contains(hash) { return false }
        if tables[part].isFull, bytes + tables[part].bytes > tableLimit { try spill() }
        add(hash, to: part)
        guard isCheckpointed else { return true }
        if log == nil { log = try SpillWriter(step: step, in: directory) }
        try withUnsafeBytes(of: hash) { bytes throws(PipelineProblem) in try log?.append(bytes) }
        return true
    }

    /// By the highest bits, which come first in the order of runs.
    @inline(__always)
    private static func part(of hash: SipHash.Hash) -> Int { Int(truncatingIfNeeded: hash.high >> 60) }

    private func add(_ hash: SipHash.Hash, to part: Int) {
        let before = tables[part].bytes
        _ = tables[part].insert(hash)
        bytes += tables[part].bytes - before
    }

    /// The table's keys become a run, and their log has served.
    private func spill() throws(PipelineProblem) {
        let writer = try SpillWriter(step: step, in: directory)
        for part in tables.indices {
            for key in tables[part].sortedKeys() {
                runs.note(key)
                try withUnsafeBytes(of: key) { bytes throws(PipelineProblem) in try writer.append(bytes) }
            }
            tables[part].removeAllKeepingCapacity()
        }
        try writer.flush()
        try runs.add(writer)
        if let log { directory.release(log.name, step: step) }
        log = nil
    }

    // MARK: State

    func snapshot(into writer: inout StateWriter) throws(PipelineProblem) {
        try log?.sync()
        writer.put(log != nil)
        writer.put(log?.name ?? "")
        writer.put(log?.length ?? 0)
        try runs.snapshot(into: &writer)
    }

    func restore(from reader: inout StateReader) throws(PipelineProblem) {
        let state = try Self.state(in: &reader, step: step)
        try runs.restore(state.runs)
        guard let (name, length) = state.log else { return }
        let file = try SpillReader(name: name, length: length, in: directory)
        while !file.isAtEnd {
            guard let bytes = try file.peek(16) else { throw .spillDamaged(directory.fullPath(name)) }
            let hash = SipHash.Hash(low: bytes.loadUnaligned(as: UInt64.self), high: (bytes + 8).loadUnaligned(as: UInt64.self))
            add(hash, to: Self.part(of: hash))
            file.skip(16)
        }
        log = try SpillWriter(name: name, in: directory, keeping: length)
    }

    /// The files that a state written by `snapshot` names.
    static func files(in reader: inout StateReader, step: String) throws(PipelineProblem) -> [String] {
        let state = try state(in: &reader, step: step)
        return (state.log.map { [$0.name] } ?? []) + state.runs.map(\.name)
    }

    private static func state(
        in reader: inout StateReader, step: String
    ) throws(PipelineProblem) -> (log: (name: String, length: Int)?, runs: [KeyRuns.Description]) {
        do throws(StateReader.Malformed) {
            let isThere = try reader.bool()
            let (name, length) = (try reader.text(), try reader.int())
            guard length >= 0 else { throw StateReader.Malformed() }
            return (isThere ? (name, length) : nil, try KeyRuns.descriptions(in: &reader))
        } catch { throw .malformedState(step) }
    }
}
