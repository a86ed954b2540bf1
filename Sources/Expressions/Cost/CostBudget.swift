/// What may still be spent on evaluations, in Kubernetes' units; shared by all rules of an object when it is handed on.
///
/// Beside the costs it counts work, with a limit of its own: see `WorkCounter`. What ends for its work alone would have taken seconds.
public struct CostBudget: Sendable {
    public let limit: UInt64
    public private(set) var spent: UInt64 = 0
    var work: WorkCounter

    public init(limit: UInt64 = Limits.perCall) { self.init(limit: limit, workLimit: limit.saturatingProduct(Limits.workPerCost)) }

    /// - Parameter workLimit: how much evaluations may look at, about in nanoseconds.
    public init(limit: UInt64, workLimit: UInt64) {
        self.limit = limit
        work = WorkCounter(limit: workLimit)
    }

    public var remaining: UInt64 { limit - spent }

    /// How much they may look at.
    public var workLimit: UInt64 { work.limit }

    /// What evaluations have looked at so far that their costs don't tell, about in nanoseconds.
    public var workDone: UInt64 { work.done }

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
