import Rows

/// Gathers the rows of each group into one row, within a bound of memory. Groups come in the order of their first rows; nulls are a
/// group of their own; a group goes to the output its first row was sent to; an aggregate without groupBy gives one row, also of no rows.
///
/// When the groups outgrow the limit they go to the disk, sorted by key, as parts that are joined at the end; gathering is exact, so the
/// result doesn't depend on when that happened.
final class AggregateStep: RowStep {
    let name: String
    let outputColumns: [StepColumn]
    let isStateless = false
    private let groupBy: [Int]
    private let columns: [AggregateColumn]
    private let key: RowKey
    private let codec: RowCodec
    private let context: StepContext
    private let hasher: SipHash
    private let room = CellTextRoom()
    private let spilled: ExternalSorter
    private let byPlace: ExternalSorter

    private struct Group {
        let key: [UInt8]
        /// Of its first row.
        let sequence: UInt64
        let row: [UInt8]
    }

    private var index = KeyTable(hasValues: true)
    private var groups: [Group] = []
    /// By group, then by column.
    private var accumulators: [Accumulator] = []
    private var used = 0
    private var sequence: UInt64 = 0
    private var rows: Int64 = 0
    private var hasSpilled = false
    private var isSettled = false
    private var emitted = 0

    init(name: String, groupBy: [String], columns aggregations: [Aggregation], input: [StepColumn], context: StepContext) throws(PipelineProblem) {
        self.name = name
        self.context = context
        let positions = try input.positions(of: groupBy, step: name)
        self.groupBy = positions
        var columns: [AggregateColumn] = []
        for aggregation in aggregations { columns.append(try AggregateColumn(aggregation, input: input, step: name)) }
        self.columns = columns
        outputColumns = positions.map { input[$0] } + columns.map(\.output)
        try outputColumns.checkNames(at: positions.count..<outputColumns.count, step: name)
        key = RowKey(positions: positions)
        codec = RowCodec(input)
        hasher = SipHash(seed: context.seed)
        spilled = ExternalSorter(step: name, memoryLimit: context.memoryLimit / 4, directory: context.spill)
        byPlace = ExternalSorter(step: name, memoryLimit: context.memoryLimit / 4, directory: context.spill)
    }

    func process(_ packet: RowPacket) throws(PipelineProblem) {
        let batch = packet.batch
        for place in 0..<batch.selectedCount {
            let row = batch.selectedRow(place)
            let group = try group(of: packet, row)
            for (offset, column) in columns.enumerated() {
                do throws(SumOverflow) {
                    try column.gather(batch, row, into: &accumulators[group * columns.count + offset], room: room)
                } catch { throw column.tooLarge(name) }
            }
            sequence += 1
        }
        rows += Int64(batch.selectedCount)
        packet.account.merged += Int64(batch.selectedCount)
        batch.deselectAll()
    }

    private func group(of packet: RowPacket, _ row: Int) throws(PipelineProblem) -> Int {
        key.make(packet.batch, row)
        let hash = key.hash(with: hasher)
        if let known = index[hash] { return Int(known) }
        codec.encode(packet, row)
        let size = key.bytes.count + codec.bytes.count + columns.count * MemoryLayout<Accumulator>.stride * 2 + 128
        // Texts of minima and parts of float sums are small beside the row itself.
        if !groups.isEmpty, used + size + index.bytesAfterNext > context.memoryLimit / 2 { try spill() }
        used += size
        _ = index.insert(hash, Int32(truncatingIfNeeded: groups.count))
        groups.append(Group(key: Array(key.bytes), sequence: sequence, row: codec.bytes))
        for column in columns { accumulators.append(column.empty) }
        return groups.count - 1
    }

    // MARK: Parts on the disk

    private func spill() throws(PipelineProblem) {
        for (number, group) in groups.enumerated() {
            let part = Array(accumulators[(number * columns.count)..<((number + 1) * columns.count)])
            try spilled.add(key: group.key, sequence: group.sequence, payload: Self.bytes(part, row: group.row))
        }
        hasSpilled = hasSpilled || !groups.isEmpty
        groups = []
        accumulators = []
        index.removeAll()
        used = 0
    }

    private static func bytes(_ part: [Accumulator], row: [UInt8]) -> [UInt8] {
        var writer = StateWriter()
        for accumulator in part { accumulator.write(to: &writer) }
        writer.put(row)
        return writer.bytes
    }

    private func part(_ payload: UnsafeRawBufferPointer) throws(PipelineProblem) -> (part: [Accumulator], row: [UInt8]) {
        var reader = StateReader(Array(payload))
        do throws(StateReader.Malformed) {
            var part: [Accumulator] = []
            for column in columns { part.append(try column.empty.read(from: &reader)) }
            return (part, try reader.data())
        } catch { throw .spillDamaged(context.spill.path) }
    }

    /// Joins the parts of each key and puts the groups in the order of their first rows.
    private func settle() throws(PipelineProblem) {
        isSettled = true
        guard hasSpilled else { return }
        try spill()
        var held: (key: [UInt8], part: [Accumulator], row: [UInt8])?
        while let record = try spilled.next() {
            let key = Array(record.key)
            let (part, row) = try part(record.payload)
            if held?.key.dropLast(8).elementsEqual(key.dropLast(8)) == true {
                for offset in columns.indices {
                    do throws(SumOverflow) {
                        try held?.part[offset].join(part[offset], isMinimum: columns[offset].isMinimum)
                    } catch { throw columns[offset].tooLarge(name) }
                }
            } else {
                if let held { try keep(held.key, held.part, held.row) }
                held = (key, part, row)
            }
        }
        if let held { try keep(held.key, held.part, held.row) }
        spilled.discard()
    }

    private func keep(_ key: [UInt8], _ part: [Accumulator], _ row: [UInt8]) throws(PipelineProblem) {
        var number: UInt64 = 0
        for byte in key.suffix(8) { number = number << 8 | UInt64(byte) }
        try byPlace.add(key: [], sequence: number, payload: Self.bytes(part, row: row))
    }

    // MARK: Results

    func drain() throws(PipelineProblem) -> RowPacket? {
        if !isSettled { try settle() }
        if groupBy.isEmpty, rows == 0 { return try emptyResult() }
        var builder = RowCodec.Builder(codec, pool: context.batches)
        let results = columns.map { $0.makeColumn(builder.batch.rowCapacity) }
        while !builder.isFull {
            let row = builder.batch.rowCount
            let part: [Accumulator]
            if hasSpilled {
                guard let record = try byPlace.next() else { break }
                let next = try self.part(record.payload)
                part = next.part
                next.row.withUnsafeBytes { builder.append($0) }
            } else {
                guard emitted < groups.count else { break }
                part = Array(accumulators[(emitted * columns.count)..<((emitted + 1) * columns.count)])
                groups[emitted].row.withUnsafeBytes { builder.append($0) }
                emitted += 1
            }
            for (offset, column) in columns.enumerated() { try column.put(part[offset], into: results[offset], at: row, step: name) }
        }
        guard builder.batch.rowCount > 0 else {
            context.batches.give(builder.batch)
            return nil
        }
        let packet = builder.finish()
        let batch = packet.batch
        let input = batch.columns
        batch.columns = groupBy.map { input[$0] } + results
        packet.account.merged -= Int64(batch.rowCount)
        return packet
    }

    /// Of no rows: counts are 0, everything else is null. The row is none of the source's.
    private func emptyResult() throws(PipelineProblem) -> RowPacket? {
        guard emitted == 0 else { return nil }
        emitted = 1
        let batch = context.batches.take(sourceColumns: 0)
        batch.rowCount = 1
        batch.rowStarts[0] = 0
        batch.rowEnds[0] = 0
        batch.identities = [RowIdentity(file: 0, number: 0, ordinal: 0, offset: 0)]
        batch.columns = []
        for column in columns {
            let result = column.makeColumn(1)
            try column.put(column.empty, into: result, at: 0, step: name)
            batch.columns.append(result)
        }
        let packet = RowPacket(batch)
        packet.account.added += 1
        return packet
    }

    // MARK: State

    func snapshot() throws(PipelineProblem) -> [UInt8] {
        // Groups in memory become parts on the disk; once they are being read out they stay where they are.
        if !isSettled { try spill() } else if !hasSpilled { try spillSettled() }
        var writer = StateWriter()
        writer.put(Int64(bitPattern: sequence))
        writer.put(rows)
        writer.put(hasSpilled)
        writer.put(isSettled)
        writer.put(emitted)
        codec.write(to: &writer)
        try spilled.snapshot(into: &writer)
        try byPlace.snapshot(into: &writer)
        return writer.bytes
    }

    /// The groups that weren't read out yet, in their order.
    private func spillSettled() throws(PipelineProblem) {
        guard emitted < groups.count else { return }
        for number in emitted..<groups.count {
            let part = Array(accumulators[(number * columns.count)..<((number + 1) * columns.count)])
            try byPlace.add(key: [], sequence: groups[number].sequence, payload: Self.bytes(part, row: groups[number].row))
        }
        groups = []
        accumulators = []
        hasSpilled = true
    }

    func restore(_ state: [UInt8]) throws(PipelineProblem) {
        var reader = StateReader(state)
        try readHead(&reader)
        try spilled.restore(from: &reader)
        try byPlace.restore(from: &reader)
    }

    func spillFiles(in state: [UInt8]) throws(PipelineProblem) -> [String] {
        var reader = StateReader(state)
        try readHead(&reader)
        do throws(StateReader.Malformed) { return try ExternalSorter.files(in: &reader) + ExternalSorter.files(in: &reader) } catch { throw .malformedState(name) }
    }

    private func readHead(_ reader: inout StateReader) throws(PipelineProblem) {
        do throws(StateReader.Malformed) {
            sequence = UInt64(bitPattern: try reader.int64())
            rows = try reader.int64()
            hasSpilled = try reader.bool()
            isSettled = try reader.bool()
            emitted = try reader.int()
            try codec.read(from: &reader)
        } catch { throw .malformedState(name) }
    }
}
