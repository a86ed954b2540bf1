import Kernel
import Rows

/// Adds columns of a small table to the rows whose keys stand in it.
final class LookupStep: RowStep {
    let name: String
    let outputColumns: [StepColumn]
    let isStateless = true
    private let positions: [Int]
    private let formats: [ValueFormat]
    private let missing: LookupDescription.Missing
    /// By row of the table, the cells to add.
    private let added: [[[UInt8]?]]
    private var index = KeyTable(hasValues: true)
    private let hasher: SipHash
    private let room = CellTextRoom()
    private var key: [UInt8] = []
    private var mask = RowMask()
    private let policy: ErrorPolicy

    init(name: String, _ description: LookupDescription, input: [StepColumn], context: StepContext) throws(PipelineProblem) {
        self.name = name
        missing = description.missing
        policy = description.missing == .fail ? .fail : .deadLetter
        hasher = SipHash(seed: context.seed)
        guard let table = context.tables[description.table] else {
            throw PipelineProblem(
                .fatal, .configuration, what: "step \(name) has no table", at: .init(step: name), why: "there is no table \(description.table)",
                fix: "Give the lookup a source")
        }
        guard !description.on.isEmpty else {
            throw PipelineProblem(.fatal, .configuration, what: "step \(name) can't join", at: .init(step: name), why: "it names no key", fix: "Name the columns that must be equal in on")
        }
        var positions: [Int] = []
        var formats: [ValueFormat] = []
        var keyColumns: [Int] = []
        for pair in description.on {
            let position = try input.position(of: pair.column, step: name)
            positions.append(position)
            formats.append(try ValueFormat(input[position].type, input[position].format, column: pair.column, step: name))
            keyColumns.append(try Self.column(pair.tableColumn, in: table, name))
        }
        self.positions = positions
        self.formats = formats
        var addedColumns: [Int] = []
        var output = input
        for column in description.columns {
            addedColumns.append(try Self.column(column, in: table, name))
            output.append(StepColumn(column))
        }
        try output.checkNames(at: input.count..<output.count, step: name)
        outputColumns = output
        added = table.rows.map { row in addedColumns.map { $0 < row.count ? row[$0].map { Array($0.utf8) } : nil } }
        for (number, row) in table.rows.enumerated() {
            var hasNull = false
            key.removeAll(keepingCapacity: true)
            for column in keyColumns {
                guard column < row.count, let cell = row[column] else {
                    hasNull = true
                    break
                }
                var text = cell
                text.withUTF8 { append($0) }
            }
            if hasNull { continue }
            guard index.insert(hash(), Int32(truncatingIfNeeded: number)) == nil else {
                throw PipelineProblem(
                    .fatal, .configuration, what: "the table has a key twice", at: .init(row: Int64(number + 1), step: name),
                    why: keyColumns.map { table.columns[$0] + " = " + (row[$0] ?? "") }.joined(separator: ", ") + " stands in an earlier row", fix: "Keep one row for each key")
            }
        }
    }

    private static func column(_ name: String, in table: LookupTable, _ step: String) throws(PipelineProblem) -> Int {
        if let position = table.columns.firstIndex(where: { $0.utf8.elementsEqual(name.utf8) }) { return position }
        throw PipelineProblem(
            .fatal, .configuration, what: "step \(step) needs a column that isn't in its table", at: .init(column: name, step: step),
            why: "the columns of the table are " + table.columns.prefix(50).joined(separator: ", ") + Spelling.question(name, table.columns), fix: "Correct the name")
    }

    /// Length, then bytes: no key is another's beginning.
    private func append(_ text: UnsafeBufferPointer<UInt8>) {
        withUnsafeBytes(of: UInt32(truncatingIfNeeded: text.count)) { key.append(contentsOf: $0) }
        key.append(contentsOf: text)
    }

    private func hash() -> SipHash.Hash { key.withUnsafeBytes { hasher.hash($0) } }

    func process(_ packet: RowPacket) throws(PipelineProblem) {
        let batch = packet.batch
        mask.begin(batch)
        let results = (0..<(outputColumns.count - batch.columns.count)).map { _ in TextColumn(capacity: batch.rowCount) }
        for place in 0..<batch.selectedCount {
            let row = batch.selectedRow(place)
            guard let found = match(batch, row) else {
                for result in results { result.setNull(at: row) }
                if missing == .null { continue }
                mask.drop(row)
                try packet.reject(row: row, rule: "Lookup", policy: policy, noMatch(batch, row))
                continue
            }
            let cells = added[found]
            for (result, cell) in zip(results, cells) {
                if let cell { cell.withUnsafeBufferPointer { result.set($0, at: row) } } else { result.setNull(at: row) }
            }
        }
        batch.columns += results.map { .text($0) }
        mask.apply(to: batch)
    }

    /// The table's row with the row's key; nil when there is none or a key column is null.
    private func match(_ batch: RowBatch, _ row: Int) -> Int? {
        key.removeAll(keepingCapacity: true)
        for (position, format) in zip(positions, formats) {
            guard let text = room.text(batch.columns[position], row, of: batch, format: format) else { return nil }
            append(text)
        }
        return index[hash()].map { Int($0) }
    }

    private func noMatch(_ batch: RowBatch, _ row: Int) -> PipelineProblem {
        var nulls: [String] = []
        let shown = zip(positions, formats).map { position, format in
            let column = outputColumns[position].name
            let text = room.text(batch.columns[position], row, of: batch, format: format).map { String(decoding: $0.prefix(80), as: UTF8.self) }
            if text == nil { nulls.append(column) }
            return "\(column) = \(text.map { "\"\($0)\"" } ?? "null")"
        }
        return PipelineProblem(
            .error, .data, what: "the row has no match in the table", at: .init(column: outputColumns[positions[0]].name, step: name),
            why: nulls.isEmpty ? shown.joined(separator: ", ") + " isn't in the table" : nulls.joined(separator: ", ") + " is null, which matches nothing",
            fix: "Add the key to the table, or choose missing: SetNull")
    }
}
