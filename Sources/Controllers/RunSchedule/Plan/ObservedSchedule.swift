import Kernel
import Resources

/// The runs of a schedule.
public struct ObservedSchedule: Sendable, Equatable {
    /// Sorted by creation and name.
    public var runs: [RunOutline]
    /// Times dealt with in this process already that the status may not show yet.
    public var lastTime: Timestamp?
    public var missed: Int64
    /// Why its service account can't make runs; nil: it can.
    public var rightsIssue: String?

    public init(runs: [RunOutline], lastTime: Timestamp?, missed: Int64, rightsIssue: String? = nil) {
        self.rightsIssue = rightsIssue
        self.runs = runs
        self.lastTime = lastTime
        self.missed = missed
    }
}
