import Kernel
import RowSteps
import Rows

/// What a packet's rows became, gathered over its chunks, and how that is put back into the packet.
final class PacketCollector {
    private let plan: StepPlan
    private let builders: [ColumnBuilder]
    /// Of each record its row in the batch, and its route: -1 the first output, by not being routed.
    private var rows: [Int32] = []
    private var routes: [Int16] = []
    private var failures: [(row: Int, rule: String, policy: ErrorPolicy?, problem: PipelineProblem)] = []
    /// Cells that became null by their column's policy.
    private var nulled: [(row: Int, problem: PipelineProblem)] = []
    private let policies: [String: ErrorPolicy]
    private var failed: Set<Int> = []
    private var starts: [Int32] = []
    private var anyRouted = false

    init(_ plan: StepPlan, policies: [String: ErrorPolicy] = [:]) {
        self.plan = plan
        self.policies = policies
        builders = plan.dynamic.map { dynamic in ColumnBuilder(dynamic, input: dynamic.input.map { plan.input[$0].type }) }
    }

    func reset() {
        rows.removeAll(keepingCapacity: true)
        routes.removeAll(keepingCapacity: true)
        failures.removeAll(keepingCapacity: true)
        nulled.removeAll(keepingCapacity: true)
        failed.removeAll(keepingCapacity: true)
        anyRouted = false
        for builder in builders { builder.reset() }
    }

    func fail(row: Int, rule: String, policy: ErrorPolicy? = nil, _ problem: PipelineProblem) {
        guard failed.insert(row).inserted else { return }
        failures.append((row, rule, policy, problem))
    }

    /// Takes the records of a chunk. - Parameter place: of the selection, where the chunk starts; `count` rows long.
    func take(
        records: Int, table: UnsafePointer<Int32>, numbers: UnsafePointer<Double>, units: UnsafePointer<UInt16>, unitCount: Int, place: Int, count: Int, batch: RowBatch
    ) {
        let stride = plan.program.stride
        let total = records * stride
        if starts.count < total { starts = Array(repeating: 0, count: total) }
        let first = rows.count
        // Taken out of the properties for the loop, which then checks no access to them.
        var (rows, routes) = (self.rows, self.routes)
        (self.rows, self.routes) = ([], [])
        rows.reserveCapacity(first + records)
        routes.reserveCapacity(first + records)
        var anyRouted = anyRouted
        defer {
            (self.rows, self.routes) = (rows, routes)
            self.anyRouted = anyRouted
        }
        let selected = batch.selectedRows?.baseAddress
        starts.withUnsafeMutableBufferPointer { starts in
            var text: Int32 = 0
            var number: Int32 = 0
            var at = 0
            // `starts` has `total` entries, the table at least as many.
            for _ in 0..<records {
                let head = table[at]
                let row = min(Int(head & 0xFFFF), count - 1)
                rows.append(Int32(truncatingIfNeeded: selected.map { Int($0[place + row]) } ?? place + row))
                let route = Int16(truncatingIfNeeded: (head >> 16) - 1)
                routes.append(route)
                anyRouted = anyRouted || route >= 0
                at &+= 1
                for _ in 1..<stride {
                    let code = table[at]
                    if code >= 0 {
                        starts[at] = text
                        text = code
                    } else if code == BatchProgram.Code.number {
                        starts[at] = number
                        number &+= 1
                    }
                    at &+= 1
                }
            }
        }
        guard records > 0 else { return }
        rows.withUnsafeBufferPointer { rows in
            starts.withUnsafeBufferPointer { starts in
                guard let starts = starts.baseAddress, let chunkRows = rows.baseAddress.map({ $0 + first }) else { return }
                let chunk = ColumnBuilder.Chunk(
                    records: records, table: table, starts: starts, stride: stride, units: units, unitCount: unitCount, numbers: numbers, rows: chunkRows)
                for (index, builder) in builders.enumerated() {
                    let unfit = builder.take(chunk, offset: index + 1, batch: batch)
                    guard !unfit.isEmpty else { continue }
                    let policy = policies[builder.plan.column.name]
                    for (record, found) in unfit {
                        let problem = Self.unfit(builder.plan, found)
                        if policy == .null {
                            builder.setNull(record: record, of: chunk)
                            nulled.append((Int(chunkRows[record]), problem))
                        } else {
                            fail(row: Int(chunkRows[record]), rule: "Type", policy: policy, problem)
                        }
                    }
                }
            }
        }
    }

    private static func unfit(_ column: StepPlan.Dynamic, _ found: String) -> PipelineProblem {
        let type = column.column.type.rawValue
        let fix: String =
            switch column.column.type {
            case .integer: "Round it in the script (Math.round), or declare the column decimal or float"
            case .decimal: "A decimal has at most 35 digits: write it smaller, or declare the column float"
            default: "Write a \(type) in the script, or declare another type for the column"
            }
        return PipelineProblem(
            .error, .script, what: "the script wrote what column \(column.column.name) can't hold", at: .init(column: column.column.name),
            why: "the column is declared \(type)\(column.column.format.map { " with format \($0)" } ?? ""), found \(found)", fix: fix)
    }

    /// Replaces the packet's rows by what came out of them.
    func finish(_ packet: RowPacket, policy: ErrorPolicy) throws(PipelineProblem) {
        let batch = packet.batch
        let rowsIn = batch.selectedCount
        var perRow = [Int32](repeating: 0, count: batch.rowCount)
        var live: [Int] = []
        live.reserveCapacity(rows.count)
        var isOneToOne = true
        for record in rows.indices {
            let row = Int(rows[record])
            if !failed.isEmpty, failed.contains(row) { continue }
            perRow[row] += 1
            isOneToOne = isOneToOne && perRow[row] == 1
            live.append(record)
        }
        var kept = 0, added = 0
        for count in perRow where count > 0 {
            kept += 1
            added += Int(count) - 1
        }
        packet.account.added += Int64(added)
        packet.account.filtered += Int64(rowsIn - kept - failures.count)
        for failure in failures.sorted(by: { $0.row < $1.row }) { try packet.reject(row: failure.row, rule: failure.rule, policy: failure.policy ?? policy, failure.problem) }
        for (row, problem) in nulled where !failed.contains(row) { packet.noteNulled(row: row, problem) }
        if isOneToOne { inPlace(packet, live, perRow) } else { expand(packet, live) }
    }

    private func inPlace(_ packet: RowPacket, _ live: [Int], _ perRow: [Int32]) {
        let batch = packet.batch
        let targets = live.map { Int(rows[$0]) }
        let made = builders.map { builder -> Column in
            if builder.isUntouched, let input = builder.plan.input, builder.plan.column.type == plan.input[input].type { return batch.columns[input] }
            return builder.column(records: live, rows: targets, capacity: batch.rowCount, from: batch, originals: rows)
        }
        if anyRouted {
            var all = packet.routes ?? [UInt16](repeating: 0, count: batch.rowCount)
            for record in live { all[Int(rows[record])] = UInt16(max(routes[record], 0)) }
            packet.routes = all
        }
        let columns = batch.columns
        batch.columns = plan.output.map { source in
            switch source {
            case .passes(let index): columns[index]
            case .dynamic(let index): made[index]
            }
        }
        if live.count < batch.selectedCount {
            perRow.map { $0 > 0 }.withUnsafeBufferPointer { keep in
                if let start = keep.baseAddress { batch.filter(by: start) }
            }
        }
    }

    /// Several rows from one: a batch of its own, with the cells and the identity of the rows they came from.
    private func expand(_ packet: RowPacket, _ live: [Int]) {
        let batch = packet.batch
        let origins = live.map { Int(rows[$0]) }
        let larger = RowBatch(sourceColumns: batch.sourceColumnCount, rows: live.count, bytes: batch.byteCount, exactly: true)
        larger.bytes.update(from: batch.bytes, count: batch.byteCount)
        larger.byteCount = batch.byteCount
        larger.rowCount = live.count
        larger.quote = batch.quote
        larger.delimiter = batch.delimiter
        larger.file = batch.file
        larger.origin = batch.origin
        larger.hasAdjacentCells = batch.hasAdjacentCells
        larger.firstRowNumber = batch.firstRowNumber
        larger.firstOrdinal = batch.firstOrdinal
        larger.identities = origins.map { RowIdentity(file: batch.file(of: $0), number: batch.rowNumber($0), ordinal: batch.ordinal($0), offset: batch.inputOffset($0)) }
        for (row, origin) in origins.enumerated() {
            larger.rowStarts[row] = batch.rowStarts[origin]
            larger.rowEnds[row] = batch.rowEnds[origin]
        }
        for column in 0..<batch.sourceColumnCount {
            let from = batch.sourceCells(column), to = larger.sourceCells(column)
            for (row, origin) in origins.enumerated() { to[row] = from[origin] }
        }
        let targets = Array(live.indices)
        let made = builders.map { $0.column(records: live, rows: targets, capacity: live.count, from: batch, originals: rows) }
        larger.columns = plan.output.map { source in
            switch source {
            case .passes(let index): Gathering.column(batch.columns[index], origins)
            case .dynamic(let index): made[index]
            }
        }
        if anyRouted || packet.routes != nil {
            let before = packet.routes
            packet.routes = live.map { record in
                routes[record] >= 0 ? UInt16(routes[record]) : before.map { $0[Int(rows[record])] } ?? 0
            }
        }
        packet.batch = larger
    }
}
