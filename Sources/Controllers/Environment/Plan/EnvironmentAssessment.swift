import Kernel

/// Everything the planner concludes: the plan, and what status needs to know besides.
public struct EnvironmentAssessment: Sendable, Equatable {
    public enum InstanceState: Sendable, Equatable {
        case missing
        case ready
        /// Its process runs, or is about to.
        case unready
        case crashLooping
        /// Its process ended and isn't to be started again.
        case completed
        /// It can't be created or started.
        case failing
    }

    public struct Instance: Sendable, Equatable {
        public var ordinal: Int
        public var container: ObservedContainer?
        public var state: InstanceState
        public var isOutdated: Bool
        /// Why it isn't ready; empty when it is.
        public var message: String
    }

    /// What the world lost without the document asking for it.
    public struct Drift: Sendable, Equatable {
        public var reason: EnvironmentReason
        public var message: String
    }

    public var plan = Plan<EnvironmentAction>()
    /// By ordinal; those that should be.
    public var instances: [Instance] = []
    /// What stands in the way, the first found first.
    public var issues: [EnvironmentIssue] = []
    public var drift: [Drift] = []
    /// A reason of condition Reconciling.
    public var activity = EnvironmentReason.atGoal

    public init() {}
}
