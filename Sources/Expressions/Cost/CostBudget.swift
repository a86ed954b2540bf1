/// What may still be spent on evaluations, in Kubernetes' units; shared by all rules of an object when it is handed on.
public struct CostBudget: Sendable {
    public let limit: UInt64
    public private(set) var spent: UInt64 = 0

    public init(limit: UInt64 = Limits.perCall) { self.limit = limit }

    public var remaining: UInt64 { limit - spent }

    /// - Throws: `costLimit` when that is more than remains; then nothing remains.
    @inline(__always)
    public mutating func spend(_ cost: UInt64) throws(EvaluationError) {
        let sum = spent.addingReportingOverflow(cost)
        if sum.overflow || sum.partialValue > limit {
            spent = limit
            throw .costLimit
        }
        spent = sum.partialValue
    }

    /// Takes back what was paid for a call that failed.
    mutating func takeBack(_ cost: UInt64) { spent -= min(cost, spent) }

    /// Takes back the 1 of a presence test, which Kubernetes counts first and then doesn't.
    ///
    /// - Throws: `costLimit` when nothing was spent: its count runs over there.
    mutating func takeBackOne() throws(EvaluationError) {
        guard spent > 0 else {
            spent = limit
            throw .costLimit
        }
        spent -= 1
    }
}
