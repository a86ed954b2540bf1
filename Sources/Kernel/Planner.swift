/// How much harm an action can do when it is wrong.
public enum RiskClass: String, Sendable, Comparable, CaseIterable {
    case read = "Read"
    case low = "Low"
    case high = "High"
    case destructive = "Destructive"

    public static func < (a: RiskClass, b: RiskClass) -> Bool {
        (allCases.firstIndex(of: a) ?? 0) < (allCases.firstIndex(of: b) ?? 0)
    }
}

/// One thing to do to the world, as `millwright plan` prints it, the executor does it and the audit keeps it.
public protocol PlannedAction: Sendable, Equatable {
    /// What it does, imperative and short: `create container line-3-0`.
    var summary: String { get }
    /// Why, for a person: `image changed from a to b`.
    var reason: String { get }
    var risk: RiskClass { get }
    /// The breaker it goes through, as `docker.local.Write`.
    var breaker: String { get }
    /// How many things it touches at once.
    var blastRadius: Int { get }
}

/// When the next pass is due, if nothing changes before.
public enum Wake: Sendable, Equatable {
    case onChange
    case after(Duration)

    /// The earlier of two.
    public func orSooner(_ other: Wake) -> Wake {
        switch (self, other) {
        case (.onChange, let wake), (let wake, .onChange): wake
        case (.after(let a), .after(let b)): .after(min(a, b))
        }
    }
}

/// What to do now. An empty list of actions may mean that the goal is reached or that something is waited for; `waitingFor` says which.
public struct Plan<Action: PlannedAction>: Sendable, Equatable {
    public var actions: [Action]
    /// What has to happen before the next action, for a person; nil when nothing is waited for.
    public var waitingFor: String?
    public var wake: Wake

    public init(actions: [Action] = [], waitingFor: String? = nil, wake: Wake = .onChange) {
        self.actions = actions
        self.waitingFor = waitingFor
        self.wake = wake
    }

    /// Nothing to do and nothing to wait for.
    public var isSettled: Bool { actions.isEmpty && waitingFor == nil }
}

/// A pure function from what should be and what is to what to do. No I/O, no clock, no randomness, no unordered iteration:
/// the same input gives the same plan, byte for byte.
public protocol Planner: Sendable {
    associatedtype Desired: Sendable
    associatedtype Observed: Sendable
    associatedtype Action: PlannedAction

    static func plan(desired: Desired, observed: Observed, now: Timestamp) -> Plan<Action>
}
