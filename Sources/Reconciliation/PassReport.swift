import Kernel

/// How far a pass has come, for its status and events.
public struct PassReport<Planning: Planner>: Sendable {
    public enum Stage: Sendable {
        /// `desired` failed: the document can't be followed, or a thing it refers to could not be read. With
        /// what there is in the world all the same, as far as `observeUndecided` could tell.
        case undecided(ActionFailure, Planning.Observed?)
        /// The world could not be looked at.
        case unobserved(Planning.Desired, ActionFailure)
        /// About to act. Written before the first action, so that people see what is going on while a long one runs.
        case acting(Planning.Desired, Planning.Observed, Plan<Planning.Action>)
        /// Nothing more to do in this pass: the plan is empty (settled, or waiting).
        case planned(Planning.Desired, Planning.Observed, Plan<Planning.Action>)
        /// An action failed; `done` of the plan's actions were finished before it.
        case failed(Planning.Desired, Planning.Observed, Plan<Planning.Action>, done: Int, ActionFailure)
        /// The paused annotation is set: the plan says what would be done.
        case paused(Planning.Desired, Planning.Observed, Plan<Planning.Action>)
    }

    /// The object as the pass saw it, with its present status.
    public let object: JSON
    public let stage: Stage
    /// All actions done in this pass so far, in order.
    public let done: [Planning.Action]
    /// Passes that failed in a row before this one.
    public let failures: Int

    public init(object: JSON, stage: Stage, done: [Planning.Action], failures: Int) {
        self.object = object
        self.stage = stage
        self.done = done
        self.failures = failures
    }

    public var failure: ActionFailure? {
        switch stage {
        case .undecided(let failure, _), .unobserved(_, let failure), .failed(_, _, _, _, let failure): failure
        case .acting, .planned, .paused: nil
        }
    }
}
