import Platform
import RowSteps
import Rows

@testable import JavaScript

/// A step with rows made in memory, and what came out of them.
final class Rig {
    struct Outcome: Equatable {
        /// Cells of each row that came out, in order.
        var rows: [[String?]] = []
        var routes: [Int] = []
        var rejections: [String] = []
        var lines: [Int?] = []
        var log: [String] = []
        var account = RowAccount()

        static func += (a: inout Outcome, b: Outcome) {
            a.rows += b.rows
            a.routes += b.routes
            a.rejections += b.rejections
            a.lines += b.lines
            a.log += b.log
            a.account += b.account
        }
    }

    let step: JavaScriptStep
    let columns: [StepColumn]
    var next: Int64 = 1

    static let start: Int64 = 1_763_640_000_000_000  // 2025-11-20T12:00:00Z

    init(
        _ script: String, columns: [StepColumn], modules: [JavaScriptSource.Module] = [], listed: [String]? = nil, output: [StepColumn] = [], policies: [String: ErrorPolicy] = [:], parameters: [StepParameter] = [], stateless: Bool = false,
        outputs: [String] = ["main", "other"], timeLimit: Int = 2000, memoryLimit: Int = 8 << 30, runID: String = "run-1", samples: Bool = false, next: Int64 = 1,
        policy: ErrorPolicy = .deadLetter, unstoppable: @escaping @Sendable (PipelineProblem) -> Void = { _ in }, profiled: @escaping @Sendable (ScriptProfile) -> Void = { _ in }
    ) throws {
        self.columns = columns
        self.next = next
        var options = JavaScriptStepOptions(
            source: JavaScriptSource(main: script, modules: modules), columns: listed, output: output, stateless: stateless, timeLimitMilliseconds: timeLimit,
            memoryLimit: memoryLimit, runID: runID, samples: samples, fileName: { "file-\($0)" }, unstoppable: unstoppable, profiled: profiled)
        options.policies = policies
        var context = StepContext(policy: policy, spill: SpillDirectory(path: "/nonexistent"), seed: 7, startMicroseconds: Self.start, outputs: outputs)
        context.parameters = parameters
        guard let made = try JavaScriptStepFactory(options).makeStep(name: "enrich", input: columns, context: context) as? JavaScriptStep else { throw Unexpected() }
        step = made
    }

    struct Unexpected: Error {}

    /// A batch of these rows; typed columns are typed from the text.
    func batch(_ rows: [[String?]]) throws -> RowBatch {
        let batch = RowBatch(sourceColumns: columns.count, rows: rows.count, bytes: 64, exactly: true)
        batch.prepare(sourceColumns: columns.count)
        batch.rowCount = rows.count
        batch.firstRowNumber = next
        batch.firstOrdinal = next
        next += Int64(rows.count)
        for (index, row) in rows.enumerated() {
            batch.rowStarts[index] = UInt32(batch.byteCount)
            for (column, text) in row.enumerated() {
                if column > 0 { Self.append([0x2C], to: batch) }
                let bytes = Array((text ?? "").utf8)
                let offset = batch.byteCount
                Self.append(bytes, to: batch)
                batch.sourceCells(column)[index] = CellRef(offset: offset, length: bytes.count, flags: text == nil ? CellRef.nullFlag : 0)
            }
            batch.rowEnds[index] = UInt32(batch.byteCount)
            Self.append([0x0A], to: batch)
        }
        batch.columns = try columns.enumerated().map { index, column in try Self.typed(column, index, batch) }
        return batch
    }

    private static func append(_ bytes: [UInt8], to batch: RowBatch) {
        batch.reserve(bytes: batch.byteCount + bytes.count)
        bytes.withUnsafeBufferPointer { if let start = $0.baseAddress { (batch.bytes + batch.byteCount).update(from: start, count: bytes.count) } }
        batch.byteCount += bytes.count
    }

    private static func typed(_ column: StepColumn, _ index: Int, _ batch: RowBatch) throws -> Column {
        let format = try ValueFormat(column.type, column.format)
        func values<Element: BitwiseCopyable>(_ parse: (UnsafePointer<UInt8>, Int) -> Element?) -> ColumnValues<Element> {
            let values = ColumnValues<Element>(capacity: batch.rowCount, source: index)
            for row in 0..<batch.rowCount {
                let cell = batch.sourceCells(index)[row]
                if !cell.isNull, let value = parse(batch.bytes + cell.offset, cell.length) { values.set(value, at: row) }
            }
            return values
        }
        switch column.type {
        case .string: return .source(index)
        case .integer: return .integer(values(ValueFormat.integer))
        case .float: return .float(values(ValueFormat.float))
        case .decimal: return .decimal(values(format.decimal))
        case .boolean: return .boolean(values(format.boolean))
        case .date: return .date(values(format.date))
        case .timestamp: return .timestamp(values(format.timestamp))
        }
    }

    func run(_ rows: [[String?]]) throws -> Outcome {
        let packet = RowPacket(try batch(rows))
        try step.process(packet)
        return Self.outcome(packet)
    }

    static func outcome(_ packet: RowPacket) -> Outcome {
        var outcome = Outcome()
        let batch = packet.batch
        for place in 0..<batch.selectedCount {
            let row = batch.selectedRow(place)
            outcome.rows.append(batch.columns.map { batch.string($0, row: row) })
            if let routes = packet.routes { outcome.routes.append(Int(routes[row])) }
        }
        outcome.rejections = packet.rejections.map { "\($0.row) \($0.rule): \($0.problem.why)" }
        outcome.lines = packet.rejections.map { $0.problem.place.line }
        outcome.log = packet.log
        outcome.account = packet.account
        return outcome
    }

    static func text(_ names: String...) -> [StepColumn] { names.map { StepColumn($0) } }
}
