import Kernel
import Platform
import Resilience

/// What goes wrong with one call.
public enum CallFault: Sendable, Equatable {
    case none
    /// Fails, and did nothing.
    case failBefore
    /// Did its work, but the answer is lost.
    case failAfter
    case slow(Duration)
    /// Somebody else wrote in between.
    case conflict
    /// The process dies just before the call, or just after it took effect.
    case crashBefore
    case crashAfter
}

/// How often things go wrong, in a run. Probabilities per call or event.
public struct FaultRates: Sendable, Equatable {
    public var failBefore = 0.0
    public var failAfter = 0.0
    public var slow = 0.0
    public var conflict = 0.0
    public var crash = 0.0
    /// A stream breaks.
    public var disconnect = 0.0
    /// The server has forgotten (410).
    public var expire = 0.0
    /// An event of the engine gets lost, or comes twice.
    public var loseEvent = 0.0
    public var duplicateEvent = 0.0
    /// The watch lags behind for seconds: caches are stale.
    public var lag = 0.0

    public init() {}

    public static let calm = FaultRates()

    /// Everything, at rates that leave room for progress.
    public static var rough: FaultRates {
        var rates = FaultRates()
        (rates.failBefore, rates.failAfter, rates.slow, rates.conflict, rates.crash) = (0.05, 0.05, 0.03, 0.04, 0.01)
        (rates.disconnect, rates.expire, rates.loseEvent, rates.duplicateEvent, rates.lag) = (0.05, 0.02, 0.1, 0.1, 0.05)
        return rates
    }
}

/// Decides by seed what goes wrong when. Each decision depends on the seed, its place and how often that place was come to before, and on
/// nothing else: leaving one out, when a failing run is shrunk, hardly changes the others.
public final class FaultPlan: Sendable {
    private struct State {
        var rates: FaultRates
        var counts: [String: Int] = [:]
        var struck: [String] = []
    }

    private let seed: UInt64
    /// Decisions that are left out.
    private let spared: Set<String>
    private let state: Locked<State>

    public init(seed: UInt64, rates: FaultRates, sparing spared: Set<String> = []) {
        self.seed = seed
        self.spared = spared
        state = Locked(State(rates: rates))
    }

    /// Other rates from now on.
    public func use(_ rates: FaultRates) { state.withLock { $0.rates = rates } }

    /// From now on nothing goes wrong.
    public func end() { state.withLock { $0.rates = .calm } }

    /// The decisions that made something go wrong, `POST /api/v1/…#3`, in order.
    public var struck: [String] { state.withLock { $0.struck } }

    /// - Parameters:
    ///   - place: what is called, the same for each repetition.
    ///   - changes: whether the call changes something; a conflict only strikes those.
    public func call(_ place: String, changes: Bool) -> CallFault {
        decide(place) { rates, draw, generator in
            var left = draw
            func hit(_ rate: Double) -> Bool {
                defer { left -= rate }
                return left >= 0 && left < rate
            }
            if hit(rates.failBefore) { return .failBefore }
            if hit(rates.failAfter) { return .failAfter }
            if hit(rates.slow) { return .slow(.milliseconds(Int.random(in: 100...8000, using: &generator))) }
            if hit(rates.crash) { return Bool.random(using: &generator) ? .crashBefore : .crashAfter }
            if changes, hit(rates.conflict) { return .conflict }
            return nil
        } ?? .none
    }

    public func strikes(_ rate: KeyPath<FaultRates, Double>, at place: String) -> Bool {
        decide(place) { rates, draw, _ in draw < rates[keyPath: rate] ? true : nil } ?? false
    }

    private func decide<Fault>(_ place: String, _ body: (FaultRates, Double, inout SeededGenerator) -> Fault?) -> Fault? {
        let (decision, rates) = state.withLock { state -> (String, FaultRates) in
            state.counts[place, default: 0] += 1
            return ("\(place)#\(state.counts[place] ?? 0)", state.rates)
        }
        var generator = SeededGenerator(seed: decision.utf8.reduce(seed ^ 0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 })
        let draw = Double.random(in: 0..<1, using: &generator)
        guard !spared.contains(decision), let fault = body(rates, draw, &generator) else { return nil }
        state.withLock { $0.struck.append(decision) }
        return fault
    }

    /// The fewest of the faults that still make a run fail, found by leaving out halves, quarters and so on.
    ///
    /// - Parameter fails: runs again with those faults left out and says whether it fails still.
    public static func shrink(_ struck: [String], fails: (_ spared: Set<String>) -> Bool) -> [String] {
        var needed = struck
        var chunk = max(needed.count / 2, 1)
        while !needed.isEmpty {
            var at = 0
            var isSmaller = false
            while at < needed.count {
                let rest = Array(needed[..<at] + needed[min(at + chunk, needed.count)...])
                if fails(Set(struck).subtracting(rest)) {
                    needed = rest
                    isSmaller = true
                } else {
                    at += chunk
                }
            }
            if chunk == 1, !isSmaller { break }
            chunk = max(chunk / 2, 1)
        }
        return needed
    }
}
