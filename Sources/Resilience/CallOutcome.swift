/// What a call says about the health of what was called.
public enum CallOutcome: Sendable, Equatable, CaseIterable {
    /// The dependency did its work; also a refusal that is an answer, such as "not found".
    case success
    /// The dependency didn't answer or couldn't work.
    case failure
    /// Nothing can be said: the caller gave up, or the call was refused before it was made.
    case ignored
}
