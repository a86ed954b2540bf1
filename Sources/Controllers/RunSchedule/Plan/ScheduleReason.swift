/// Why a schedule is as it is: the closed list of reasons that crds/ promises.
public enum ScheduleReason: String, Sendable, CaseIterable {
    case waiting = "Waiting"
    case suspended = "Suspended"
    case paused = "Paused"
    /// The service account may not make such runs.
    case forbidden = "Forbidden"
    case atGoal = "AtGoal"
    case invalidSpec = "InvalidSpec"
    case invalidSchedule = "InvalidSchedule"
    case unknownTimeZone = "UnknownTimeZone"
    case notStalled = "NotStalled"
}

/// What stands in the way, with the way out.
public struct ScheduleIssue: Error, Sendable, Equatable {
    public let reason: ScheduleReason
    public let message: String

    public init(_ reason: ScheduleReason, _ message: String) {
        self.reason = reason
        self.message = message
    }
}
