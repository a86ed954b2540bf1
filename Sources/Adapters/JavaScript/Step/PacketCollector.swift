import Kernel
import RowSteps
import Rows

/// What a packet's rows became, gathered over its chunks, and how that is put back into the packet.
final class PacketCollector {
    private let plan: StepPlan
    private let builders: [ColumnBuilder]
    /// Of each record its row in the batch, and, when any was routed, its route: -1 the first output, by not being routed.
    private var rows: [Int32] = []
    private var routes: [Int16] = []
    private var failures: [(row: Int, rule: String, policy: ErrorPolicy?, problem: PipelineProblem)] = []
    /// Cells that became null by their column's policy.
    private var nulled: [(row: Int, problem: PipelineProblem)] = []
    private let policies: [String: ErrorPolicy]
    private var failed: Set<Int> = []
    private var starts: [Int32] = []
    private let plainText = TextScratch()
    /// Where in a record of the table the columns stand that are looked at.
    private var looked: [Int] = []
    private var anyRouted = false
    /// Every record so far is of a row behind the one before.
    private var isAscending = true

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
        isAscending = true
        for builder in builders { builder.reset() }
    }

    func fail(row: Int, rule: String, policy: ErrorPolicy? = nil, _ problem: PipelineProblem) {
        guard failed.insert(row).inserted else { return }
        failures.append((row, rule, policy, problem))
    }

    /// Says before a chunk is run which columns' texts are compared here rather than by the wrapper. - Parameter isPlain: the chunk is ASCII alone.
    func prepare(_ flags: UnsafeMutablePointer<Int32>, batch: RowBatch, isPlain: Bool) {
        for (index, builder) in builders.enumerated() {
            flags[plan.program.touchedWords + index] = isPlain && builder.compares && original(index, batch) != nil ? 1 : 0
        }
    }

    /// The input's cells that an output's texts can be compared with.
    private func original(_ index: Int, _ batch: RowBatch) -> ColumnBuilder.Original? {
        let dynamic = plan.dynamic[index]
        guard plan.program.letsHostCompare(index), dynamic.column.type == .string, let input = dynamic.input, case .source(let source) = batch.columns[input], source >= 0,
            source < batch.sourceColumnCount
        else { return nil }
        return .init(cells: UnsafePointer(batch.sourceCells(source)), bytes: UnsafePointer(batch.bytes), syntax: batch.syntax)
    }

    /// Takes the records of a chunk.
    ///
    /// - Parameters:
    ///   - table, numbers, flags: see `BatchProgram`: `T`, `ON`, `F`.
    ///   - place: of the selection, where the chunk starts; `count` rows long.
    func take(
        records: Int, table: UnsafePointer<Int32>, numbers: UnsafePointer<Double>, flags: UnsafePointer<Int32>, units: UnsafePointer<UInt16>, unitCount: Int, place: Int,
        count: Int, batch: RowBatch
    ) {
        guard records > 0 else { return }
        let program = plan.program
        let stride = program.stride
        let total = records * stride
        if starts.count < total { starts = Array(repeating: 0, count: total) }
        let first = rows.count
        takeRows(records, table, stride, place, count, batch)
        looked.removeAll(keepingCapacity: true)
        for index in builders.indices where flags[index / 32] & Int32(truncatingIfNeeded: 1 << (index % 32)) != 0 || builders[index].readsUntouched {
            looked.append(index + 1)
        }
        starts.withUnsafeMutableBufferPointer { starts in
            looked.withUnsafeBufferPointer { looked in
                var text: Int32 = 0
                var number: Int32 = 0
                var base = 0
                // `starts` has `total` entries, the table at least as many.
                for _ in 0..<records {
                    for offset in looked {
                        let at = base &+ offset
                        let code = table[at]
                        if code >= 0 {
                            starts[at] = text
                            text = code
                        } else if code == BatchProgram.Code.number {
                            starts[at] = number
                            number &+= 1
                        }
                    }
                    base &+= stride
                }
            }
        }
        let plain = plain(units, unitCount)
        rows.withUnsafeBufferPointer { rows in
            starts.withUnsafeBufferPointer { starts in
                guard let starts = starts.baseAddress, let chunkRows = rows.baseAddress.map({ $0 + first }) else { return }
                let chunk = ColumnBuilder.Chunk(
                    records: records, table: table, starts: starts, stride: stride, units: units, unitCount: unitCount, plain: plain, numbers: numbers, rows: chunkRows)
                var next = 0
                for (index, builder) in builders.enumerated() {
                    guard next < looked.count, looked[next] == index + 1 else {
                        builder.takeUntouched(records)
                        continue
                    }
                    next += 1
                    let original = flags[program.touchedWords + index] != 0 ? original(index, batch) : nil
                    let unfit = builder.take(chunk, offset: index + 1, batch: batch, original: original)
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

    /// A chunk's text as bytes, at once rather than cell by cell; nil where it isn't ASCII alone, or huge. 16 bytes behind it may be read.
    private func plain(_ units: UnsafePointer<UInt16>, _ count: Int) -> UnsafePointer<UInt8>? {
        guard count <= ChunkInput.unitLimit * 2 else { return nil }
        let target = plainText.bytes(count)
        return Transcoding.narrowPlain(units, count, to: target) ? UnsafePointer(target) : nil
    }

    /// Of each record its row and its route.
    private func takeRows(_ records: Int, _ table: UnsafePointer<Int32>, _ stride: Int, _ place: Int, _ count: Int, _ batch: RowBatch) {
        let first = rows.count
        let selected = batch.selectedRows?.baseAddress
        var last = rows.last ?? -1
        var isAscending = isAscending
        var heads: Int32 = 0
        rows.append(contentsOf: repeatElement(0, count: records))
        rows.withUnsafeMutableBufferPointer { rows in
            for record in 0..<records {
                let head = table[record &* stride]
                heads |= head
                let at = min(Int(head & 0xFFFF), count - 1)
                let row = selected.map { Int32(truncatingIfNeeded: $0[place + at]) } ?? Int32(truncatingIfNeeded: place + at)
                isAscending = isAscending && row > last
                last = row
                rows[first + record] = row
            }
        }
        self.isAscending = isAscending
        guard anyRouted || heads >> 16 != 0 else { return }
        // Those before weren't routed.
        if !anyRouted { routes = Array(repeating: -1, count: first) }
        anyRouted = true
        for record in 0..<records { routes.append(Int16(truncatingIfNeeded: (table[record * stride] >> 16) - 1)) }
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
        if isAscending, failures.isEmpty, nulled.isEmpty {
            packet.account.filtered += Int64(rowsIn - rows.count)
            return inPlace(packet, PlacedRecords(records: nil, rows: rows))
        }
        var perRow = [Int32](repeating: 0, count: batch.rowCount)
        var live: [Int32] = []
        live.reserveCapacity(rows.count)
        var isOneToOne = true
        for record in rows.indices {
            let row = Int(rows[record])
            if !failed.isEmpty, failed.contains(row) { continue }
            perRow[row] += 1
            isOneToOne = isOneToOne && perRow[row] == 1
            live.append(Int32(truncatingIfNeeded: record))
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
        if isOneToOne { inPlace(packet, PlacedRecords(records: live, rows: live.map { rows[Int($0)] })) } else { expand(packet, live) }
    }

    private func inPlace(_ packet: RowPacket, _ placed: PlacedRecords) {
        let batch = packet.batch
        let made = builders.map { builder -> Column in
            if builder.isUntouched, let input = builder.plan.input, builder.plan.column.type == plan.input[input].type { return batch.columns[input] }
            return rows.withUnsafeBufferPointer { builder.column(placed, capacity: batch.rowCount, from: batch, originals: $0) }
        }
        if anyRouted {
            var all = packet.routes ?? [UInt16](repeating: 0, count: batch.rowCount)
            placed.forEach { record, row in all[row] = UInt16(max(routes[record], 0)) }
            packet.routes = all
        }
        let columns = batch.columns
        batch.columns = plan.output.map { source in
            switch source {
            case .passes(let index): columns[index]
            case .dynamic(let index): made[index]
            }
        }
        if placed.rows.count < batch.selectedCount {
            withUnsafeTemporaryAllocation(of: Bool.self, capacity: batch.rowCount) { keep in
                keep.initialize(repeating: false)
                placed.forEach { _, row in keep[row] = true }
                if let start = keep.baseAddress { batch.filter(by: start) }
            }
        }
    }

    /// Several rows from one: a batch of its own, with the cells and the identity of the rows they came from.
    private func expand(_ packet: RowPacket, _ live: [Int32]) {
        let batch = packet.batch
        let origins = live.map { Int(rows[Int($0)]) }
        let larger = RowBatch(sourceColumns: batch.sourceColumnCount, rows: live.count, bytes: batch.byteCount, exactly: true)
        larger.bytes.update(from: batch.bytes, count: batch.byteCount)
        larger.byteCount = batch.byteCount
        larger.rowCount = live.count
        larger.syntax = batch.syntax
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
        let placed = PlacedRecords(records: live, rows: live.indices.map { Int32(truncatingIfNeeded: $0) })
        let made = builders.map { builder in rows.withUnsafeBufferPointer { builder.column(placed, capacity: live.count, from: batch, originals: $0) } }
        larger.columns = plan.output.map { source in
            switch source {
            case .passes(let index): Gathering.column(batch.columns[index], origins)
            case .dynamic(let index): made[index]
            }
        }
        if anyRouted || packet.routes != nil {
            let before = packet.routes
            packet.routes = live.map { record in
                let record = Int(record)
                return anyRouted && routes[record] >= 0 ? UInt16(routes[record]) : before.map { $0[Int(rows[record])] } ?? 0
            }
        }
        packet.batch = larger
    }
}
