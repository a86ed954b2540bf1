import Expressions
import Rows

/// Computes a column from each row.
final class DeriveStep: RowStep {
    let name: String
    let outputColumns: [StepColumn]
    let isStateless = true
    private let column: String
    private let position: Int
    private let expression: RowExpression
    private let policy: ErrorPolicy
    /// What the expression gives, and how that becomes the column's type.
    private let natural: ColumnType
    private var typing: CellTyping
    private let writing: ValueFormat
    private var mask = RowMask()
    private let room = CellTextRoom()
    private var bytesPerRow = 16

    init(
        name: String, column: String, expression source: String, type: ColumnType?, input: [StepColumn], context: StepContext, usesVectors: Bool = true
    ) throws(PipelineProblem) {
        self.name = name
        self.column = column
        policy = context.policy
        expression = try RowExpression(source, columns: input, place: .init(column: column, step: name), expecting: .anything, context: context, usesVectors: usesVectors)
        natural = try Self.columnType(expression.resultType, source, name, column)
        let result = type ?? natural
        typing = CellTyping(ValueFormat(plain: result))
        writing = ValueFormat(plain: natural)
        var output = input
        if let existing = input.position(of: column) {
            position = existing
            // A new value of a column is written as the column is.
            output[existing] = StepColumn(column, result, format: input[existing].type == result ? input[existing].format : nil)
        } else {
            position = input.count
            output.append(StepColumn(column, result))
        }
        outputColumns = output
    }

    private static func columnType(_ type: ValueType, _ source: String, _ step: String, _ column: String) throws(PipelineProblem) -> ColumnType {
        switch type {
        case .nullable(let scalar): return try columnType(scalar, source, step, column)
        case .int, .uint: return .integer
        case .double: return .float
        case .bool: return .boolean
        case .timestamp: return .timestamp
        case DecimalValue.type: return .decimal
        case .string, .dyn, .null: return .string
        default:
            throw PipelineProblem(
                .fatal, .configuration, what: "the expression \(source) can't be a column", at: .init(column: column, step: step),
                why: "it gives a \(type.description)", fix: "Make it a text, number, boolean or timestamp, for example by string(…) or .join(\",\")")
        }
    }

    func process(_ packet: RowPacket) throws(PipelineProblem) {
        let batch = packet.batch
        guard batch.selectedCount > 0 else {
            place(empty(batch), in: batch)
            return
        }
        mask.begin(batch)
        let computed: Column
        switch expression.vectors {
        case .integer(let node)? where natural == .integer: computed = .integer(try copy(node.evaluate(batch), packet) { if case .integer(let values) = $0 { values } else { nil } })
        case .timestamp(let node)? where natural == .timestamp: computed = .timestamp(try copy(node.evaluate(batch), packet) { if case .timestamp(let values) = $0 { values } else { nil } })
        case .float(let node)? where natural == .float: computed = .float(try copy(node.evaluate(batch), packet) { if case .float(let values) = $0 { values } else { nil } })
        case .decimal(let node)? where natural == .decimal: computed = .decimal(try copy(node.evaluate(batch), packet) { if case .decimal(let values) = $0 { values } else { nil } })
        case .boolean(let node)? where natural == .boolean: computed = .boolean(try copy(node.evaluate(batch), packet) { if case .boolean(let values) = $0 { values } else { nil } })
        case .text(let parts)? where natural == .string: computed = .text(try concatenate(parts, packet))
        default:
            computed = empty(batch)
            for place in 0..<batch.selectedCount { try evaluate(batch.selectedRow(place), into: computed, packet) }
        }
        mask.apply(to: batch)
        let result = typing.read(computed, of: batch, writing: writing)
        mask.begin(batch)
        for row in typing.failures {
            let shown = room.text(computed, row, of: batch, format: writing).map { String(decoding: $0.prefix(80), as: UTF8.self) } ?? "null"
            mask.drop(row)
            try packet.reject(
                row: row, rule: "Type", policy: policy,
                PipelineProblem(
                    .error, .expression, what: "column \(column) is no \(typing.format.type.rawValue)", at: .init(column: column, step: name),
                    why: "\(expression.source) gives \"\(shown)\"", fix: "Change the expression, or declare another type"))
        }
        place(result, in: batch)
        mask.apply(to: batch)
    }

    private func place(_ result: Column, in batch: RowBatch) {
        if position < batch.columns.count { batch.columns[position] = result } else { batch.columns.append(result) }
    }

    private func empty(_ batch: RowBatch) -> Column {
        switch natural {
        case .string: .text(TextColumn(capacity: batch.rowCount))
        case .integer: .integer(ColumnValues(capacity: batch.rowCount))
        case .float: .float(ColumnValues(capacity: batch.rowCount))
        case .decimal: .decimal(ColumnValues(capacity: batch.rowCount))
        case .boolean: .boolean(ColumnValues(capacity: batch.rowCount))
        case .date: .date(ColumnValues(capacity: batch.rowCount))
        case .timestamp: .timestamp(ColumnValues(capacity: batch.rowCount))
        }
    }

    /// The node's memory is used again for the next packet, so its values are copied; what isn't sure is evaluated on its own.
    private func copy<Element>(_ vector: Vector<Element>, _ packet: RowPacket, _ wrap: (Column) -> ColumnValues<Element>?) throws(PipelineProblem) -> ColumnValues<Element> {
        let batch = packet.batch
        let column = empty(batch)
        guard let values = wrap(column) else { return ColumnValues(capacity: batch.rowCount) }
        values.values.update(from: vector.values, count: batch.rowCount)
        guard let sure = vector.sure else {
            values.isValid.update(repeating: true, count: batch.rowCount)
            return values
        }
        for row in 0..<batch.rowCount { values.isValid[row] = sure[row] == 1 }
        if !FilterStep.allSure(sure, batch) {
            for place in 0..<batch.selectedCount {
                let row = batch.selectedRow(place)
                if sure[row] == 0 { try evaluate(row, into: column, packet) }
            }
        }
        return values
    }

    /// Texts one behind the other; a null among them is left to the evaluator.
    private func concatenate(_ parts: [TextOperand], _ packet: RowPacket) throws(PipelineProblem) -> TextColumn {
        let batch = packet.batch
        // As much as the last batch took, so that the arena needn't grow.
        let result = TextColumn(capacity: batch.rowCount, byteCapacity: batch.rowCount * (bytesPerRow + 1))
        var slow: [Int] = []
        let plain = parts.compactMap { $0.plain(batch) }
        if plain.count == parts.count {
            plain.withUnsafeBufferPointer { copy($0, batch, to: result, slow: &slow) }
        } else {
            for part in parts { part.prepare(batch) }
            slow = (0..<batch.selectedCount).map { batch.selectedRow($0) }
        }
        for row in slow where !join(parts, batch, row, to: result) { try evaluate(row, into: .text(result), packet) }
        bytesPerRow = batch.selectedCount > 0 ? result.byteCount / batch.selectedCount : 16
        return result
    }

    /// Rows whose texts are all ranges; the others are in `slow`.
    private func copy(_ parts: UnsafeBufferPointer<TextOperand.Plain>, _ batch: RowBatch, to result: TextColumn, slow: inout [Int]) {
        for place in 0..<batch.selectedCount {
            let row = batch.selectedRow(place)
            var (length, flags): (Int, UInt64) = (0, 0)
            for part in parts {
                guard let cells = part.cells else {
                    length &+= part.count
                    continue
                }
                let cell = cells[row]
                flags |= cell.bits
                length &+= cell.contentLength
            }
            // An untouched cell has all bits.
            guard flags & (CellRef.nullFlag | CellRef.escapedFlag) == 0 else {
                slow.append(row)
                continue
            }
            // Both the texts and the arena have 64 bytes behind them, as short copies want it.
            var target = result.reserve(length)
            for part in parts {
                guard let cells = part.cells else {
                    copyShort(target, part.bytes, part.count)
                    target += part.count
                    continue
                }
                let cell = cells[row]
                copyShort(target, part.bytes + cell.contentOffset, cell.contentLength)
                target += cell.contentLength
            }
            result.commit(length, at: row)
        }
    }

    /// False: one of the texts isn't sure.
    private func join(_ parts: [TextOperand], _ batch: RowBatch, _ row: Int, to result: TextColumn) -> Bool {
        var length = 0
        for part in parts {
            // What is written behind the arena's end counts only once it is committed.
            guard let text = part.bytes(batch, row) else { return false }
            let target = result.reserve(length + text.count) + length
            if let start = text.baseAddress { target.update(from: start, count: text.count) }
            length += text.count
        }
        result.commit(length, at: row)
        return true
    }

    // MARK: Row by row

    private func evaluate(_ row: Int, into column: Column, _ packet: RowPacket) throws(PipelineProblem) {
        let batch = packet.batch
        let reason: String
        switch expression.evaluate(batch, row) {
        case .success(let value):
            if set(value, at: row, in: column) { return }
            reason = "\(expression.source) gives a \(value.type.runtimeName), which a column can't hold"
        case .failure(let error): reason = expression.explain(error, batch, row)
        }
        mask.drop(row)
        setNull(row, in: column)
        try packet.reject(
            row: row, rule: "Expression", policy: policy,
            PipelineProblem(
                .error, .expression, what: "column \(self.column) can't be computed", at: .init(column: self.column, step: name), why: reason,
                fix: "Write the expression so that it holds for every row, for example row.NAME == null ? … : …"))
    }

    private func set(_ value: Value, at row: Int, in column: Column) -> Bool {
        switch (column, value) {
        case (_, .null): setNull(row, in: column)
        case (.integer(let values), .int(let value)): values.set(value, at: row)
        case (.integer(let values), .uint(let value)):
            guard let value = Int64(exactly: value) else { return false }
            values.set(value, at: row)
        case (.float(let values), .double(let value)):
            guard value.isFinite else { return false }
            values.set(value, at: row)
        case (.boolean(let values), .bool(let value)): values.set(value, at: row)
        case (.decimal(let values), .opaque(let opaque)):
            guard let decimal = opaque as? DecimalValue else { return false }
            values.set(decimal.value, at: row)
        case (.timestamp(let values), .timestamp(let moment, _)):
            // Digits beyond the microsecond are cut.
            let whole = moment.seconds.multipliedReportingOverflow(by: 1_000_000)
            guard !whole.overflow else { return false }
            values.set(whole.partialValue + Int64(moment.nanoseconds / 1000), at: row)
        case (.text(let text), _):
            guard let string = Self.text(value) else { return false }
            text.set(string, at: row)
        default: return false
        }
        return true
    }

    private func setNull(_ row: Int, in column: Column) {
        switch column {
        case .source: break
        case .text(let text): text.setNull(at: row)
        case .integer(let values), .timestamp(let values): values.setNull(at: row)
        case .float(let values): values.setNull(at: row)
        case .decimal(let values): values.setNull(at: row)
        case .boolean(let values): values.setNull(at: row)
        case .date(let values): values.setNull(at: row)
        }
    }

    /// What a dynamic value is as text: as `string()` gives it.
    private static func text(_ value: Value) -> String? {
        switch value {
        case .string(let text): text
        case .int(let value): "\(value)"
        case .uint(let value): "\(value)"
        case .double(let value): value.isFinite ? "\(value)" : nil
        case .bool(let value): value ? "true" : "false"
        case .timestamp(let moment, _): RowValues.microseconds(moment).map { moment in
            let format = ValueFormat(plain: .timestamp)
            return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: format.maximumBytes) { room in
                room.baseAddress.map { String(decoding: UnsafeBufferPointer(start: $0, count: format.write(microseconds: moment, to: $0)), as: UTF8.self) } ?? ""
            }
        }
        case .opaque(let opaque): opaque.description
        case .null, .bytes, .list, .map, .duration, .type, .optional: nil
        }
    }
}
