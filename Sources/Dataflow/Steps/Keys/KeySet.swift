/// The keys a step has seen, within a bound of memory, with a log on the disk that makes its state incremental: a checkpoint says how
/// long the log is.
final class KeySet {
    private let step: String
    private let what: String
    private let context: StepContext
    /// In parts by the hash, so that growing needs room for one of them at a time.
    private var tables: [KeyTable]
    private var bytes: Int
    private var count = 0
    private var log: SpillWriter?

    /// - Parameter what: for messages: `unique on column id`.
    init(step: String, what: String, context: StepContext) {
        self.step = step
        self.what = what
        self.context = context
        tables = (0..<Self.parts).map { _ in KeyTable(hasValues: false, capacity: 64) }
        bytes = tables.reduce(0) { $0 + $1.bytes }
    }

    private static let parts = 64

    /// False: the key was there.
    @inline(__always)
    private func add(_ hash: SipHash.Hash) -> Bool {
        let part = Int(truncatingIfNeeded: hash.high & UInt64(Self.parts - 1))
        let before = tables[part].bytes
        guard tables[part].insert(hash) == nil else { return false }
        count += 1
        bytes += tables[part].bytes - before
        return true
    }

    /// False: the key was there.
    func insert(_ hash: SipHash.Hash) throws(PipelineProblem) -> Bool {
        guard add(hash) else { return false }
        guard bytes <= context.memoryLimit else {
            throw PipelineProblem(
                .fatal, .resource, what: "\(what) needs more memory than a step may use", at: .init(step: step),
                why: "after \(count) different keys the limit of \(context.memoryLimit >> 20) MiB is reached",
                fix: "Raise the memory limit of steps (24 to 43 bytes a key), or split the input")
        }
        guard context.isCheckpointed else { return true }
        if log == nil { log = try SpillWriter(step: step, in: context.spill) }
        try withUnsafeBytes(of: hash) { bytes throws(PipelineProblem) in try log?.append(bytes) }
        return true
    }

    func snapshot(into writer: inout StateWriter) throws(PipelineProblem) {
        try log?.sync()
        writer.put(log != nil)
        writer.put(log?.name ?? "")
        writer.put(log?.length ?? 0)
    }

    func restore(from reader: inout StateReader) throws(PipelineProblem) {
        guard let (name, length) = try Self.log(in: &reader, step: step) else { return }
        let file = try SpillReader(name: name, length: length, in: context.spill)
        while !file.isAtEnd {
            guard let bytes = try file.peek(16) else { throw .spillDamaged(context.spill.fullPath(name)) }
            _ = add(SipHash.Hash(low: bytes.loadUnaligned(as: UInt64.self), high: (bytes + 8).loadUnaligned(as: UInt64.self)))
            file.skip(16)
        }
        log = try SpillWriter(name: name, in: context.spill, keeping: length)
    }

    /// The log's name and length in a state.
    static func log(in reader: inout StateReader, step: String) throws(PipelineProblem) -> (name: String, length: Int)? {
        do throws(StateReader.Malformed) {
            let isThere = try reader.bool()
            let (name, length) = (try reader.text(), try reader.int())
            guard length >= 0 else { throw StateReader.Malformed() }
            return isThere ? (name, length) : nil
        } catch { throw .malformedState(step) }
    }
}
