/// How one guard behaves: the settings of the API's CircuitBreaker, under its names and with its defaults.
///
/// Values outside their range are moved to its nearest end, so that no setting can make a guard that divides by zero or never ends.
public struct BreakerSettings: Sendable, Equatable {
    /// Over what the rates are taken.
    public enum Window: Sendable, Equatable {
        /// The last calls, 1 to 10,000.
        case calls(Int)
        /// The calls of the last while, 1 s to 1 h.
        case duration(Duration)
    }

    /// From when a call counts as slow, and how many of them open the breaker.
    public struct SlowCall: Sendable, Equatable {
        public var over: Duration
        /// 1 to 100.
        public var ratePercent: Int

        public init(over: Duration = .seconds(5), ratePercent: Int = 80) {
            self.over = max(over, .milliseconds(1))
            self.ratePercent = min(max(ratePercent, 1), 100)
        }
    }

    /// How many retries are allowed beside first attempts.
    public struct Retries: Sendable, Equatable {
        /// Of the calls in the last ten seconds, 0 to 100.
        public var percent: Int
        /// Always allowed, however few calls there are.
        public var minPerSecond: Int

        public init(percent: Int = 20, minPerSecond: Int = 3) {
            self.percent = min(max(percent, 0), 100)
            self.minPerSecond = min(max(minPerSecond, 0), 1000)
        }
    }

    /// How many calls may begin in a second, and how many at once after a rest: what a loop gone wild is held to.
    public struct Rate: Sendable, Equatable {
        public var perSecond: Double
        public var burst: Int

        public init(perSecond: Double, burst: Int) {
            self.perSecond = perSecond
            self.burst = burst
        }
    }

    /// A person's decision that stands above what the calls say.
    public enum Force: String, Sendable, Equatable, CaseIterable {
        case open = "Open"
        case closed = "Closed"
    }

    public var window: Window
    /// 1 to 100; reached or passed, the breaker opens.
    public var failureRatePercent: Int
    /// nil: no call is ever slow.
    public var slowCall: SlowCall?
    /// Fewer calls than this in the window never open the breaker.
    public var minimumCalls: Int
    /// How long no call is let through; up to a fifth is added by chance, so that many processes don't come back at once.
    public var openFor: Duration
    /// How many calls try the dependency before the breaker closes again.
    public var halfOpenCalls: Int
    /// How many calls run at the same time.
    public var maxConcurrent: Int
    public var retryBudget: Retries
    /// nil: not bounded.
    public var rate: Rate?
    /// nil: none.
    public var force: Force?

    public init(
        window: Window = .calls(100), failureRatePercent: Int = 50, slowCall: SlowCall? = SlowCall(), minimumCalls: Int = 10,
        openFor: Duration = .seconds(30), halfOpenCalls: Int = 3, maxConcurrent: Int = 16, retryBudget: Retries = Retries(),
        rate: Rate? = nil, force: Force? = nil
    ) {
        switch window {
        case .calls(let count): self.window = .calls(min(max(count, 1), 10_000))
        case .duration(let span): self.window = .duration(min(max(span, .seconds(1)), .seconds(3600)))
        }
        self.failureRatePercent = min(max(failureRatePercent, 1), 100)
        self.slowCall = slowCall
        self.minimumCalls = min(max(minimumCalls, 1), 10_000)
        self.openFor = min(max(openFor, .milliseconds(1)), .seconds(86_400))
        self.halfOpenCalls = min(max(halfOpenCalls, 1), 1000)
        self.maxConcurrent = min(max(maxConcurrent, 1), 10_000)
        self.retryBudget = retryBudget
        self.rate = rate
        self.force = force
    }

    /// The least number of calls that can open the breaker: a window smaller than `minimumCalls` would never be full enough.
    var callsNeeded: Int {
        switch window {
        case .calls(let count): min(minimumCalls, count)
        case .duration: minimumCalls
        }
    }
}
