import Expressions
import Rows

/// What a condition says of a row.
enum Verdict: UInt8, Sendable {
    case isFalse = 0
    case isTrue = 1
    case isNull = 2
    case failed = 3
}

/// A CEL expression over rows: computed for whole columns where the executor has nodes for it, and row by row, by the language's own
/// evaluator, for everything else. Both give the same; the executor hands every row it isn't sure of to the evaluator.
///
/// Used by one thread.
final class RowExpression {
    enum Expectation {
        case boolean
        case anything
    }

    let source: String
    private let columns: [StepColumn]
    private let program: Program
    private let values: RowValues
    let vectors: VectorProgram?
    private let place: PipelineProblem.Place
    private var verdicts: [Verdict] = []

    /// What to do where a text meets a number: most often a column whose type nobody declared.
    private static func textAdvice(_ error: ExpressionError, _ columns: [StepColumn]) -> String? {
        guard columns.contains(where: { $0.type == .string }),
            error.issues.contains(where: { issue in
                issue.advice.contains("' doesn't go with ") && issue.advice.contains("string") && ["int", "double", "decimal"].contains { issue.advice.hasSuffix(" \($0)") || issue.advice.contains(" \($0) and") }
            })
        else { return nil }
        return "A column whose type isn't declared is text: declare it under the source, as in columns: [{name: amount, type: decimal}], or convert it, as in double(row.amount)"
    }

    /// - Parameters:
    ///   - selfColumn: what `self` stands for; nil: there is no `self`.
    ///   - context: what `parameters.NAME` stands for, and what else expressions know.
    ///   - usesVectors: false: everything row by row, for tests that compare.
    init(
        _ source: String, columns: [StepColumn], selfColumn: Int? = nil, place: PipelineProblem.Place, expecting: Expectation, context: StepContext, usesVectors: Bool = true
    ) throws(PipelineProblem) {
        self.source = source
        self.columns = columns
        self.place = place
        values = RowValues(columns: columns, selfColumn: selfColumn, parameters: context.parameters)
        do throws(ExpressionError) {
            program = try Self.compile(source, columns, selfColumn, context)
        } catch {
            throw PipelineProblem(
                .fatal, .configuration, what: "the expression \(source) can't be used", at: place, why: error.description,
                fix: DecimalLibrary.advice(error) ?? Self.textAdvice(error, columns) ?? "Correct the expression; columns are row.NAME, or row[\"NAME\"] where the name is no identifier: " + columns.prefix(30).map(\.name).joined(separator: ", "))
        }
        if expecting == .boolean, !Self.isCondition(program.resultType) {
            throw PipelineProblem(
                .fatal, .configuration, what: "the expression \(source) is no condition", at: place,
                why: "it gives \(Self.name(program.resultType)), not true or false", fix: "Compare it with something, as in \(source) == …")
        }
        guard usesVectors else {
            vectors = nil
            return
        }
        let translation = OutlineTranslation(columns: columns, selfColumn: selfColumn, selfVariable: values.selfVariable, rowVariable: values.rowVariable, constants: values.constants)
        vectors = VectorCompiler(columns: columns).compile(translation.syntax(program.outline))
    }

    private static func isCondition(_ type: ValueType) -> Bool {
        switch type {
        case .nullable(let scalar): isCondition(scalar)
        case .bool, .dyn, .null: true
        default: false
        }
    }

    /// In words for who knows columns, not the language's types.
    private static func name(_ type: ValueType) -> String {
        switch type {
        case .nullable(let scalar): name(scalar)
        case .int, .uint: "a whole number"
        case .double, DecimalValue.type: "a number"
        case .string: "text"
        case .timestamp: "a date or time"
        default: "a \(type.description)"
        }
    }

    /// First with `row` as something that has fields, so that a wrong name is found now; then as a map, for `row["a name"]`.
    private static func compile(_ source: String, _ columns: [StepColumn], _ selfColumn: Int?, _ context: StepContext) throws(ExpressionError) -> Program {
        do throws(ExpressionError) {
            return try RowValues.environment(columns, selfColumn: selfColumn, rowIsMap: false, context: context).compile(source)
        } catch {
            guard source.utf8.contains(UInt8(ascii: "[")) else { throw error }
            return try RowValues.environment(columns, selfColumn: selfColumn, rowIsMap: true, context: context).compile(source)
        }
    }

    // MARK: Conditions

    /// What the expression says of each selected row; by row. Valid until the next call.
    ///
    /// - Parameter skippingNulls: a column; where it is null the expression isn't evaluated and the verdict is `isNull`.
    func condition(_ batch: RowBatch, skippingNulls position: Int? = nil) -> [Verdict] {
        if verdicts.count < batch.rowCount { verdicts = Array(repeating: .isFalse, count: batch.rowCount) }
        let skipped = position.flatMap { batch.columns.indices.contains($0) ? batch.columns[$0] : nil }
        if case .boolean(let node)? = vectors {
            let vector = node.evaluate(batch)
            for place in 0..<batch.selectedCount {
                let row = batch.selectedRow(place)
                if let skipped, batch.isNull(skipped, row) {
                    verdicts[row] = .isNull
                } else if vector.sure?[row] ?? 1 == 1 {
                    verdicts[row] = vector.values[row] ? .isTrue : .isFalse
                } else {
                    verdicts[row] = evaluateCondition(batch, row)
                }
            }
            return verdicts
        }
        for place in 0..<batch.selectedCount {
            let row = batch.selectedRow(place)
            if let skipped, batch.isNull(skipped, row) { verdicts[row] = .isNull } else { verdicts[row] = evaluateCondition(batch, row) }
        }
        return verdicts
    }

    private func evaluateCondition(_ batch: RowBatch, _ row: Int) -> Verdict {
        switch evaluate(batch, row) {
        case .success(.bool(true)): .isTrue
        case .success(.bool(false)): .isFalse
        case .success(.null): .isNull
        case .success, .failure: .failed
        }
    }

    /// The general evaluator's result.
    func evaluate(_ batch: RowBatch, _ row: Int) -> Result<Value, EvaluationError> {
        values.batch = batch
        values.row = row
        defer { values.batch = nil }
        do throws(EvaluationError) { return .success(try program.evaluate(values)) } catch { return .failure(error) }
    }

    /// Why a row has no result, for people.
    func failure(_ batch: RowBatch, _ row: Int) -> String {
        switch evaluate(batch, row) {
        case .success(let value): return "\(source) gives a \(value.type.runtimeName), not true or false"
        case .failure(let error): return explain(error, batch, row)
        }
    }

    /// An evaluation's error in the words of rows and columns: a null is by far the most frequent reason.
    func explain(_ error: EvaluationError, _ batch: RowBatch, _ row: Int) -> String {
        if error.kind == .noSuchOverload {
            let nulls = program.usedVariables.filter { $0 < columns.count && $0 < batch.columns.count && batch.isNull(batch.columns[$0], row) }
            if !nulls.isEmpty {
                let names = nulls.map { columns[$0].name }.joined(separator: ", ")
                return "\(source) can't be computed: \(names) is null"
            }
        }
        return "\(source) can't be computed: \(error.message)"
    }

    var resultType: ValueType { program.resultType }
}
