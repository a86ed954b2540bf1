import Dataflow
import Glibc
import Platform
import RowSteps
import Rows

/// A directory that is gone at the end of the test.
final class TemporaryDirectory {
    let path: String
    private var made = 0

    init() {
        var template = Array("/tmp/mw-dataflow-XXXXXX".utf8CString)
        path = template.withUnsafeMutableBufferPointer { String(cString: mkdtemp($0.baseAddress!)) }
    }

    func fresh() -> String {
        made += 1
        let inner = path + "/\(made)"
        mkdir(inner, 0o700)
        return inner
    }

    deinit { Self.remove(path) }

    static func remove(_ path: String) {
        for name in (try? Files.list(path)) ?? [] {
            let inner = path + "/" + name
            if Files.isDirectory(inner) { remove(inner) } else { unlink(inner) }
        }
        rmdir(path)
    }
}

/// Numbers from a seed.
struct Seeded: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed &* 0x9e37_79b9_7f4a_7c15 | 1 }

    mutating func next() -> UInt64 {
        state ^= state >> 12
        state ^= state << 25
        state ^= state >> 27
        return state &* 0x2545_f491_4f6c_dd1d
    }

    mutating func pick<T>(_ values: [T]) -> T { values[Int.random(in: 0..<values.count, using: &self)] }
    mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &self) < percent }
}

/// What kills a run at a place of the test's choice: like a process that ends there, nothing after it happens.
final class Killer: Sendable {
    private let left: Locked<Int>

    /// - Parameter after: so many calls of `pass` succeed.
    init(after: Int) { left = Locked(after) }

    static let never = Killer(after: .max)

    func pass() throws(PipelineProblem) {
        let isDead = left.withLock { left in
            if left <= 0 { return true }
            left -= 1
            return false
        }
        if isDead { throw PipelineProblem(.fatal, .defect, what: "killed", why: "the test wants it", fix: "Resume") }
    }
}

/// Rows in memory, without quoting: one cell may not contain a comma or a line end.
final class MemorySource: RowSource {
    let rows: [[String?]]
    let names: [String]
    private let batchRows: Int
    private let killer: Killer
    private var next = 0
    /// Rows that the reader couldn't take.
    private let faulty: Set<Int>

    init(_ rows: [[String?]], names: [String], batchRows: Int = 5, faulty: Set<Int> = [], killer: Killer = .never) {
        self.rows = rows
        self.names = names
        self.batchRows = batchRows
        self.faulty = faulty
        self.killer = killer
    }

    var columns: [StepColumn] { names.map { StepColumn($0) } }
    var bytesTotal: Int64? { Int64(rows.count * 10) }
    var bytesRead: Int64 { Int64(next * 10) }
    var fileNames: [String] { ["memory"] }

    func open(at position: [UInt8]?) throws(PipelineProblem) {
        next = 0
        guard let position else { return }
        var reader = StateReader(position)
        do throws(StateReader.Malformed) { next = try reader.int() } catch { throw PipelineProblem(.fatal, .input, what: "bad position", why: "", fix: "") }
    }

    func read(into batch: RowBatch) throws(PipelineProblem) -> Bool {
        try killer.pass()
        batch.prepare(sourceColumns: names.count)
        batch.columns = names.indices.map { .source($0) }
        batch.firstRowNumber = Int64(next + 1)
        batch.firstOrdinal = Int64(next + 1)
        guard next < rows.count else { return false }
        for row in rows[next..<min(next + batchRows, rows.count)] {
            let number = batch.rowCount
            batch.rowStarts[number] = UInt32(batch.byteCount)
            for (index, cell) in row.enumerated() {
                if index > 0 { append([UInt8(ascii: ",")], to: batch) }
                let bytes = Array((cell ?? "").utf8)
                batch.sourceCells(index)[number] = CellRef(offset: batch.byteCount, length: bytes.count, flags: cell == nil ? CellRef.nullFlag : 0)
                append(bytes, to: batch)
            }
            batch.rowEnds[number] = UInt32(batch.byteCount)
            append([0x0A], to: batch)
            if faulty.contains(next + number) { batch.faults.append(RowFault(row: number, reason: .tooFewCells(expected: 2, found: 1), position: 0)) }
            batch.rowCount += 1
        }
        let bad = Set(batch.faults.map(\.row))
        if !bad.isEmpty { batch.filter { !bad.contains($0) } }
        next += batch.rowCount
        return true
    }

    private func append(_ bytes: [UInt8], to batch: RowBatch) {
        batch.reserve(bytes: batch.byteCount + bytes.count)
        for byte in bytes {
            batch.bytes[batch.byteCount] = byte
            batch.byteCount += 1
        }
    }

    func position() throws(PipelineProblem) -> [UInt8] {
        var writer = StateWriter()
        writer.put(next)
        return writer.bytes
    }

    func inputs() -> [InputSummary] { [InputSummary(path: "memory", bytes: bytesRead)] }
    func close() {}
}

/// Checkpoints in memory that can be killed before or after they are saved.
final class MemoryStore: CheckpointStore {
    var saved: [UInt8]?
    var count = 0
    /// Called with the number of each save, before and after it.
    var onSave: ((Int, Bool) throws(PipelineProblem) -> Void)?

    func load() throws(PipelineProblem) -> [UInt8]? { saved }

    func save(_ checkpoint: [UInt8]) throws(PipelineProblem) {
        try onSave?(count, false)
        saved = checkpoint
        count += 1
        try onSave?(count - 1, true)
    }

    func remove() throws(PipelineProblem) { saved = nil }
}

/// An output that behaves like a file: what was flushed survives, what was written after the last flush may or may not.
final class MemoryOutput: RowOutput {
    let name: String
    private let killer: Killer
    private let random: Locked<Seeded>
    /// "On the disk".
    private(set) var durable: [String] = []
    private(set) var committed: [String]?
    private var columns: [StepColumn] = []
    private var formats: [ValueFormat] = []
    /// Throws this when it is written to the given number of times.
    var refusal: (afterWrites: Int, problem: PipelineProblem)?
    private var writes = 0

    init(_ name: String, killer: Killer = .never, seed: UInt64 = 1) {
        self.name = name
        self.killer = killer
        random = Locked(Seeded(seed))
    }

    var bytesWritten: Int64 { Int64(durable.count) }

    /// The next process finds what this one left behind.
    func inherit(_ other: MemoryOutput) {
        durable = other.durable
        committed = other.committed
    }

    func open(columns: [StepColumn], at position: [UInt8]?) throws(PipelineProblem) {
        self.columns = columns
        formats = columns.map { (try? ValueFormat($0.type, $0.format)) ?? ValueFormat(plain: $0.type) }
        guard let position else {
            durable = [columns.map(\.name).joined(separator: ",")]
            return
        }
        var reader = StateReader(position)
        guard let count = try? reader.int(), count <= durable.count else {
            throw PipelineProblem(.fatal, .checkpoint, what: "the output is shorter than its position", why: "", fix: "")
        }
        durable.removeLast(durable.count - count)
    }

    func write(_ batch: RowBatch) throws(PipelineProblem) {
        try killer.pass()
        if let refusal, writes >= refusal.afterWrites { throw refusal.problem }
        writes += 1
        for place in 0..<batch.selectedCount {
            let row = batch.selectedRow(place)
            durable.append(columns.indices.map { Self.text(batch, batch.columns[$0], row, formats[$0]) ?? "∅" }.joined(separator: ","))
        }
    }

    static func text(_ batch: RowBatch, _ column: Column, _ row: Int, _ format: ValueFormat) -> String? {
        if let source = column.source { return batch.string(.source(source), row: row) }
        func made(_ body: (UnsafeMutablePointer<UInt8>) -> Int) -> String {
            withUnsafeTemporaryAllocation(of: UInt8.self, capacity: format.maximumBytes) {
                let count = body($0.baseAddress!)
                return String(decoding: UnsafeBufferPointer(rebasing: $0[..<count]), as: UTF8.self)
            }
        }
        switch column {
        case .source, .text: return batch.string(column, row: row)
        case .integer(let values): return values[row].map { value in made { ValueFormat.write(value, to: $0) } }
        case .float(let values): return values[row].map { value in made { ValueFormat.write(value, to: $0) } }
        case .decimal(let values): return values[row].map { value in made { format.write(value, to: $0) } }
        case .boolean(let values): return values[row].map { value in made { format.write(value, to: $0) } }
        case .date(let values): return values[row].map { value in made { format.write(days: value, to: $0) } }
        case .timestamp(let values): return values[row].map { value in made { format.write(microseconds: value, to: $0) } }
        }
    }

    func flushForCheckpoint() throws(PipelineProblem) -> [UInt8] {
        try killer.pass()
        var writer = StateWriter()
        writer.put(durable.count)
        return writer.bytes
    }

    func commit() throws(PipelineProblem) -> OutputSummary {
        try killer.pass()
        committed = durable
        return OutputSummary(name: name, path: name, rows: Int64(durable.count - 1), bytes: bytesWritten)
    }

    func recoverCommit(at position: [UInt8]) throws(PipelineProblem) -> OutputSummary {
        if committed == nil { return try commit() }
        return OutputSummary(name: name, path: name, rows: Int64(durable.count - 1), bytes: bytesWritten)
    }

    /// Some of what came after the last flush may be lost.
    func suspend() {}

    func abort() { durable = [] }
}

final class MemoryDeadLetters: DeadLetterSink {
    private(set) var durable: [String] = []
    private(set) var committed: [String]?

    func inherit(_ other: MemoryDeadLetters) {
        durable = other.durable
        committed = other.committed
    }

    func open(at position: [UInt8]?) throws(PipelineProblem) {
        guard let position else {
            durable = []
            return
        }
        var reader = StateReader(position)
        let count = (try? reader.int()) ?? 0
        durable.removeLast(durable.count - count)
    }

    func write(_ rejection: RowRejection, file: String) throws(PipelineProblem) {
        durable.append("\(file):\(rejection.row)@\(rejection.byte) \(rejection.rule) \(rejection.problem.why): \(String(decoding: rejection.original, as: UTF8.self))")
    }

    func flushForCheckpoint() throws(PipelineProblem) -> [UInt8] {
        var writer = StateWriter()
        writer.put(durable.count)
        return writer.bytes
    }

    func commit() throws(PipelineProblem) -> OutputSummary? {
        committed = durable
        return durable.isEmpty ? nil : OutputSummary(name: "deadLetter", path: "", rows: Int64(durable.count), bytes: 0)
    }

    func publishCopy() throws(PipelineProblem) -> OutputSummary? { try commit() }
    func recoverCommit(at position: [UInt8]) throws(PipelineProblem) -> OutputSummary? { try commit() }
    func suspend() {}
    func abort() { durable = [] }
}

/// Sends each row to the output that its first column's length says, twice when it begins with "x": a stand-in for a script.
struct RoutingFactory: RowStepFactory {
    func makeStep(name: String, input: [StepColumn], context: StepContext) throws(PipelineProblem) -> any RowStep {
        RoutingStep(name: name, columns: input, outputs: context.outputs.count)
    }
}

final class RoutingStep: RowStep {
    let name: String
    let outputColumns: [StepColumn]
    let isStateless = false
    private let outputs: Int
    /// Counts rows, so that a lost state shows.
    private var seen: Int64 = 0

    init(name: String, columns: [StepColumn], outputs: Int) {
        self.name = name
        outputColumns = columns + [StepColumn("n")]
        self.outputs = outputs
    }

    func process(_ packet: RowPacket) throws(PipelineProblem) {
        let batch = packet.batch
        let text = TextColumn(capacity: batch.rowCount)
        var routes = [UInt16](repeating: 0, count: batch.rowCount)
        for place in 0..<batch.selectedCount {
            let row = batch.selectedRow(place)
            seen += 1
            text.set("\(seen)", at: row)
            routes[row] = UInt16((batch.string(batch.columns[0], row: row) ?? "").utf8.count % max(outputs, 1))
        }
        batch.columns.append(.text(text))
        packet.routes = routes
    }

    func snapshot() throws(PipelineProblem) -> [UInt8] {
        var writer = StateWriter()
        writer.put(seen)
        return writer.bytes
    }

    func restore(_ state: [UInt8]) throws(PipelineProblem) {
        var reader = StateReader(state)
        do throws(StateReader.Malformed) { seen = try reader.int64() } catch { throw PipelineProblem(.fatal, .checkpoint, what: "state", why: "", fix: "") }
    }
}
