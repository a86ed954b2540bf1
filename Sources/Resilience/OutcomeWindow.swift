import Kernel

/// How many calls there were, and how many of them failed or were slow. A call may be both.
public struct CallTally: Sendable, Equatable {
    public var calls = 0
    public var failures = 0
    public var slow = 0

    public init(calls: Int = 0, failures: Int = 0, slow: Int = 0) {
        self.calls = calls
        self.failures = failures
        self.slow = slow
    }

    mutating func add(failed: Bool, slow isSlow: Bool) {
        calls += 1
        if failed { failures += 1 }
        if isSlow { slow += 1 }
    }

    /// Rates compared in whole numbers: at or above the threshold.
    func reachesFailureRate(_ percent: Int) -> Bool { calls > 0 && failures * 100 >= percent * calls }
    func reachesSlowRate(_ percent: Int) -> Bool { calls > 0 && slow * 100 >= percent * calls }
}

/// The recent calls that a breaker's rates are taken over: the last N, or those of the last while. Bounded in memory.
public struct OutcomeWindow: Sendable, Equatable {
    private enum Storage: Sendable, Equatable {
        case calls(CallRing)
        case duration(TimeRing)
    }

    private var storage: Storage

    public init(_ window: BreakerSettings.Window) {
        switch window {
        case .calls(let count): storage = .calls(CallRing(capacity: count))
        case .duration(let span): storage = .duration(TimeRing(span: span))
        }
    }

    public mutating func record(failed: Bool, slow: Bool, now: MonotonicInstant) {
        switch storage {
        case .calls(var ring):
            storage = .calls(CallRing(capacity: 1))  // gives up this copy, so that the ring changes in place
            ring.record(failed: failed, slow: slow)
            storage = .calls(ring)
        case .duration(var ring):
            ring.record(failed: failed, slow: slow, now: now)
            storage = .duration(ring)
        }
    }

    public func tally(now: MonotonicInstant) -> CallTally {
        switch storage {
        case .calls(let ring): ring.tally
        case .duration(let ring): ring.tally(now: now)
        }
    }
}

/// The last `capacity` calls.
struct CallRing: Sendable, Equatable {
    private static let failed: UInt8 = 1
    private static let slow: UInt8 = 2

    private var marks: [UInt8] = []
    private var next = 0
    private let capacity: Int
    private(set) var tally = CallTally()

    init(capacity: Int) { self.capacity = max(capacity, 1) }

    mutating func record(failed: Bool, slow: Bool) {
        let mark = (failed ? Self.failed : 0) | (slow ? Self.slow : 0)
        if marks.count < capacity {
            marks.append(mark)
        } else {
            let oldest = marks[next]
            tally.calls -= 1
            if oldest & Self.failed != 0 { tally.failures -= 1 }
            if oldest & Self.slow != 0 { tally.slow -= 1 }
            marks[next] = mark
            next = (next + 1) % capacity
        }
        tally.add(failed: failed, slow: slow)
    }
}

/// The calls of the last `span`, in ten buckets: a call is forgotten between nine and ten tenths of the span after it was made.
struct TimeRing: Sendable, Equatable {
    private static let buckets = 10

    private let bucketNanoseconds: Int64
    private var tallies = [CallTally](repeating: CallTally(), count: buckets)
    /// The number, counted from the clock's origin, of the newest bucket.
    private var newest: Int64?

    init(span: Duration) { bucketNanoseconds = max(span.wholeNanoseconds / Int64(Self.buckets), 1) }

    mutating func record(failed: Bool, slow: Bool, now: MonotonicInstant) {
        let number = Self.number(of: now, bucketNanoseconds)
        if let last = newest, number > last {
            if number - last >= Int64(Self.buckets) {
                tallies = [CallTally](repeating: CallTally(), count: Self.buckets)
            } else {
                for expired in last + 1...number { tallies[Self.slot(expired)] = CallTally() }
            }
        }
        let current = max(number, newest ?? number)
        newest = current
        tallies[Self.slot(current)].add(failed: failed, slow: slow)
    }

    func tally(now: MonotonicInstant) -> CallTally {
        guard let newest else { return CallTally() }
        let number = max(Self.number(of: now, bucketNanoseconds), newest)
        var sum = CallTally()
        let oldest = number - Int64(Self.buckets) + 1
        guard oldest <= newest else { return sum }
        for bucket in max(oldest, newest - Int64(Self.buckets) + 1)...newest {
            let tally = tallies[Self.slot(bucket)]
            sum.calls += tally.calls
            sum.failures += tally.failures
            sum.slow += tally.slow
        }
        return sum
    }

    private static func number(of now: MonotonicInstant, _ width: Int64) -> Int64 { now.nanoseconds / width }
    private static func slot(_ number: Int64) -> Int { Int(((number % Int64(buckets)) + Int64(buckets)) % Int64(buckets)) }
}
