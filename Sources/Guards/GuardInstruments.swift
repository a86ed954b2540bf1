import Kernel
import Resilience
import Telemetry

/// Log lines and metrics of one guard.
struct GuardInstruments: Sendable {
    let key: GuardKey
    let metrics: Metrics
    let logger: Logger

    private var labels: Metrics.Labels {
        [("dependency", key.dependency), ("target", key.target), ("operation", key.operation.rawValue)]
    }

    func phase(_ phase: BreakerPhase) {
        metrics.set(
            "millwright_guard_state", labels, to: Double(phase.severity), help: "State of the circuit breaker: 0 closed, 1 half open, 2 open.")
    }

    func call(_ outcome: CallOutcome, took: Duration) {
        let name = switch outcome {
        case .success: "success"
        case .failure: "failure"
        case .ignored: "ignored"
        }
        metrics.increment("millwright_guard_calls_total", labels + [("outcome", name)], help: "Calls let through, by outcome.")
        metrics.observe("millwright_guard_call_seconds", labels, seconds: took.inSeconds, help: "How long calls took.")
    }

    func rejected(_ refusal: GuardRefusal) {
        let reason = switch refusal.reason {
        case .open: "open"
        case .full: "full"
        case .budget: "budget"
        case .rate: "rate"
        }
        metrics.increment("millwright_guard_rejected_total", labels + [("reason", reason)], help: "Calls refused before they were made.")
    }

    func changed(_ change: GuardChange, settings: BreakerSettings) {
        let transition = change.transition
        phase(transition.to)
        metrics.increment(
            "millwright_guard_transitions_total", labels + [("to", transition.to.rawValue)], help: "Changes of the breaker's state.")
        switch transition.to {
        case .open:
            logger.warning(
                "circuit breaker \(key.name) opened: \(transition.reason)",
                ["breaker": key.name, "openFor": settings.openFor.manifest, "lastError": change.lastError])
        case .halfOpen, .closed:
            logger.info(
                "circuit breaker \(key.name) is \(transition.to == .closed ? "closed" : "half open"): \(transition.reason)",
                ["breaker": key.name])
        }
    }
}
