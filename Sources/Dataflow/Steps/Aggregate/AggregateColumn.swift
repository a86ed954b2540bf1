import Rows

/// One column of an aggregate: what it reads, what it gathers, what it becomes.
struct AggregateColumn {
    let aggregation: Aggregation
    /// nil: Count of rows.
    let position: Int?
    let output: StepColumn
    let empty: Accumulator
    var isMinimum: Bool { aggregation.function == .min }

    init(_ aggregation: Aggregation, input: [StepColumn], step: String) throws(PipelineProblem) {
        self.aggregation = aggregation
        let position = try aggregation.of.map { column throws(PipelineProblem) in try input.position(of: column, step: step) }
        self.position = position
        guard let position else {
            guard aggregation.function == .count else {
                throw PipelineProblem(
                    .fatal, .configuration, what: "\(aggregation.function.rawValue) has nothing to work on", at: .init(column: aggregation.name, step: step),
                    why: "its column isn't named", fix: "Name the column in of")
            }
            output = StepColumn(aggregation.name, .integer)
            empty = .count(0)
            return
        }
        let column = input[position]
        switch (aggregation.function, column.type) {
        case (.count, _): (output, empty) = (StepColumn(aggregation.name, .integer), .count(0))
        case (.min, _), (.max, _): (output, empty) = (StepColumn(aggregation.name, column.type, format: column.format), .extreme(nil))
        case (.sum, .integer): (output, empty) = (StepColumn(aggregation.name, .integer), .integers(sum: 0, count: 0))
        case (.sum, .decimal): (output, empty) = (StepColumn(aggregation.name, .decimal, format: column.format), .decimals(coefficient: 0, scale: 0, count: 0))
        case (.mean, .integer): (output, empty) = (StepColumn(aggregation.name, .decimal), .decimals(coefficient: 0, scale: 0, count: 0))
        case (.mean, .decimal): (output, empty) = (StepColumn(aggregation.name, .decimal, format: Self.ownDigits(column)), .decimals(coefficient: 0, scale: 0, count: 0))
        case (.sum, .float), (.mean, .float): (output, empty) = (StepColumn(aggregation.name, .float, format: column.format), .floats(ExactSum(), count: 0))
        case (.sum, _), (.mean, _):
            throw PipelineProblem(
                .fatal, .configuration, what: "\(aggregation.function.rawValue) needs numbers", at: .init(column: column.name, step: step),
                why: "column \(column.name) is of type \(column.type.rawValue)", fix: "Declare or cast the column as integer, decimal or float")
        }
    }

    /// The column's decimal comma, and as many digits as a mean has: rounding it to the column's would lose what a mean is asked for.
    private static func ownDigits(_ column: StepColumn) -> String? {
        do throws(ValueFormat.Unusable) { return try ValueFormat(column.type, column.format).hasDecimalComma ? "0,#" : nil } catch { return nil }
    }

    /// Takes a row in. Nulls don't count.
    func gather(_ batch: RowBatch, _ row: Int, into accumulator: inout Accumulator, room: CellTextRoom) throws(SumOverflow) {
        guard let position else {
            if case .count(let count) = accumulator { accumulator = .count(count + 1) }
            return
        }
        let column = batch.columns[position]
        if batch.isNull(column, row) { return }
        switch accumulator {
        case .count(let count): accumulator = .count(count + 1)
        case .integers(let sum, let count):
            // 2^63 rows of 2^63 fit 128 bits.
            if case .integer(let values) = column { accumulator = .integers(sum: sum + Int128(values.values[row]), count: count + 1) }
        case .decimals:
            switch column {
            case .decimal(let values): try accumulator.add(decimal: values.values[row])
            case .integer(let values): try accumulator.add(decimal: Decimal(values.values[row]))
            default: break
            }
        case .floats(var sum, let count):
            guard case .float(let values) = column else { return }
            accumulator = .count(0)  // gives up this copy, so that the sum changes in place
            sum.add(values.values[row])
            accumulator = .floats(sum, count: count + 1)
        case .extreme(let best):
            guard let value = value(column, batch, row, room) else { return }
            guard let best else {
                accumulator = .extreme(value)
                return
            }
            if isMinimum ? value.isLess(than: best) : best.isLess(than: value) { accumulator = .extreme(value) }
        }
    }

    private func value(_ column: Column, _ batch: RowBatch, _ row: Int, _ room: CellTextRoom) -> AggregateValue? {
        switch column {
        case .source, .text: room.text(column, row, of: batch, format: ValueFormat(plain: .string)).map { .text(Array($0)) }
        case .integer(let values), .timestamp(let values): .integer(values.values[row])
        case .float(let values): .float(values.values[row])
        case .decimal(let values): .decimal(values.values[row])
        case .boolean(let values): .integer(values.values[row] ? 1 : 0)
        case .date(let values): .integer(Int64(values.values[row]))
        }
    }

    /// A column for the results, and what puts one into it.
    func makeColumn(_ rows: Int) -> Column {
        switch output.type {
        case .string: .text(TextColumn(capacity: rows))
        case .integer: .integer(ColumnValues(capacity: rows))
        case .float: .float(ColumnValues(capacity: rows))
        case .decimal: .decimal(ColumnValues(capacity: rows))
        case .boolean: .boolean(ColumnValues(capacity: rows))
        case .date: .date(ColumnValues(capacity: rows))
        case .timestamp: .timestamp(ColumnValues(capacity: rows))
        }
    }

    func put(_ accumulator: Accumulator, into column: Column, at row: Int, step: String) throws(PipelineProblem) {
        switch (accumulator, column) {
        case (.count(let count), .integer(let values)): values.set(count, at: row)
        case (.integers(let sum, let count), .integer(let values)):
            if count == 0 { return values.setNull(at: row) }
            guard let sum = Int64(exactly: sum) else { throw tooLarge(step) }
            values.set(sum, at: row)
        case (.decimals(let coefficient, let scale, let count), .decimal(let values)):
            if count == 0 { return values.setNull(at: row) }
            let result = aggregation.function == .mean ? Self.mean(coefficient, scale, count) : Decimal(coefficient: coefficient, scale: scale)
            guard let result else { throw tooLarge(step) }
            values.set(result, at: row)
        case (.floats(let sum, let count), .float(let values)):
            if count == 0 { return values.setNull(at: row) }
            let result = aggregation.function == .mean ? sum.value / Double(count) : sum.value
            guard result.isFinite else { throw tooLarge(step) }
            values.set(result, at: row)
        case (.extreme(let value), _): put(value, into: column, at: row)
        default: break
        }
    }

    private func put(_ value: AggregateValue?, into column: Column, at row: Int) {
        switch (value, column) {
        case (.integer(let value), .integer(let values)), (.integer(let value), .timestamp(let values)): values.set(value, at: row)
        case (.integer(let value), .boolean(let values)): values.set(value == 1, at: row)
        case (.integer(let value), .date(let values)): values.set(Int32(truncatingIfNeeded: value), at: row)
        case (.float(let value), .float(let values)): values.set(value, at: row)
        case (.decimal(let value), .decimal(let values)): values.set(value, at: row)
        case (.text(let bytes), .text(let text)): bytes.withUnsafeBufferPointer { text.set($0, at: row) }
        case (_, .text(let text)): text.setNull(at: row)
        case (_, .integer(let values)), (_, .timestamp(let values)): values.setNull(at: row)
        case (_, .float(let values)): values.setNull(at: row)
        case (_, .decimal(let values)): values.setNull(at: row)
        case (_, .boolean(let values)): values.setNull(at: row)
        case (_, .date(let values)): values.setNull(at: row)
        case (_, .source): break
        }
    }

    /// Six digits more than the summands have, rounded half away from zero; zeros at the end go, down to the summands' digits.
    private static func mean(_ coefficient: Int128, _ scale: Int, _ count: Int64) -> Decimal? {
        var wide = coefficient
        var digits = 0
        while digits < 6, scale + digits < Decimal.maximumScale {
            let (product, overflow) = wide.multipliedReportingOverflow(by: 10)
            if overflow { break }
            wide = product
            digits += 1
        }
        let (quotient, remainder) = wide.quotientAndRemainder(dividingBy: Int128(count))
        let away: Int128 = remainder.magnitude * 2 >= UInt128(count.magnitude) ? (wide < 0 ? -1 : 1) : 0
        var result = quotient + away
        while digits > 0, result % 10 == 0 {
            result /= 10
            digits -= 1
        }
        return Decimal(coefficient: result, scale: scale + digits)
    }

    func tooLarge(_ step: String) -> PipelineProblem {
        PipelineProblem(
            .fatal, .data, what: "\(aggregation.function.rawValue) of \(aggregation.of ?? "") is too large", at: .init(column: aggregation.name, step: step),
            why: "the result doesn't fit the type \(output.type.rawValue)", fix: "Cast the column to decimal (35 digits) or float before the aggregate")
    }
}
