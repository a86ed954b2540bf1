import Rows

/// Puts the rows in order, within a bound of memory. Rows with equal keys keep their order.
final class SortStep: RowStep {
    let name: String
    let outputColumns: [StepColumn]
    let isStateless = false
    private let key: RowKey
    private let codec: RowCodec
    private let sorter: ExternalSorter
    private let context: StepContext
    private var sequence: UInt64 = 0

    init(name: String, keys: [SortKey], input: [StepColumn], context: StepContext) throws(PipelineProblem) {
        self.name = name
        self.context = context
        outputColumns = input
        var columns: [(position: Int, isDescending: Bool)] = []
        for key in keys { columns.append((try input.position(of: key.column, step: name), key.order == .descending)) }
        key = RowKey(columns)
        codec = RowCodec(input)
        sorter = ExternalSorter(step: name, memoryLimit: context.memoryLimit, directory: context.spill)
    }

    func process(_ packet: RowPacket) throws(PipelineProblem) {
        let batch = packet.batch
        for place in 0..<batch.selectedCount {
            let row = batch.selectedRow(place)
            key.make(batch, row)
            codec.encode(packet, row)
            try sorter.add(key: key.bytes, sequence: sequence, payload: codec.bytes)
            sequence += 1
        }
        batch.deselectAll()
    }

    func drain() throws(PipelineProblem) -> RowPacket? {
        var builder = RowCodec.Builder(codec, pool: context.batches)
        while !builder.isFull, let record = try sorter.next() { builder.append(record.payload) }
        guard builder.batch.rowCount > 0 else {
            context.batches.give(builder.batch)
            return nil
        }
        return builder.finish()
    }

    func snapshot() throws(PipelineProblem) -> [UInt8] {
        var writer = StateWriter()
        writer.put(Int64(bitPattern: sequence))
        codec.write(to: &writer)
        try sorter.snapshot(into: &writer)
        return writer.bytes
    }

    func restore(_ state: [UInt8]) throws(PipelineProblem) {
        var reader = StateReader(state)
        try skipHead(&reader)
        try sorter.restore(from: &reader)
    }

    func spillFiles(in state: [UInt8]) throws(PipelineProblem) -> [String] {
        var reader = StateReader(state)
        try skipHead(&reader)
        do throws(StateReader.Malformed) { return try ExternalSorter.files(in: &reader) } catch { throw .malformedState(name) }
    }

    private func skipHead(_ reader: inout StateReader) throws(PipelineProblem) {
        do throws(StateReader.Malformed) {
            sequence = UInt64(bitPattern: try reader.int64())
            try codec.read(from: &reader)
        } catch { throw .malformedState(name) }
    }
}

extension ExternalSorter {
    /// A record whose key ends with a number, so that equal keys keep their order.
    func add(key: [UInt8], sequence: UInt64, payload: [UInt8]) throws(PipelineProblem) {
        try add(keyCount: key.count + 8, payloadCount: payload.count) { keyRoom, payloadRoom in
            key.withUnsafeBytes { if let start = $0.baseAddress { keyRoom.copyMemory(from: start, byteCount: $0.count) } }
            (keyRoom + key.count).storeBytes(of: sequence.bigEndian, as: UInt64.self)
            payload.withUnsafeBytes { if let start = $0.baseAddress { payloadRoom.copyMemory(from: start, byteCount: $0.count) } }
        }
    }

    func add(key: UnsafeRawBufferPointer, sequence: UInt64, payload: [UInt8]) throws(PipelineProblem) {
        try add(keyCount: key.count + 8, payloadCount: payload.count) { keyRoom, payloadRoom in
            if let start = key.baseAddress { keyRoom.copyMemory(from: start, byteCount: key.count) }
            (keyRoom + key.count).storeBytes(of: sequence.bigEndian, as: UInt64.self)
            payload.withUnsafeBytes { if let start = $0.baseAddress { payloadRoom.copyMemory(from: start, byteCount: $0.count) } }
        }
    }
}

extension RowBatch {
    /// No row is in any more.
    func deselectAll() { filter { _ in false } }
}
