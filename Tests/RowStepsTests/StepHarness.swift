import Glibc
import Platform
import Rows
import Testing

@testable import RowSteps

/// A directory that is gone at the end of the test.
final class TemporaryDirectory {
    let path: String

    init() {
        var template = Array("/tmp/mw-steps-XXXXXX".utf8CString)
        path = template.withUnsafeMutableBufferPointer { String(cString: mkdtemp($0.baseAddress!)) }
    }

    private var made = 0

    /// A directory within it that nobody has used.
    func fresh() -> String {
        made += 1
        return path + "/\(made)"
    }

    deinit { Self.remove(path) }

    private static func remove(_ path: String) {
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

/// Rows of text as the reader would give them: quoted where there is need, nulls where nil.
func makeBatch(_ rows: [[String?]], columns: Int, firstRow: Int64 = 1) -> RowBatch {
    let batch = RowBatch(sourceColumns: columns, rows: max(rows.count, 16), bytes: 1024)
    var offset: Int64 = 0
    for (number, row) in rows.enumerated() {
        var text: [UInt8] = []
        var cells: [CellRef] = []
        for (index, cell) in row.enumerated() {
            if index > 0 { text.append(UInt8(ascii: ",")) }
            let start = batch.byteCount + text.count
            guard let cell else {
                cells.append(CellRef(offset: start, length: 0, flags: CellRef.nullFlag))
                continue
            }
            let bytes = Array(cell.utf8)
            if bytes.isEmpty || bytes.contains(where: { $0 == 0x22 || $0 == 0x2C || $0 == 0x0A }) {
                let escaped = bytes.flatMap { $0 == 0x22 ? [0x22, 0x22] : [$0] }
                text += [0x22] + escaped + [0x22]
                cells.append(CellRef(offset: start, length: escaped.count + 2, flags: CellRef.quotedFlag | (bytes.contains(0x22) ? CellRef.escapedFlag : 0)))
            } else {
                text += bytes
                cells.append(CellRef(offset: start, length: bytes.count))
            }
        }
        batch.reserve(bytes: batch.byteCount + text.count + 1)
        for (at, byte) in (text + [0x0A]).enumerated() { batch.bytes[batch.byteCount + at] = byte }
        batch.rowStarts[number] = UInt32(batch.byteCount)
        batch.rowEnds[number] = UInt32(batch.byteCount + text.count)
        for (index, cell) in cells.enumerated() { batch.sourceCells(index)[number] = cell }
        batch.byteCount += text.count + 1
        offset += Int64(text.count + 1)
    }
    batch.rowCount = rows.count
    batch.firstRowNumber = firstRow
    batch.firstOrdinal = firstRow
    batch.columns = (0..<columns).map { .source($0) }
    return batch
}

/// What an output would write of the selected rows; nil for nulls.
func texts(_ batch: RowBatch, _ columns: [StepColumn]) -> [[String?]] {
    let room = CellTextRoom()
    return (0..<batch.selectedCount).map { place in
        let row = batch.selectedRow(place)
        return columns.enumerated().map { index, column in
            let format = (try? ValueFormat(column.type, column.format)) ?? ValueFormat(plain: column.type)
            return room.text(batch.columns[index], row, of: batch, format: format).map { String(decoding: $0, as: UTF8.self) }
        }
    }
}

struct StepRun {
    var rows: [[String?]] = []
    var columns: [StepColumn] = []
    var account = RowAccount()
    var rejections: [RowRejection] = []
    var warnings: [PipelineProblem] = []
}

/// Runs steps over rows in batches of some size, without the engine.
func run(
    _ steps: [(String, any RowStepFactory)], on rows: [[String?]], columns: [StepColumn], batchRows: Int = 7, context: StepContext
) throws -> StepRun {
    var input = columns
    var instances: [any RowStep] = []
    for (name, factory) in steps {
        let step = try factory.makeStep(name: name, input: input, context: context)
        instances.append(step)
        input = step.outputColumns
    }
    var result = StepRun(columns: input)
    func finish(_ packet: RowPacket, from first: Int) throws {
        for step in instances[first...] { try step.process(packet) }
        result.rows += texts(packet.batch, input)
        result.account += packet.account
        result.account.written += Int64(packet.batch.selectedCount)
        result.rejections += packet.rejections
        result.warnings += packet.warnings
    }
    for start in stride(from: 0, to: rows.count, by: batchRows) {
        let part = Array(rows[start..<min(start + batchRows, rows.count)])
        let packet = RowPacket(makeBatch(part, columns: columns.count, firstRow: Int64(start + 1)))
        packet.account.read = Int64(part.count)
        try finish(packet, from: 0)
    }
    for index in instances.indices { while let packet = try instances[index].drain() { try finish(packet, from: index + 1) } }
    return result
}

func run(
    _ description: StepDescription, on rows: [[String?]], columns: [StepColumn], batchRows: Int = 7, context: StepContext
) throws -> StepRun {
    try run([("step", DescribedStepFactory(description))], on: rows, columns: columns, batchRows: batchRows, context: context)
}
