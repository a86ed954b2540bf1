import Kernel
import Resilience

/// How waiting for a place ended.
enum GuardEntry: Sendable {
    case entered
    case refused(GuardRefusal)
    case cancelled
}

/// What is to be done after the lock is released.
struct GuardEffects: Sendable {
    var resumptions: [(CheckedContinuation<GuardEntry, Never>, GuardEntry)] = []
    var changes: [GuardChange] = []
    var settings = BreakerSettings()
}

/// Everything a guard keeps, changed only under its lock; every function decides and returns what is to be done.
struct GuardState: Sendable {
    /// How many may wait for each that runs: a short line smooths bursts, a long one only hides an overload.
    static let waitingPerRunning = 8
    /// Who finds no room comes back after this.
    static let fullRetryAfter = Duration.seconds(1)
    /// A call waits for its turn no longer than this: who has longer to wait comes back instead.
    static let longestTurn = Duration.seconds(2)
    /// A last error is a sentence for people, not a dump.
    static let maximumErrorLength = 500

    let key: GuardKey
    private(set) var breaker: CircuitBreaker
    private var bulkhead: Bulkhead
    private var budget: RetryBudget
    private var bucket: TokenBucket?
    private var generator: SeededGenerator
    private var waiting: [UInt64: CheckedContinuation<GuardEntry, Never>] = [:]
    /// Tickets given out that haven't come to `enter` yet; one that was cancelled on the way is no longer here.
    private var underWay: Set<UInt64> = []
    private var tickets: UInt64 = 0
    private var rejected = 0
    private var lastError = ""
    private var reason = ""

    init(key: GuardKey, settings: BreakerSettings, now: MonotonicInstant, seed: UInt64) {
        self.key = key
        breaker = CircuitBreaker(settings: settings, now: now)
        bulkhead = Bulkhead(maxConcurrent: settings.maxConcurrent, maxWaiting: settings.maxConcurrent * Self.waitingPerRunning)
        budget = RetryBudget(settings.retryBudget)
        bucket = Self.bucket(settings)
        generator = SeededGenerator(seed: seed)
    }

    private static func bucket(_ settings: BreakerSettings) -> TokenBucket? {
        settings.rate.map { TokenBucket(perSecond: $0.perSecond, burst: $0.burst) }
    }

    /// Whether a call may begin now: nil, or how long until it may ask again, or a refusal when that is too long.
    mutating func takeTurn(now: MonotonicInstant) -> Result<Duration?, GuardRefusal> {
        // Refused without waiting by `enter`, and costs nothing.
        if breaker.refusal(now: now) != nil { return .success(nil) }
        guard case .empty(let wait) = bucket?.take(now: now) ?? .taken else { return .success(nil) }
        guard wait > Self.longestTurn else { return .success(wait) }
        rejected += 1
        return .failure(GuardRefusal(guardName: key.name, reason: .rate, retryAfter: wait))
    }

    mutating func nextTicket() -> UInt64 {
        tickets &+= 1
        underWay.insert(tickets)
        return tickets
    }

    mutating func enter(_ ticket: UInt64, _ continuation: CheckedContinuation<GuardEntry, Never>, now: MonotonicInstant) -> GuardEffects {
        if underWay.remove(ticket) == nil { return effects(resuming: [(continuation, .cancelled)]) }
        if let wait = breaker.refusal(now: now) { return effects(resuming: [(continuation, .refused(refuse(wait)))]) }
        switch bulkhead.enter(ticket) {
        case .entered: return effects(resuming: [(continuation, .entered)])
        case .waiting:
            waiting[ticket] = continuation
            return effects()
        case .full:
            rejected += 1
            let refusal = GuardRefusal(guardName: key.name, reason: .full, retryAfter: Self.fullRetryAfter)
            return effects(resuming: [(continuation, .refused(refusal))])
        }
    }

    /// The task of that ticket was cancelled. One that has entered by now runs into the cancellation by itself.
    mutating func abandon(_ ticket: UInt64) -> GuardEffects {
        if underWay.remove(ticket) != nil { return effects() }
        guard bulkhead.abandon(ticket), let continuation = waiting.removeValue(forKey: ticket) else { return effects() }
        return effects(resuming: [(continuation, .cancelled)])
    }

    /// After a place was found: the breaker may have opened while waiting.
    mutating func admit(now: MonotonicInstant) -> (Result<CallPermit, GuardRefusal>, GuardEffects) {
        let (admission, transition) = breaker.admit(now: now)
        var effects = effects()
        note(transition, &effects)
        switch admission {
        case .permitted(let permit):
            budget.recordCall(now: now)
            return (.success(permit), effects)
        case .refused(let wait):
            let refusal = refuse(wait)
            give(bulkhead.leave(), &effects)
            return (.failure(refusal), effects)
        }
    }

    mutating func leave(
        _ permit: CallPermit, _ outcome: CallOutcome, took: Duration, error: String?, now: MonotonicInstant
    ) -> GuardEffects {
        if let error { lastError = String(error.prefix(Self.maximumErrorLength)) }
        let transition = breaker.record(permit, outcome, took: took, now: now, using: &generator)
        var effects = effects()
        note(transition, &effects)
        if transition?.to == .open { sendAway(now, &effects) }
        give(bulkhead.leave(), &effects)
        return effects
    }

    mutating func report(_ outcome: CallOutcome, error: String?, now: MonotonicInstant) -> GuardEffects {
        var effects = effects()
        // Only what the closed state counts: a report is no probe.
        guard case .closed = breaker.state else { return effects }
        let (admission, _) = breaker.admit(now: now)
        guard case .permitted(let permit) = admission else { return effects }
        if let error { lastError = String(error.prefix(Self.maximumErrorLength)) }
        let transition = breaker.record(permit, outcome, took: .zero, now: now, using: &generator)
        note(transition, &effects)
        if transition?.to == .open { sendAway(now, &effects) }
        return effects
    }

    mutating func apply(_ settings: BreakerSettings, now: MonotonicInstant) -> GuardEffects {
        if settings.rate != breaker.settings.rate { bucket = Self.bucket(settings) }
        let transition = breaker.apply(settings, now: now)
        var effects = effects()
        budget.settings = settings.retryBudget
        note(transition, &effects)
        if breaker.phase == .open { sendAway(now, &effects) }
        give(bulkhead.resize(maxConcurrent: settings.maxConcurrent), &effects)
        return effects
    }

    mutating func decideRetry(
        _ policy: RetryPolicy, _ failure: RetryPolicy.Failure, _ attempts: Int, _ isIdempotent: Bool, _ remaining: Duration?,
        _ now: MonotonicInstant
    ) -> RetryPolicy.Decision {
        policy.decide(
            after: failure, attempts: attempts, isIdempotent: isIdempotent, remaining: remaining, now: now, budget: &budget,
            using: &generator)
    }

    func snapshot(now: MonotonicInstant, wall: Timestamp) -> GuardSnapshot {
        let opened = breaker.openedAt.map { since in wall + (.zero - (now - since)) }
        return GuardSnapshot(
            key: key, phase: breaker.phase, settings: breaker.settings, tally: breaker.tally(now: now), running: bulkhead.running,
            waiting: bulkhead.waiting, rejected: rejected, openedAt: opened, retryAfter: breaker.refusal(now: now),
            lastError: lastError, reason: reason)
    }

    private mutating func refuse(_ wait: Duration) -> GuardRefusal {
        rejected += 1
        return GuardRefusal(
            guardName: key.name, reason: .open(forced: breaker.settings.force == .open), retryAfter: wait, lastError: lastError)
    }

    private mutating func note(_ transition: BreakerTransition?, _ effects: inout GuardEffects) {
        guard let transition else { return }
        reason = transition.reason
        effects.changes.append(GuardChange(key: key, transition: transition, lastError: lastError))
    }

    /// The breaker opened: nobody waits for a call that won't be made.
    private mutating func sendAway(_ now: MonotonicInstant, _ effects: inout GuardEffects) {
        let wait = breaker.refusal(now: now) ?? .zero
        for ticket in bulkhead.clearLine() {
            guard let continuation = waiting.removeValue(forKey: ticket) else { continue }
            effects.resumptions.append((continuation, .refused(refuse(wait))))
        }
    }

    private mutating func give(_ tickets: [UInt64], _ effects: inout GuardEffects) {
        for ticket in tickets {
            guard let continuation = waiting.removeValue(forKey: ticket) else { continue }
            effects.resumptions.append((continuation, .entered))
        }
    }

    private func effects(resuming resumptions: [(CheckedContinuation<GuardEntry, Never>, GuardEntry)] = []) -> GuardEffects {
        GuardEffects(resumptions: resumptions, settings: breaker.settings)
    }
}
