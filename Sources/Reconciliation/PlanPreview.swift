import Kernel

/// What a pass would do for an object now, and why: made by the same functions as the pass, without its writes.
public struct PlanPreview: Sendable, Equatable {
    public struct Step: Sendable, Equatable {
        public let summary: String
        public let reason: String
        public let risk: RiskClass
        public let breaker: String
        public let blastRadius: Int
    }

    public let steps: [Step]
    /// What has to happen before the next step; nil when nothing is waited for.
    public let waitingFor: String?

    public init<Action>(_ plan: Plan<Action>) {
        steps = plan.actions.map { Step(summary: $0.summary, reason: $0.reason, risk: $0.risk, breaker: $0.breaker, blastRadius: $0.blastRadius) }
        waitingFor = plan.waitingFor
    }

    public var json: JSON {
        var json: JSON = [
            "steps": .array(
                steps.map {
                    [
                        "summary": .string($0.summary), "reason": .string($0.reason), "risk": .string($0.risk.rawValue), "breaker": .string($0.breaker),
                        "blastRadius": JSON($0.blastRadius),
                    ]
                })
        ]
        if let waitingFor { json["waitingFor"] = .string(waitingFor) }
        return json
    }
}
