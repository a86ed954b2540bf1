import Kernel

/// The runs of a schedule.
public struct ObservedSchedule: Sendable, Equatable {
    public struct Run: Sendable, Equatable {
        public var name: String
        public var uid: String
        public var phase: String
        public var creation: Timestamp
        public var completion: Timestamp?
        public var isCancelling: Bool

        public init(name: String, uid: String, phase: String, creation: Timestamp, completion: Timestamp?, isCancelling: Bool) {
            self.name = name
            self.uid = uid
            self.phase = phase
            self.creation = creation
            self.completion = completion
            self.isCancelling = isCancelling
        }

        public var isEnded: Bool { phase == "Succeeded" || phase == "Failed" || phase == "Cancelled" }
    }

    /// Sorted by creation and name.
    public var runs: [Run]
    /// Times dealt with in this process already that the status may not show yet.
    public var lastTime: Timestamp?
    public var missed: Int64
    /// Why its service account can't make runs; nil: it can.
    public var rightsIssue: String?

    public init(runs: [Run], lastTime: Timestamp?, missed: Int64, rightsIssue: String? = nil) {
        self.rightsIssue = rightsIssue
        self.runs = runs
        self.lastTime = lastTime
        self.missed = missed
    }
}
