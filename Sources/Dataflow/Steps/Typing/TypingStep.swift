import Rows

/// Reads the declared columns of the source: types, nulls, constraints, in the document's order.
public struct TypingFactory: RowStepFactory {
    private let rules: [ColumnRule]

    public init(rules: [ColumnRule]) { self.rules = rules }

    public func makeStep(name: String, input: [StepColumn], context: StepContext) throws(PipelineProblem) -> any RowStep {
        try TypingStep(name: name, rules: rules, input: input, context: context)
    }
}

/// Gives columns their types. What a cell does wrong follows its column's policy; a row is rejected once, for its first fault.
final class TypingStep: RowStep {
    let name: String
    let outputColumns: [StepColumn]
    let isStateless = true

    private struct Rule {
        let position: Int
        let column: ColumnRule
        let policy: ErrorPolicy
        var typing: CellTyping
        /// How the column was written before.
        let writing: ValueFormat
        let constraint: RowExpression?
    }

    private var rules: [Rule] = []
    private var mask = RowMask()

    init(name: String, rules: [ColumnRule], input: [StepColumn], context: StepContext) throws(PipelineProblem) {
        self.name = name
        var output = input
        var positions: [Int] = []
        for rule in rules {
            let position = try input.position(of: rule.name, step: name)
            positions.append(position)
            output[position] = StepColumn(input[position].name, rule.type, format: rule.format)
        }
        outputColumns = output
        for (rule, position) in zip(rules, positions) {
            let constraint = try rule.constraint.map { source throws(PipelineProblem) in
                try RowExpression(source, columns: output, selfColumn: position, place: .init(column: rule.name, step: name), expecting: .boolean, context: context)
            }
            self.rules.append(
                Rule(
                    position: position, column: rule, policy: rule.onError ?? context.policy,
                    typing: CellTyping(try ValueFormat(rule.type, rule.format, column: rule.name, step: name)),
                    writing: try ValueFormat(input[position].type, input[position].format, column: rule.name, step: name), constraint: constraint))
        }
    }

    func process(_ packet: RowPacket) throws(PipelineProblem) {
        let batch = packet.batch
        mask.begin(batch)
        // All types first: a constraint may look at any column of the row.
        for index in rules.indices {
            let position = rules[index].position
            let before = batch.columns[position]
            batch.columns[position] = rules[index].typing.read(before, of: batch, writing: rules[index].writing)
            for row in rules[index].typing.failures where mask.isKept(row) {
                try fault(packet, row, rules[index], before, rule: "Type") { self.typeProblem(rules[index], before, row, batch) }
            }
        }
        for rule in rules where rule.column.required {
            let column = batch.columns[rule.position]
            for place in 0..<batch.selectedCount {
                let row = batch.selectedRow(place)
                guard batch.isNull(column, row), mask.isKept(row) else { continue }
                // Nothing can be made null that is null: policy SetNull rejects here.
                mask.drop(row)
                try packet.reject(row: row, rule: "Required", policy: rule.policy == .null ? .deadLetter : rule.policy, requiredProblem(rule))
            }
        }
        mask.apply(to: batch)
        for rule in rules { if let constraint = rule.constraint { try check(constraint, rule, packet) } }
    }

    /// Applies a rule's policy to one cell.
    private func fault(
        _ packet: RowPacket, _ row: Int, _ rule: Rule, _ column: Column, rule word: String, _ problem: () -> PipelineProblem
    ) throws(PipelineProblem) {
        if rule.policy == .null {
            packet.noteNulled(row: row, problem())
            packet.batch.setNull(column: rule.position, row: row)
            return
        }
        mask.drop(row)
        try packet.reject(row: row, rule: word, policy: rule.policy, problem())
    }

    private func check(_ constraint: RowExpression, _ rule: Rule, _ packet: RowPacket) throws(PipelineProblem) {
        let batch = packet.batch
        mask.begin(batch)
        let verdicts = constraint.condition(batch, skippingNulls: rule.position)
        var nulled: [Int] = []
        for place in 0..<batch.selectedCount {
            let row = batch.selectedRow(place)
            switch verdicts[row] {
            case .isTrue, .isNull: continue
            case .isFalse, .failed:
                let error = verdicts[row] == .failed ? constraint.failure(batch, row) : nil
                if rule.policy == .null {
                    packet.noteNulled(row: row, constraintProblem(rule, row, batch, error))
                    nulled.append(row)
                } else {
                    mask.drop(row)
                    try packet.reject(row: row, rule: "Constraint", policy: rule.policy, constraintProblem(rule, row, batch, error))
                }
            }
        }
        for row in nulled { batch.setNull(column: rule.position, row: row) }
        mask.apply(to: batch)
    }

    // MARK: Problems

    private func shown(_ column: Column, _ row: Int, _ batch: RowBatch) -> String {
        guard let text = batch.string(column, row: row) else { return "a value" }
        return "\"" + (text.count > 80 ? text.prefix(80) + "…" : text) + "\""
    }

    private func typeProblem(_ rule: Rule, _ column: Column, _ row: Int, _ batch: RowBatch) -> PipelineProblem {
        let article = rule.column.type == .integer ? "an" : "a"
        let advice = batch.string(column, row: row).flatMap { FormatAdvice.advice($0, type: rule.column.type, format: rule.column.format) }
        return PipelineProblem(
            .error, .data, what: "column \(rule.column.name) is no \(rule.column.type.rawValue)", at: .init(column: rule.column.name, step: name),
            why: "\(shown(column, row, batch)) can't be read as \(article) \(rule.column.type.rawValue)" + (rule.column.format.map { " of the form \($0)" } ?? ""),
            fix: advice.map { "\($0.prefix(1).uppercased() + $0.dropFirst()); or mend the cell, or choose onError for the column" }
                ?? "Mend the cell, declare another type or format, or choose onError for the column")
    }

    private func requiredProblem(_ rule: Rule) -> PipelineProblem {
        PipelineProblem(
            .error, .data, what: "column \(rule.column.name) is null", at: .init(column: rule.column.name, step: name), why: "the column is required",
            fix: "Fill the cell, or declare the column without required")
    }

    private func constraintProblem(_ rule: Rule, _ row: Int, _ batch: RowBatch, _ error: String?) -> PipelineProblem {
        PipelineProblem(
            .error, error == nil ? .data : .expression, what: "column \(rule.column.name) breaks its constraint", at: .init(column: rule.column.name, step: name),
            why: error ?? "\(rule.column.constraint ?? "") is false for \(shown(batch.columns[rule.position], row, batch))",
            fix: error == nil ? "Mend the cell, or the constraint" : "Mend the constraint so that it holds for every row, for example by a test for null")
    }
}

extension ValueFormat {
    init(_ type: ColumnType, _ text: String?, column: String, step: String) throws(PipelineProblem) {
        do throws(Unusable) { try self.init(type, text) } catch {
            throw PipelineProblem(
                .fatal, .configuration, what: "the format of column \(column) can't be used", at: .init(column: column, step: step), why: error.reason,
                fix: "Correct the column's format")
        }
    }
}

extension RowBatch {
    /// Makes a cell null, whatever its column is: also its original text is no longer written. The row's original bytes stay.
    func setNull(column position: Int, row: Int) {
        guard columns.indices.contains(position), row < rowCount else { return }
        let column = columns[position]
        if let source = column.source, source < sourceColumnCount {
            sourceCells(source)[row] = .null
            hasAdjacentCells = false
        }
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
}
