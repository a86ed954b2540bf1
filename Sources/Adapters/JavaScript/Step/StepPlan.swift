import RowSteps
import Rows

/// Which columns go into a script, which come out, and how: settled before the first row.
struct StepPlan {
    /// A column of the step's output.
    enum Source: Equatable {
        /// Never handed to the script: the input column, as it is.
        case passes(Int)
        /// The `dynamic` output of that index, in the program.
        case dynamic(Int)
    }

    /// A column that may come out of the script.
    struct Dynamic {
        /// The input column it replaces.
        var input: Int?
        var column: StepColumn
        var format: ValueFormat
    }

    /// Of the program's inputs the index of the input column.
    var reads: [Int] = []
    var dynamic: [Dynamic] = []
    var output: [Source] = []
    var program = BatchProgram(inputs: [], outputs: [])
    private(set) var outputColumns: [StepColumn] = []
    let input: [StepColumn]
    /// Of each input column its format, to write values that have no text.
    let formats: [ValueFormat]

    init(_ options: JavaScriptStepOptions, input: [StepColumn], step: String) throws(PipelineProblem) {
        self.input = input
        formats = try input.map { column throws(PipelineProblem) in try Self.format(column, step) }
        let shape = ScriptShape(options.source.main)
        // Properties have one name each: a repeated column name gets a number.
        var taken: Set<String> = []
        var properties: [String] = []
        let all = Set(input.map(\.name))
        for column in input {
            var name = column.name, number = 2
            while taken.contains(name) || (name != column.name && all.contains(name)) {
                name = "\(column.name)_\(number)"
                number += 1
            }
            taken.insert(name)
            properties.append(name)
        }
        let listed = options.columns ?? shape.reads
        let seen = properties.indices.filter { listed?.contains(properties[$0]) ?? true }
        // A column that is only written needn't be read.
        let onlyWritten = properties.indices.filter { !seen.contains($0) && shape.writes.contains(properties[$0]) }
        let new = (shape.writes + (options.columns ?? []) + options.output.map(\.name)).reduce(into: [String]()) { names, name in
            if !taken.contains(name), !names.contains(name) { names.append(name) }
        }
        // A script that builds its rows anew decides alone which columns there are.
        // A script whose rows are made where its text doesn't show what they have keeps the input's columns.
        let keeps = shape.keepsInput || shape.writes.isEmpty
        reads = seen
        program.inputs = seen.map { .init(name: properties[$0], isNumber: Self.isNumber(input[$0].type)) }
        program.rowIsFollowed = shape.reads != nil && keeps
        program.keepsInput = keeps
        program.returnsItsRow = shape.changes != nil && keeps
        var columns: [StepColumn] = []
        func declared(_ name: String) -> StepColumn? { options.output.first { $0.name == name } }
        func add(_ property: String, from index: Int?, _ column: StepColumn) throws(PipelineProblem) {
            let place = index.flatMap { seen.firstIndex(of: $0) }
            program.outputs.append(.init(name: property, input: place, keepsWhenMissing: keeps && index != nil && place == nil, isKept: place != nil && shape.changes?.contains(property) == false))
            dynamic.append(Dynamic(input: index, column: column, format: try Self.format(column, step)))
            output.append(.dynamic(dynamic.count - 1))
            columns.append(column)
        }
        if keeps {
            for (index, property) in properties.enumerated() {
                if seen.contains(index) || onlyWritten.contains(index) {
                    var column = declared(property) ?? input[index]
                    column.name = input[index].name
                    try add(property, from: index, column)
                } else {
                    output.append(.passes(index))
                    columns.append(input[index])
                }
            }
            for name in new { try add(name, from: nil, declared(name) ?? StepColumn(name)) }
        } else {
            for name in shape.writes + new where !program.outputs.contains(where: { $0.name == name }) {
                let index = properties.firstIndex(of: name)
                try add(name, from: index, declared(name) ?? index.map { input[$0] } ?? StepColumn(name))
            }
        }
        outputColumns = columns
    }

    static func isNumber(_ type: ColumnType) -> Bool { type == .integer || type == .decimal || type == .float }

    private static func format(_ column: StepColumn, _ step: String) throws(PipelineProblem) -> ValueFormat {
        do throws(ValueFormat.Unusable) {
            return try ValueFormat(column.type, column.format)
        } catch {
            throw PipelineProblem(
                .fatal, .configuration, what: "the format of column \(column.name) can't be used", at: .init(column: column.name, step: step), why: error.reason, fix: "Correct the format")
        }
    }
}
