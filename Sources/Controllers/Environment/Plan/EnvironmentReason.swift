/// Why an environment is as it is: the closed list of reasons that crds/ promises.
public enum EnvironmentReason: String, Sendable, CaseIterable {
    // Ready
    case instancesReady = "InstancesReady"
    case suspended = "Suspended"
    case scaledToZero = "ScaledToZero"
    case pending = "Pending"
    case pulling = "Pulling"
    case starting = "Starting"
    case notReady = "NotReady"
    case updating = "Updating"
    case paused = "Paused"
    case crashLoopBackOff = "CrashLoopBackOff"
    case completed = "Completed"
    case terminating = "Terminating"
    case engineUnavailable = "EngineUnavailable"

    // Reconciling
    case creating = "Creating"
    case repairing = "Repairing"
    case scaling = "Scaling"
    case deleting = "Deleting"
    case waiting = "Waiting"
    case atGoal = "AtGoal"

    // Stalled
    case invalidSpec = "InvalidSpec"
    case forbidden = "Forbidden"
    case runtimeUnavailable = "RuntimeUnavailable"
    case configMissing = "ConfigMissing"
    case imageUnavailable = "ImageUnavailable"
    case portConflict = "PortConflict"
    case nameConflict = "NameConflict"
    case engineRefused = "EngineRefused"
    case notStalled = "NotStalled"

    // Drifted
    case containerRemoved = "ContainerRemoved"
    case containerStopped = "ContainerStopped"
    case containerPaused = "ContainerPaused"
    case networkDisconnected = "NetworkDisconnected"
    case settingsChanged = "SettingsChanged"
    case repaired = "Repaired"

    // Guarded
    case breakerOpen = "BreakerOpen"
    case asDeclared = "AsDeclared"
}

/// What stands in the way, with the way out.
public struct EnvironmentIssue: Error, Sendable, Equatable {
    public let reason: EnvironmentReason
    public let message: String

    public init(_ reason: EnvironmentReason, _ message: String) {
        self.reason = reason
        self.message = message
    }
}
