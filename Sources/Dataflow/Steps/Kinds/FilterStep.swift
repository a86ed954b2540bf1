import Rows

/// Keeps the rows for which an expression is true.
final class FilterStep: RowStep {
    let name: String
    let outputColumns: [StepColumn]
    let isStateless = true
    private let expression: RowExpression
    private let policy: ErrorPolicy
    private var keep: [Bool] = []

    init(name: String, expression source: String, input: [StepColumn], context: StepContext, usesVectors: Bool = true) throws(PipelineProblem) {
        self.name = name
        outputColumns = input
        policy = context.policy
        expression = try RowExpression(source, columns: input, place: .init(step: name), expecting: .boolean, context: context, usesVectors: usesVectors)
    }

    func process(_ packet: RowPacket) throws(PipelineProblem) {
        let batch = packet.batch
        let before = batch.selectedCount
        guard before > 0 else { return }
        if case .boolean(let node)? = expression.vectors {
            let vector = node.evaluate(batch)
            if Self.allSure(vector.sure, batch) {
                batch.filter(by: vector.values)
                packet.account.filtered += Int64(before - batch.selectedCount)
                return
            }
        }
        let verdicts = expression.condition(batch)
        if keep.count < batch.rowCount { keep = Array(repeating: false, count: batch.rowCount) }
        var rejected = 0
        for place in 0..<before {
            let row = batch.selectedRow(place)
            keep[row] = verdicts[row] == .isTrue
            guard verdicts[row] == .failed else { continue }
            rejected += 1
            try packet.reject(
                row: row, rule: "Expression", policy: policy,
                PipelineProblem(
                    .error, .expression, what: "the filter can't decide", at: .init(step: name), why: expression.failure(batch, row),
                    fix: "Write the expression so that it holds for every row, for example row.NAME != null && …"))
        }
        keep.withUnsafeBufferPointer { keep in
            if let start = keep.baseAddress { batch.filter(by: start) }
        }
        packet.account.filtered += Int64(before - batch.selectedCount - rejected)
    }

    /// Whether every selected row's result holds.
    static func allSure(_ sure: Sureness?, _ batch: RowBatch) -> Bool {
        guard let sure else { return true }
        if batch.isDense {
            var all: UInt8 = 1
            for row in 0..<batch.rowCount { all &= sure[row] }
            return all == 1
        }
        for place in 0..<batch.selectedCount where sure[batch.selectedRow(place)] == 0 { return false }
        return true
    }
}
