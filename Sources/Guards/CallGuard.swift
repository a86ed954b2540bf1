import Kernel
import Platform
import Resilience
import Telemetry

/// Stands before every call to one dependency: rate, breaker, bulkhead, retry budget, deadline, metrics.
///
/// A thin shell over the values of Resilience: lock, decide, unlock, run. Refused and cancelled calls don't count, and the time
/// spent waiting for a free place is not part of a call's time. No intent is lost by a refusal: the caller asks again.
public final class CallGuard: Sendable {
    public typealias Classifier = @Sendable (any Error) -> CallOutcome

    public let key: GuardKey
    private let state: Locked<GuardState>
    private let clocks: any Clocks
    private let instruments: GuardInstruments
    private let onChange: @Sendable (GuardChange) -> Void

    /// - Parameter onChange: called after each transition, outside the lock; must not block.
    public init(
        key: GuardKey, settings: BreakerSettings = BreakerSettings(), clocks: any Clocks = SystemClocks(), metrics: Metrics = Metrics(),
        logger: Logger = .disabled, seed: UInt64 = 0, onChange: @escaping @Sendable (GuardChange) -> Void = { _ in }
    ) {
        self.key = key
        self.clocks = clocks
        self.onChange = onChange
        instruments = GuardInstruments(key: key, metrics: metrics, logger: logger)
        state = Locked(GuardState(key: key, settings: settings, now: clocks.monotonic, seed: seed))
        instruments.phase(settings.force == .open ? .open : .closed)
    }

    /// What an error says about the dependency, where the caller doesn't know better: what it says itself; cancellation nothing;
    /// everything else is a failure.
    public static let standardClassifier: Classifier = { error in
        if let classified = error as? any GuardClassified { return classified.guardOutcome }
        return error is CancellationError ? .ignored : .failure
    }

    /// Runs the body when the guard lets it through. The body bounds its own time.
    /// - Throws: `GuardRefusal` when it doesn't, `CancellationError` when cancelled while waiting, or what the body throws.
    public func run<Result: Sendable>(
        isolation: isolated (any Actor)? = #isolation, classify: Classifier = CallGuard.standardClassifier,
        _ body: () async throws -> Result
    ) async throws -> Result {
        let permit = try await enter()
        let start = clocks.monotonic
        do {
            let result = try await body()
            leave(permit, .success, since: start, error: nil)
            return result
        } catch {
            // Once cancelled, whatever the body throws is a consequence of that.
            leave(permit, Task.isCancelled ? .ignored : classify(error), since: start, error: error)
            throw error
        }
    }

    /// The same, and the body is cancelled when it takes longer than `deadline`.
    /// - Throws: also `DeadlineExceeded`, which counts as a failure.
    public func run<Result: Sendable>(
        deadline: Duration, classify: Classifier = CallGuard.standardClassifier,
        operation: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        try await run(classify: classify) { try await withDeadline(deadline, operation) }
    }

    /// Runs the body, and again as the policy decides. Every attempt goes through the breaker; retries are charged to the budget.
    /// - Parameter failure: what is known about an error the body threw; refusals and cancellation are never retried.
    public func run<Result: Sendable>(
        isolation: isolated (any Actor)? = #isolation, retrying policy: RetryPolicy, isIdempotent: Bool, within limit: Duration? = nil,
        failure: (any Error) -> RetryPolicy.Failure, _ body: () async throws -> Result
    ) async throws -> Result {
        let start = clocks.monotonic
        var attempts = 0
        while true {
            attempts += 1
            do {
                return try await run(body)
            } catch let error as GuardRefusal {
                throw error
            } catch {
                if Task.isCancelled { throw error }
                let now = clocks.monotonic
                let kind = failure(error)
                let decision = state.withLock { state in
                    state.decideRetry(policy, kind, attempts, isIdempotent, limit.map { $0 - (now - start) }, now)
                }
                switch decision {
                case .giveUp: throw error
                case .retry(let delay): try await Task.sleep(for: delay)
                }
            }
        }
    }

    /// Counts an outcome seen outside of `run`: a stream that was opened well and broke later.
    public func report(_ outcome: CallOutcome, error: (any Error)? = nil) {
        let now = clocks.monotonic
        let effects = state.withLock { state in state.report(outcome, error: error.map { "\($0)" }, now: now) }
        perform(effects)
    }

    /// How long a call would be refused now; nil when it would be let through.
    public var refusal: Duration? {
        let now = clocks.monotonic
        return state.withLock { state in state.breaker.refusal(now: now) }
    }

    /// Takes other settings at once.
    public func configure(_ settings: BreakerSettings) {
        let now = clocks.monotonic
        perform(state.withLock { state in state.apply(settings, now: now) })
    }

    public var snapshot: GuardSnapshot {
        let (now, wall) = (clocks.monotonic, clocks.now)
        return state.withLock { state in state.snapshot(now: now, wall: wall) }
    }

    // MARK: Shell

    private func enter() async throws -> CallPermit {
        try Task.checkCancellation()
        try await takeTurn()
        let ticket = state.withLock { state in state.nextTicket() }
        // Registered under the lock that admits, so that no turn is missed between asking and waiting.
        let entry = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let now = clocks.monotonic
                let effects = state.withLock { state in state.enter(ticket, continuation, now: now) }
                perform(effects)
            }
        } onCancel: {
            perform(state.withLock { state in state.abandon(ticket) })
        }
        switch entry {
        case .refused(let refusal):
            instruments.rejected(refusal)
            throw refusal
        case .cancelled: throw CancellationError()
        case .entered: break
        }
        let now = clocks.monotonic
        let (admission, effects) = state.withLock { state in state.admit(now: now) }
        perform(effects)
        switch admission {
        case .success(let permit): return permit
        case .failure(let refusal):
            instruments.rejected(refusal)
            throw refusal
        }
    }

    /// Waits until the rate lets a call begin.
    private func takeTurn() async throws {
        while true {
            let now = clocks.monotonic
            switch state.withLock({ state in state.takeTurn(now: now) }) {
            case .success(nil): return
            case .success(let wait?): try await Task.sleep(for: wait)
            case .failure(let refusal):
                instruments.rejected(refusal)
                throw refusal
            }
        }
    }

    private func leave(_ permit: CallPermit, _ outcome: CallOutcome, since start: MonotonicInstant, error: (any Error)?) {
        let now = clocks.monotonic
        let took = now - start
        let text = outcome == .failure ? error.map { ($0 as? any GuardClassified)?.guardText ?? "\($0)" } : nil
        let effects = state.withLock { state in state.leave(permit, outcome, took: took, error: text, now: now) }
        instruments.call(outcome, took: took)
        perform(effects)
    }

    /// Outside the lock: continuations, log, metrics, notifications.
    private func perform(_ effects: GuardEffects) {
        for (continuation, entry) in effects.resumptions { continuation.resume(returning: entry) }
        for change in effects.changes {
            instruments.changed(change, settings: effects.settings)
            onChange(change)
        }
    }
}
