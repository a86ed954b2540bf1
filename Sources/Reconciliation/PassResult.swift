import Kernel

/// What becomes of a key after a pass over it.
public enum PassResult: Sendable, Equatable {
    /// Nothing to do until something changes.
    case settled
    /// All is well so far; the next pass is due then, without any backoff.
    case again(after: Duration)
    /// It failed and may succeed later: the next pass comes with exponential backoff.
    case retry(String)
    /// It was refused and is let through again then at the earliest.
    case retryAfter(Duration, String)
    /// Only a change helps.
    case stalled(String)
    /// The pass was told to stop; the key counts as untouched.
    case cancelled

    public init(_ wake: Wake) {
        switch wake {
        case .onChange: self = .settled
        case .after(let duration): self = .again(after: duration)
        }
    }

    public init(_ failure: ActionFailure) {
        switch failure {
        case .stale: self = .again(after: .zero)
        case .transient(let text): self = .retry(text)
        case .terminal(_, let text): self = .stalled(text)
        case .refused(_, let text, let after): self = .retryAfter(after, text)
        case .cancelled: self = .cancelled
        }
    }

    /// For metrics: one word.
    public var kind: String {
        switch self {
        case .settled: "settled"
        case .again: "again"
        case .retry: "retry"
        case .retryAfter: "refused"
        case .stalled: "stalled"
        case .cancelled: "cancelled"
        }
    }
}
