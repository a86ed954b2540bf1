import Rows

/// Rejects rows whose cell was seen before, column by column. Nulls don't count. A row that one column rejects isn't seen by the others.
public struct UniqueFactory: RowStepFactory {
    private let rules: [ColumnRule]

    public init(rules: [ColumnRule]) { self.rules = rules }

    public func makeStep(name: String, input: [StepColumn], context: StepContext) throws(PipelineProblem) -> any RowStep {
        try UniqueStep(name: name, rules: rules, input: input, context: context)
    }
}

final class UniqueStep: RowStep {
    let name: String
    let outputColumns: [StepColumn]
    let isStateless = false

    private struct Rule {
        let column: String
        let policy: ErrorPolicy
        let key: RowKey
        let seen: KeySet
        let position: Int
    }

    private var rules: [Rule] = []
    private let hasher: SipHash
    private var mask = RowMask()

    init(name: String, rules: [ColumnRule], input: [StepColumn], context: StepContext) throws(PipelineProblem) {
        self.name = name
        outputColumns = input
        hasher = SipHash(seed: context.seed)
        for rule in rules {
            let position = try input.position(of: rule.name, step: name)
            self.rules.append(
                Rule(
                    column: rule.name, policy: rule.onError ?? context.policy, key: RowKey(positions: [position]),
                    seen: KeySet(step: name, memoryLimit: context.memoryLimit / rules.count, context: context), position: position))
        }
    }

    func process(_ packet: RowPacket) throws(PipelineProblem) {
        let batch = packet.batch
        mask.begin(batch)
        for place in 0..<batch.selectedCount {
            let row = batch.selectedRow(place)
            for rule in rules {
                if rule.key.make(batch, row) { continue }
                if try rule.seen.insert(rule.key.hash(with: hasher)) { continue }
                let problem = duplicate(rule, batch, row)
                if rule.policy == .null {
                    packet.noteNulled(row: row, problem)
                    batch.setNull(column: rule.position, row: row)
                    continue
                }
                mask.drop(row)
                try packet.reject(row: row, rule: "Unique", policy: rule.policy, problem)
                break
            }
        }
        mask.apply(to: batch)
    }

    private func duplicate(_ rule: Rule, _ batch: RowBatch, _ row: Int) -> PipelineProblem {
        let shown = batch.string(batch.columns[rule.position], row: row).map { "\"\($0.prefix(80))\"" } ?? "its value"
        return PipelineProblem(
            .error, .data, what: "column \(rule.column) repeats a value", at: .init(column: rule.column, step: name), why: "\(shown) stands in an earlier row and the column is unique",
            fix: "Mend the cell, declare the column without unique, or leave repeated rows out by a deduplicate step")
    }

    func snapshot() throws(PipelineProblem) -> [UInt8] {
        var writer = StateWriter()
        for rule in rules { try rule.seen.snapshot(into: &writer) }
        return writer.bytes
    }

    func restore(_ state: [UInt8]) throws(PipelineProblem) {
        var reader = StateReader(state)
        for rule in rules { try rule.seen.restore(from: &reader) }
    }

    func spillFiles(in state: [UInt8]) throws(PipelineProblem) -> [String] {
        var reader = StateReader(state)
        var names: [String] = []
        for _ in rules { names += try KeySet.files(in: &reader, step: name) }
        return names
    }
}
