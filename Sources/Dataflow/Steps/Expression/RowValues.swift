import Expressions
import Kernel
import Rows

/// A row as expressions see it: each column a variable, `self`, the row as a whole, and the run's parameters.
final class RowValues: Activation {
    /// The variables' numbers: columns first, by position; then these.
    let selfVariable: Int
    let rowVariable: Int
    /// What stands behind them, the same for all rows: each parameter, then all of them.
    let constants: [Value]

    private let columns: [StepColumn]
    private let selfColumn: Int?
    private let room = CellTextRoom()
    private let plain: [ValueFormat]
    var batch: RowBatch?
    var row = 0

    init(columns: [StepColumn], selfColumn: Int?, parameters: [StepParameter] = []) {
        self.columns = columns
        self.selfColumn = selfColumn
        selfVariable = columns.count
        rowVariable = columns.count + 1
        let values = parameters.map(\.value)
        constants = values + [Self.map(zip(parameters, values).map { (key: .string($0.name), value: $1) })]
        plain = columns.map { ValueFormat(plain: $0.type) }
    }

    func value(of variable: Int) throws(EvaluationError) -> Value? {
        if variable < columns.count { return value(column: variable) }
        if variable == selfVariable { return selfColumn.map { value(column: $0) } }
        guard variable == rowVariable else {
            let place = variable - rowVariable - 1
            return constants.indices.contains(place) ? constants[place] : nil
        }
        var entries: [(key: Value, value: Value)] = []
        var seen: Set<String> = []
        // Of columns with the same name the first counts.
        for (position, column) in columns.enumerated() where seen.insert(column.name).inserted {
            entries.append((.string(column.name), value(column: position)))
        }
        return .map(try ValueMap(entries))
    }

    private static func map(_ entries: [(key: Value, value: Value)]) -> Value {
        // Fails only for keys that are no texts.
        do throws(EvaluationError) { return .map(try ValueMap(entries)) } catch { return .null }
    }

    private func value(column position: Int) -> Value {
        guard let batch, position < batch.columns.count, row < batch.rowCount else { return .null }
        let column = batch.columns[position]
        if batch.isNull(column, row) { return .null }
        switch column {
        case .source, .text:
            guard let text = room.text(column, row, of: batch, format: plain[position]) else { return .null }
            return .string(String(decoding: text, as: UTF8.self))
        case .integer(let values): return .int(values.values[row])
        case .float(let values): return .double(values.values[row])
        case .decimal(let values): return .opaque(DecimalValue(values.values[row]))
        case .boolean(let values): return .bool(values.values[row])
        case .date(let values): return .timestamp(Timestamp(seconds: Int64(values.values[row]) * 86_400))
        case .timestamp(let values): return .timestamp(Self.timestamp(values.values[row]))
        }
    }

    static func timestamp(_ microseconds: Int64) -> Timestamp {
        var seconds = microseconds / 1_000_000
        var rest = microseconds % 1_000_000
        if rest < 0 {
            rest += 1_000_000
            seconds -= 1
        }
        return Timestamp(seconds: seconds, nanoseconds: Int32(rest * 1000))
    }

    /// nil for what isn't a whole number of microseconds.
    static func microseconds(_ moment: Timestamp) -> Int64? {
        guard moment.nanoseconds % 1000 == 0 else { return nil }
        let (product, overflow) = moment.seconds.multipliedReportingOverflow(by: 1_000_000)
        return overflow ? nil : product + Int64(moment.nanoseconds / 1000)
    }
}

extension RowValues {
    /// The environment of expressions over these columns.
    static func environment(_ columns: [StepColumn], selfColumn: Int?, rowIsMap: Bool, context: StepContext) -> Environment {
        let parameters = context.parameters
        var fields: [ObjectType.Field] = []
        var variables: [Variable] = []
        var seen: Set<String> = []
        for (position, column) in columns.enumerated() {
            let isFirst = seen.insert(column.name).inserted
            // A column whose name is no identifier is reached as row["its name"]; its variable has a name nobody can write.
            let name = isFirst && isIdentifier(column.name) ? "row.\(column.name)" : "row.#\(position)"
            variables.append(Variable(name, type(column.type)))
            if isFirst { fields.append(ObjectType.Field(column.name, type(column.type))) }
        }
        variables.append(Variable(selfColumn == nil ? "#self" : "self", selfColumn.map { type(columns[$0].type) } ?? .dyn))
        variables.append(Variable("row", rowIsMap ? .map(.string, .dyn) : .object(ObjectType(name: "row", fields: fields))))
        for parameter in parameters { variables.append(Variable("parameters.\(parameter.name)", type(parameter.type))) }
        variables.append(Variable("parameters", .object(ObjectType(name: "parameters", fields: parameters.map { ObjectType.Field($0.name, type($0.type)) }))))
        return context.expressions.with(variables: variables)
    }

    /// What all expressions over rows know. Making it takes longer than compiling one.
    static func base(_ timeZones: (any TimeZones)?) -> Environment { Environment(libraries: Library.kubernetes + [DecimalLibrary.library], timeZones: timeZones) }

    private static func type(_ type: ColumnType) -> ValueType {
        switch type {
        case .string: .nullable(.string)
        case .integer: .nullable(.int)
        case .float: .nullable(.double)
        case .boolean: .nullable(.bool)
        case .decimal: DecimalValue.type
        case .date, .timestamp: .timestamp
        }
    }

    private static func isIdentifier(_ name: String) -> Bool {
        let bytes = Array(name.utf8)
        guard let first = bytes.first, first == UInt8(ascii: "_") || (first | 0x20 >= UInt8(ascii: "a") && first | 0x20 <= UInt8(ascii: "z")) else { return false }
        return bytes.allSatisfy { $0 == UInt8(ascii: "_") || ($0 | 0x20 >= UInt8(ascii: "a") && $0 | 0x20 <= UInt8(ascii: "z")) || ($0 >= 0x30 && $0 <= 0x39) }
    }
}
