import Kernel
import Kubernetes

/// The flow of one kind, one function per arrow: object -> desired, world -> observed, plan, action -> world, all of it -> status.
/// `PlanningReconciler` runs it.
///
/// Deletion is a desired state: for an object being deleted `desired` says that nothing should run, and the finalizer goes when the
/// plan is empty and `isEmpty` says that nothing is left.
public protocol ReconciliationFlow: Sendable {
    associatedtype Planning: Planner
    typealias Desired = Planning.Desired
    typealias Observed = Planning.Observed
    typealias Action = Planning.Action

    var type: ResourceType { get }
    /// Held by every object from before the first action until everything made for it is gone; nil for a kind that owns nothing outside.
    var finalizer: String? { get }

    /// What should be, references resolved. Throws `terminal` for a document that can't be followed (with the kind's reason, as
    /// `InvalidSpec`), anything else for what could not be read now.
    func desired(_ object: JSON, in pass: PassContext) async throws(ActionFailure) -> Desired

    /// What is. Must see every action that `execute` has finished before.
    func observe(_ desired: Desired, _ object: JSON, in pass: PassContext) async throws(ActionFailure) -> Observed

    /// What is, for an object that nothing can be decided on: for its status alone. nil (the default) leaves what status said before.
    func observeUndecided(_ object: JSON, in pass: PassContext) async throws(ActionFailure) -> Observed?

    /// Does one action. Must be repeatable: it may have been done before, by a pass that was killed before it knew.
    func execute(_ action: Action, desired: Desired, in pass: PassContext) async throws(ActionFailure)

    /// The whole status to show; nil leaves it. A pure function of the report.
    func status(_ report: PassReport<Planning>, now: Timestamp) -> StatusProposal?

    /// Whether nothing made for the object is left (what is retained on purpose doesn't count).
    func isEmpty(_ observed: Observed) -> Bool

    /// What to tell people about this pass as Events; empty by default.
    func events(_ report: PassReport<Planning>) -> [EventNote]

    func forget(_ key: NamespacedName) async
}

extension ReconciliationFlow {
    public var finalizer: String? { MillwrightName.finalizer }
    public func observeUndecided(_ object: JSON, in pass: PassContext) async throws(ActionFailure) -> Observed? { nil }
    public func events(_ report: PassReport<Planning>) -> [EventNote] { [] }
    public func forget(_ key: NamespacedName) async {}
}

/// A status to show, and which parts of it are not worth a write of their own.
public struct StatusProposal: Sendable, Equatable {
    /// The whole `status`.
    public var status: JSON
    /// Paths of counters and progress, `["instances", "*", "restarts"]` (`*` stands for every element or member): a difference in these
    /// alone is written at most every five seconds.
    public var counters: [[String]]

    public init(_ status: JSON, counters: [[String]] = []) {
        self.status = status
        self.counters = counters
    }
}

/// One Event to record about the object of a pass.
public struct EventNote: Sendable, Equatable {
    public enum Kind: String, Sendable { case normal = "Normal", warning = "Warning" }
    public var kind: Kind
    /// CamelCase, from a closed list.
    public var reason: String
    public var message: String

    public init(_ kind: Kind, reason: String, message: String) {
        self.kind = kind
        self.reason = reason
        self.message = message
    }
}
