import Kernel

/// Stops calls to a dependency that fails, and lets a few through now and then to see whether it is back.
///
/// A value that decides and does nothing else: ask `admit` before each call, tell `record` after it, however it ended. It takes
/// the time and the chance from outside, so that the same history gives the same decisions.
public struct CircuitBreaker: Sendable {
    /// Each case says what it can become.
    public enum State: Sendable, Equatable {
        /// Calls go through and are counted. Becomes open when a rate is reached, or by force.
        case closed(OutcomeWindow)
        /// No call goes through. Becomes half open at the first call after `until`; by force there is no such moment.
        case open(since: MonotonicInstant, until: MonotonicInstant?)
        /// A few calls go through. Becomes closed when enough of them are well, open again when they can't be any more.
        case halfOpen(Probing)
    }

    /// The calls that try whether a dependency is back.
    public struct Probing: Sendable, Equatable {
        /// Under way now.
        public var inFlight = 0
        /// Ended, and counted.
        public var ended = CallTally()
    }

    /// What `admit` decides.
    public enum Admission: Sendable, Equatable {
        case permitted(CallPermit)
        /// Not now; asking sooner than `retryAfter` is of no use.
        case refused(retryAfter: Duration)
    }

    /// By how much of `openFor` the open time is lengthened at most.
    static let jitterPercent: Int64 = 20
    /// When all probes are out, another is looked for at the soonest after this.
    static let probeWait = Duration.seconds(1)

    public private(set) var settings: BreakerSettings
    public private(set) var state: State
    /// Counts transitions: a call that began before the last one says nothing about the present state.
    private var epoch: UInt64 = 0

    public init(settings: BreakerSettings, now: MonotonicInstant) {
        self.settings = settings
        state = settings.force == .open ? .open(since: now, until: nil) : .closed(OutcomeWindow(settings.window))
    }

    public var phase: BreakerPhase {
        switch state {
        case .closed: .closed
        case .open: .open
        case .halfOpen: .halfOpen
        }
    }

    /// Since when it is open; nil when it isn't.
    public var openedAt: MonotonicInstant? {
        if case .open(let since, _) = state { since } else { nil }
    }

    /// The calls that count at present.
    public func tally(now: MonotonicInstant) -> CallTally {
        switch state {
        case .closed(let window): window.tally(now: now)
        case .open: CallTally()
        case .halfOpen(let probing): probing.ended
        }
    }

    /// How long `admit` would refuse at this moment; nil when it would permit. Changes nothing.
    public func refusal(now: MonotonicInstant) -> Duration? {
        switch state {
        case .closed: return nil
        case .open(_, let until):
            guard let until else { return settings.openFor }
            return now < until ? until - now : nil
        case .halfOpen(let probing):
            return probing.inFlight + probing.ended.calls < settings.halfOpenCalls ? nil : min(Self.probeWait, settings.openFor)
        }
    }

    /// Asks for leave to make one call. Each permit must come back to `record`, also when the call was cancelled.
    public mutating func admit(now: MonotonicInstant) -> (admission: Admission, transition: BreakerTransition?) {
        if let wait = refusal(now: now) { return (.refused(retryAfter: wait), nil) }
        var transition: BreakerTransition?
        if case .open = state {
            transition = move(to: .halfOpen(Probing()), "the open time is over, \(settings.halfOpenCalls) calls try the dependency")
        }
        if case .halfOpen(var probing) = state {
            probing.inFlight += 1
            state = .halfOpen(probing)
        }
        return (.permitted(CallPermit(epoch: epoch)), transition)
    }

    /// Tells how a permitted call ended.
    /// - Parameter took: how long the call itself ran, without any waiting before it.
    public mutating func record(
        _ permit: CallPermit, _ outcome: CallOutcome, took: Duration, now: MonotonicInstant,
        using generator: inout some RandomNumberGenerator
    ) -> BreakerTransition? {
        guard permit.epoch == epoch else { return nil }
        let failed = outcome == .failure
        let slow = settings.slowCall.map { took >= $0.over } ?? false
        switch state {
        case .open: return nil
        case .closed(var window):
            if outcome == .ignored { return nil }
            state = .open(since: now, until: nil)  // gives up this copy, so that the window changes in place
            window.record(failed: failed, slow: slow, now: now)
            state = .closed(window)
            let tally = window.tally(now: now)
            guard settings.force != .closed, tally.calls >= settings.callsNeeded, let reason = trouble(tally) else { return nil }
            return open(reason, now: now, using: &generator)
        case .halfOpen(var probing):
            probing.inFlight = max(probing.inFlight - 1, 0)
            if outcome != .ignored { probing.ended.add(failed: failed, slow: slow) }
            state = .halfOpen(probing)
            return outcome == .ignored ? nil : decide(probing, now: now, using: &generator)
        }
    }

    /// Takes other settings at once. What was counted stays, unless the window changed; setting and lifting `force` begin afresh.
    public mutating func apply(_ new: BreakerSettings, now: MonotonicInstant) -> BreakerTransition? {
        let old = settings
        settings = new
        if new.force != old.force {
            switch new.force {
            case .open: return move(to: .open(since: now, until: nil), "forced open")
            case .closed: return move(to: .closed(OutcomeWindow(new.window)), "forced closed")
            case nil: return move(to: .closed(OutcomeWindow(new.window)), "no longer forced")
            }
        }
        if case .closed = state, new.window != old.window { state = .closed(OutcomeWindow(new.window)) }
        return nil
    }

    private mutating func decide(
        _ probing: Probing, now: MonotonicInstant, using generator: inout some RandomNumberGenerator
    ) -> BreakerTransition? {
        // Counted against all probes: once too many have failed, the others needn't be waited for.
        let ended = probing.ended
        let all = CallTally(calls: settings.halfOpenCalls, failures: ended.failures, slow: ended.slow)
        if let reason = trouble(all) {
            state = .halfOpen(probing)
            return open("tried again: " + reason, now: now, using: &generator)
        }
        guard ended.calls >= settings.halfOpenCalls else { return nil }
        return move(to: .closed(OutcomeWindow(settings.window)), "\(ended.calls) calls tried the dependency, it is back")
    }

    private func trouble(_ tally: CallTally) -> String? {
        if tally.reachesFailureRate(settings.failureRatePercent) { return "\(tally.failures) of \(tally.calls) calls failed" }
        if let slowCall = settings.slowCall, tally.reachesSlowRate(slowCall.ratePercent) {
            return "\(tally.slow) of \(tally.calls) calls took \(slowCall.over.manifest) or longer"
        }
        return nil
    }

    private mutating func open(
        _ reason: String, now: MonotonicInstant, using generator: inout some RandomNumberGenerator
    ) -> BreakerTransition {
        let nanoseconds = settings.openFor.wholeNanoseconds
        let jitter = Int64.random(in: 0...max(nanoseconds / 100 * Self.jitterPercent, 0), using: &generator)
        return move(to: .open(since: now, until: now + .nanoseconds(nanoseconds) + .nanoseconds(jitter)), reason)
    }

    private mutating func move(to new: State, _ reason: String) -> BreakerTransition {
        let from = phase
        state = new
        epoch &+= 1
        return BreakerTransition(from: from, to: phase, reason: reason)
    }
}
