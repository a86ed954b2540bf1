import Rows

/// Leaves out rows whose keys were seen: all but the first of equal rows, on the way and within a bound of memory. Nulls are equal to each other.
final class DeduplicateFirstStep: RowStep {
    let name: String
    let outputColumns: [StepColumn]
    let isStateless = false
    private let key: RowKey
    private let seen: KeySet
    private let hasher: SipHash

    init(name: String, keys: [String], input: [StepColumn], context: StepContext) throws(PipelineProblem) {
        self.name = name
        outputColumns = input
        key = RowKey(positions: try input.positions(of: keys, step: name))
        seen = KeySet(step: name, memoryLimit: context.memoryLimit, context: context)
        hasher = SipHash(seed: context.seed)
    }

    func process(_ packet: RowPacket) throws(PipelineProblem) {
        let batch = packet.batch
        let before = batch.selectedCount
        try batch.filter { row throws(PipelineProblem) in
            key.make(batch, row)
            return try seen.insert(key.hash(with: hasher))
        }
        packet.account.filtered += Int64(before - batch.selectedCount)
    }

    func snapshot() throws(PipelineProblem) -> [UInt8] {
        var writer = StateWriter()
        try seen.snapshot(into: &writer)
        return writer.bytes
    }

    func restore(_ state: [UInt8]) throws(PipelineProblem) {
        var reader = StateReader(state)
        try seen.restore(from: &reader)
    }

    func spillFiles(in state: [UInt8]) throws(PipelineProblem) -> [String] {
        var reader = StateReader(state)
        return try KeySet.files(in: &reader, step: name)
    }
}

/// Keeps the last of equal rows, in its own place: sorts by key and then by place, within a bound of memory.
final class DeduplicateLastStep: RowStep {
    let name: String
    let outputColumns: [StepColumn]
    let isStateless = false
    private let key: RowKey
    private let codec: RowCodec
    private let byKey: ExternalSorter
    private let byPlace: ExternalSorter
    private let context: StepContext
    private var sequence: UInt64 = 0
    private var isSettled = false
    private var dropped: Int64 = 0

    init(name: String, keys: [String], input: [StepColumn], context: StepContext) throws(PipelineProblem) {
        self.name = name
        self.context = context
        outputColumns = input
        key = RowKey(positions: try input.positions(of: keys, step: name))
        codec = RowCodec(input)
        byKey = ExternalSorter(step: name, memoryLimit: context.memoryLimit / 2, directory: context.spill)
        byPlace = ExternalSorter(step: name, memoryLimit: context.memoryLimit / 2, directory: context.spill)
    }

    func process(_ packet: RowPacket) throws(PipelineProblem) {
        let batch = packet.batch
        for place in 0..<batch.selectedCount {
            let row = batch.selectedRow(place)
            key.make(batch, row)
            codec.encode(packet, row)
            try byKey.add(key: key.bytes, sequence: sequence, payload: codec.bytes)
            sequence += 1
        }
        batch.deselectAll()
    }

    func drain() throws(PipelineProblem) -> RowPacket? {
        if !isSettled { try settle() }
        var builder = RowCodec.Builder(codec, pool: context.batches)
        while !builder.isFull, let record = try byPlace.next() { builder.append(record.payload) }
        guard builder.batch.rowCount > 0 else {
            context.batches.give(builder.batch)
            return nil
        }
        let packet = builder.finish()
        packet.account.filtered += dropped
        dropped = 0
        return packet
    }

    /// Of each key the record with the highest number stays: the last before another key comes.
    private func settle() throws(PipelineProblem) {
        var held: (key: [UInt8], payload: [UInt8])?
        while let record = try byKey.next() {
            let key = Array(record.key)
            if let last = held {
                if last.key.dropLast(8).elementsEqual(key.dropLast(8)) { dropped += 1 } else { try keep(last) }
            }
            held = (key, Array(record.payload))
        }
        if let held { try keep(held) }
        byKey.discard()
        isSettled = true
    }

    private func keep(_ row: (key: [UInt8], payload: [UInt8])) throws(PipelineProblem) {
        var number: UInt64 = 0
        for byte in row.key.suffix(8) { number = number << 8 | UInt64(byte) }
        try byPlace.add(key: [], sequence: number, payload: row.payload)
    }

    func snapshot() throws(PipelineProblem) -> [UInt8] {
        var writer = StateWriter()
        writer.put(Int64(bitPattern: sequence))
        writer.put(isSettled)
        writer.put(dropped)
        codec.write(to: &writer)
        try byKey.snapshot(into: &writer)
        try byPlace.snapshot(into: &writer)
        return writer.bytes
    }

    func restore(_ state: [UInt8]) throws(PipelineProblem) {
        var reader = StateReader(state)
        try readHead(&reader)
        try byKey.restore(from: &reader)
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
            isSettled = try reader.bool()
            dropped = try reader.int64()
            try codec.read(from: &reader)
        } catch { throw .malformedState(name) }
    }
}

extension [StepColumn] {
    func positions(of columns: [String], step: String) throws(PipelineProblem) -> [Int] {
        var positions: [Int] = []
        for column in columns { positions.append(try position(of: column, step: step)) }
        return positions
    }
}
