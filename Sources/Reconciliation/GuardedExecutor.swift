import Kernel
import Telemetry

/// Does the actions of a plan, one after the other, in order, and stops at the first that fails: every later one was planned for a
/// world in which the earlier ones had happened.
///
/// The calls inside an action go through the guards of their adapters; here each action is audited with its reason, and counted.
public struct GuardedExecutor: Sendable {
    public enum Outcome: Sendable, Equatable {
        case done
        /// So many actions were finished before the one that failed.
        case failed(done: Int, ActionFailure)
    }

    private let audit: any AuditSink
    private let metrics: Metrics

    public init(audit: any AuditSink, metrics: Metrics) {
        self.audit = audit
        self.metrics = metrics
    }

    public func run<Action: PlannedAction>(
        _ actions: [Action], for object: ObjectRef, in pass: PassContext, _ execute: (Action) async throws(ActionFailure) -> Void
    ) async -> Outcome {
        for (position, action) in actions.enumerated() {
            if Task.isCancelled { return .failed(done: position, .cancelled) }
            let start = pass.clocks.monotonic
            do throws(ActionFailure) {
                try await execute(action)
                record(action, .done, object, pass, start)
            } catch {
                record(action, .failed(kind: error.kind, message: error.message), object, pass, start)
                return .failed(done: position, error)
            }
        }
        return .done
    }

    private func record(
        _ action: some PlannedAction, _ outcome: AuditEntry.Outcome, _ object: ObjectRef, _ pass: PassContext, _ start: MonotonicInstant
    ) {
        let result =
            switch outcome {
            case .done: "done"
            case .failed(let kind, _): kind
            }
        metrics.increment(
            "millwright_actions_total", [("kind", object.kind.kind), ("risk", action.risk.rawValue), ("result", result)],
            help: "Planned actions carried out, by result.")
        audit.record(
            AuditEntry(
                correlation: pass.correlation, object: object, action: action.summary, reason: action.reason, risk: action.risk,
                breaker: action.breaker, blastRadius: action.blastRadius, outcome: outcome, time: pass.clocks.now,
                took: pass.clocks.monotonic - start))
    }
}
