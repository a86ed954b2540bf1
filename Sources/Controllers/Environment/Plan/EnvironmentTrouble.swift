import Kernel

/// Why a pass came to no end, as far as status tells it.
public enum EnvironmentTrouble: Sendable, Equatable {
    /// Something a person has to change.
    case issue(EnvironmentIssue)
    /// It is tried again; says what failed.
    case failing(String)
    /// A guard of our own lets no call through.
    case guarded(breaker: String, String)
    /// The pass gave way to another; nothing to tell.
    case interrupted
}
