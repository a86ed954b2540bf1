import Kernel
import Resources

/// One probe's answers in a row, against its thresholds.
struct ProbeTally: Sendable, Equatable {
    enum Verdict: Sendable, Equatable {
        /// No threshold was reached yet.
        case undecided
        case passed
        case failed
    }

    private(set) var verdict = Verdict.undecided
    private(set) var successes = 0
    private(set) var failures = 0
    /// What the last one that failed said.
    private(set) var lastFailure = ""

    mutating func record(_ answer: ProbeAnswer, _ probe: Probe) {
        switch answer {
        case .passed:
            successes = min(successes + 1, 1_000_000)
            failures = 0
            if successes >= probe.successThreshold { verdict = .passed }
        case .failed(let message):
            failures = min(failures + 1, 1_000_000)
            successes = 0
            lastFailure = message
            if failures >= probe.failureThreshold { verdict = .failed }
        case .unknown: break
        }
    }
}

/// What one try of a probe gave.
enum ProbeAnswer: Sendable, Equatable {
    case passed
    /// With what was found, for a person.
    case failed(String)
    /// The try itself could not be made: nothing is concluded about the container.
    case unknown
}
