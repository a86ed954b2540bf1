import Kernel

/// A run as those see it that keep runs in number and in turn: pipelines and schedules.
public struct RunOutline: Sendable, Equatable {
    public var name: String
    public var uid: String
    /// `status.phase`; Pending before it has one.
    public var phase: String
    public var creation: Timestamp
    public var completion: Timestamp?
    /// Its cancellation or deletion is asked for.
    public var isCancelling: Bool

    public init(name: String, uid: String, phase: String, creation: Timestamp, completion: Timestamp?, isCancelling: Bool = false) {
        self.name = name
        self.uid = uid
        self.phase = phase
        self.creation = creation
        self.completion = completion
        self.isCancelling = isCancelling
    }

    /// - Parameter object: a run of any kind.
    public init(of object: JSON) {
        let metadata = Metadata(of: object)
        self.init(
            name: metadata.name, uid: metadata.uid, phase: object["status"]?["phase"]?.string ?? "Pending", creation: metadata.creation ?? Timestamp(seconds: 0),
            completion: object["status"]?["completionTime"]?.string.flatMap(Timestamp.init(rfc3339:)), isCancelling: object["spec"]?["cancel"] == true || metadata.isDeleting)
    }

    public var isEnded: Bool { phase == "Succeeded" || phase == "Failed" || phase == "Cancelled" }

    /// Those whose end makes them too many, the oldest first: `succeeded` and `failed` of each kind stay.
    public static func beyond(succeeded: Int, failed: Int, of runs: [RunOutline]) -> [RunOutline] {
        let ended = runs.filter(\.isEnded).sorted { ($0.completion ?? $0.creation, $0.name) < ($1.completion ?? $1.creation, $1.name) }
        return Array(ended.filter { $0.phase == "Succeeded" }.dropLast(succeeded)) + Array(ended.filter { $0.phase != "Succeeded" }.dropLast(failed))
    }

    /// By creation and name.
    public static func inOrder(_ a: RunOutline, _ b: RunOutline) -> Bool { (a.creation, a.name) < (b.creation, b.name) }
}
