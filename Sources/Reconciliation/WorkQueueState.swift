import Kernel
import Resilience

/// Decides which key gets a pass, and when. A value: no clock, no lock, no chance of its own; `WorkQueue` is its shell.
///
/// Guarantees:
/// - A key is never in two passes at once. What happens to it during a pass makes one more pass due after it, however often it happens.
/// - Nothing is lost: after `add` there is a pass that begins later than the `add`.
/// - First come, first served; changes go before resyncs, but one resync gets in after every `changesPerResync` changes.
/// - A failing key waits with exponential backoff of its own and holds up nobody. A change brings its next pass forward, yet two passes of a failing
///   key never begin closer together than `minimumGap`: whatever the world does, there is no hot loop.
public struct WorkQueueState<Key: Hashable & Sendable>: Sendable {
    public struct Settings: Sendable {
        public var backoff: Backoff
        /// Between the beginnings of two passes of a key that fails.
        public var minimumGap: Duration
        public var changesPerResync: Int
        /// Passes running at the same time, over all keys.
        public var concurrency: Int
        /// Passes of one key that may follow one another at once (`again(after: .zero)`) before that counts as failing.
        public var immediateRepeats: Int

        public init(
            backoff: Backoff = Backoff(initial: .seconds(1), factor: 2, cap: .seconds(120), jitter: .equal), minimumGap: Duration = .seconds(1),
            changesPerResync: Int = 16, concurrency: Int = 4, immediateRepeats: Int = 10
        ) {
            self.backoff = backoff
            self.minimumGap = minimumGap
            self.changesPerResync = max(changesPerResync, 1)
            self.concurrency = max(concurrency, 1)
            self.immediateRepeats = max(immediateRepeats, 1)
        }
    }

    /// The right to run one pass over a key; `finish` gives it back.
    public struct Ticket: Sendable, Equatable {
        public let key: Key
        public let cause: PassCause
        /// Failed passes in a row before this one.
        public let failures: Int
        /// How long the key stood in line, its own delays not counted.
        public let waited: Duration
    }

    private enum Phase {
        /// In a lane, at `order`; a place in a lane with another order is void.
        case queued(PassCause, order: UInt64, since: MonotonicInstant)
        /// In `delayed`, at `order`. `failing`: the delay is backoff.
        case delayed(PassCause, order: UInt64, until: MonotonicInstant, failing: Bool)
        case running(PassCause, pending: PassCause?)
    }

    private struct Entry {
        var phase: Phase
        var failures = 0
        var isFailing = false
        var repeats = 0
        var started: MonotonicInstant?
    }

    private struct Place {
        let key: Key
        let order: UInt64
    }

    public let settings: Settings
    private var entries: [Key: Entry] = [:]
    private var changes = FIFO<Place>()
    private var resyncs = FIFO<Place>()
    private var delayed = TimerHeap<Place>()
    private var order: UInt64 = 0
    private var changesInARow = 0
    public private(set) var running = 0
    private var queuedCount = 0

    public init(_ settings: Settings = Settings()) { self.settings = settings }

    /// Keys waiting for a pass now.
    public var depth: Int { queuedCount }
    /// Keys in line, delayed or in a pass.
    public var count: Int { entries.count }

    /// Something happened to the key.
    public mutating func add(_ key: Key, cause: PassCause, now: MonotonicInstant) {
        guard var entry = entries[key] else {
            entries[key] = Entry(phase: enqueued(key, cause, now))
            return
        }
        switch entry.phase {
        case .running(let current, let pending):
            entry.phase = .running(current, pending: max(pending ?? cause, cause))
        case .queued(let current, _, let since):
            guard cause > current else { return }
            // Only a resync that becomes a change moves to the other lane; everything else keeps its place.
            if current == .resync {
                queuedCount -= 1
                entry.phase = enqueued(key, cause, since)
            } else if case .queued(_, let order, _) = entry.phase {
                entry.phase = .queued(cause, order: order, since: since)
            }
        case .delayed(let current, let order, let until, let failing):
            let strongest = max(current, cause)
            guard failing else {
                entry.phase = enqueued(key, strongest, now)
                break
            }
            if cause == .object { entry.failures = 0 }
            let soonest = max(now, (entry.started ?? now) + settings.minimumGap)
            if cause.bringsForward, soonest < until {
                entry.phase = soonest <= now ? enqueued(key, strongest, now) : postponed(key, strongest, until: soonest, failing: true)
            } else {
                entry.phase = .delayed(strongest, order: order, until: until, failing: true)
            }
        }
        entries[key] = entry
    }

    /// Something is due for the key at that time; a pass before then takes its place.
    public mutating func add(_ key: Key, cause: PassCause, at due: MonotonicInstant, now: MonotonicInstant) {
        guard due > now else { return add(key, cause: cause, now: now) }
        guard let entry = entries[key] else {
            entries[key] = Entry(phase: postponed(key, cause, until: due, failing: false))
            return
        }
        if case .delayed(let current, _, let until, false) = entry.phase, due < until {
            let phase = postponed(key, max(current, cause), until: due, failing: false)
            entries[key]?.phase = phase
        }
    }

    /// The next pass to run now, if there is one and fewer than `concurrency` run.
    public mutating func take(now: MonotonicInstant) -> Ticket? {
        advance(now: now)
        guard running < settings.concurrency, let key = nextKey(), var entry = entries[key], case .queued(let cause, _, let since) = entry.phase
        else { return nil }
        entry.phase = .running(cause, pending: nil)
        entry.started = now
        entries[key] = entry
        queuedCount -= 1
        running += 1
        return Ticket(key: key, cause: cause, failures: entry.failures, waited: max(now - since, .zero))
    }

    /// Puts every delayed key that is due in line; afterwards `nextDue` lies in the future.
    public mutating func advance(now: MonotonicInstant) {
        while let due = nextDue(), due <= now, let place = delayed.removeFirst() {
            guard case .delayed(let cause, _, let until, _) = entries[place.key]?.phase else { continue }
            let phase = enqueued(place.key, cause, until)
            entries[place.key]?.phase = phase
        }
    }

    /// When `take` can give something that it doesn't give now, unless something is added or finished before; nil when never.
    public mutating func nextDue() -> MonotonicInstant? {
        while let first = delayed.first {
            if isCurrent(first.value) { return first.due }
            delayed.removeFirst()
        }
        return nil
    }

    /// The pass is over. Returns the delay until the key's next pass, nil when there is none due.
    @discardableResult
    public mutating func finish(
        _ ticket: Ticket, _ result: PassResult, now: MonotonicInstant, using generator: inout some RandomNumberGenerator
    ) -> Duration? {
        guard var entry = entries[ticket.key], case .running(let cause, let pending) = entry.phase else { return nil }
        running -= 1
        let wasRepeat = result == .again(after: .zero)
        entry.repeats = wasRepeat ? min(entry.repeats + 1, 1 << 20) : 0
        var result = result
        if wasRepeat, entry.repeats > settings.immediateRepeats { result = .retry("the same pass again and again without getting anywhere") }

        let due: MonotonicInstant?
        switch result {
        case .settled, .stalled:
            (entry.failures, entry.isFailing) = (0, false)
            due = pending == nil ? nil : now
        case .again(let after):
            (entry.failures, entry.isFailing) = (0, false)
            due = pending == nil ? now + max(after, .zero) : now
        case .retry:
            entry.failures = pending == .object ? 1 : min(entry.failures + 1, 1 << 20)
            entry.isFailing = true
            let delay = max(settings.backoff.delay(failures: entry.failures, using: &generator), settings.minimumGap)
            due = pending?.bringsForward == true ? sooner(now + delay, entry, now) : now + delay
        case .retryAfter(let after, _):
            entry.isFailing = true
            entry.failures = max(entry.failures, 1)
            // Many keys wait for the same breaker: not all of them at the same instant.
            let spread = Duration.nanoseconds(Int64.random(in: 0...max(after.wholeNanoseconds / 10, 1), using: &generator))
            let delay = max(after + spread, settings.minimumGap)
            due = pending == .object ? sooner(now + delay, entry, now) : now + delay
        case .cancelled:
            entry.isFailing = true
            due = sooner(now + settings.minimumGap, entry, now)
        }

        guard let due else {
            entries[ticket.key] = nil
            return nil
        }
        let next: PassCause
        if let pending { next = pending } else if case .cancelled = result { next = cause } else { next = .timer }
        entry.phase = due <= now ? enqueued(ticket.key, next, now) : postponed(ticket.key, next, until: due, failing: entry.isFailing)
        entries[ticket.key] = entry
        return max(due - now, .zero)
    }

    /// The pass could not begin (the cache is older than our own last write): the key waits for a change, at most that long.
    public mutating func postpone(_ ticket: Ticket, by delay: Duration, now: MonotonicInstant) {
        guard var entry = entries[ticket.key], case .running(let cause, let pending) = entry.phase else { return }
        running -= 1
        let next = max(cause, pending ?? cause)
        entry.phase = pending == nil ? postponed(ticket.key, next, until: now + delay, failing: false) : enqueued(ticket.key, next, now)
        entries[ticket.key] = entry
    }

    // MARK: Parts

    private func sooner(_ due: MonotonicInstant, _ entry: Entry, _ now: MonotonicInstant) -> MonotonicInstant {
        min(due, max(now, (entry.started ?? now) + settings.minimumGap))
    }

    private mutating func enqueued(_ key: Key, _ cause: PassCause, _ since: MonotonicInstant) -> Phase {
        order += 1
        queuedCount += 1
        if cause == .resync { resyncs.append(Place(key: key, order: order)) } else { changes.append(Place(key: key, order: order)) }
        return .queued(cause, order: order, since: since)
    }

    private mutating func postponed(_ key: Key, _ cause: PassCause, until due: MonotonicInstant, failing: Bool) -> Phase {
        order += 1
        // Void places go by themselves when they come due; before they pile up they are swept.
        if delayed.count > 2 * entries.count + 64 {
            let entries = entries
            delayed.keep(where: { Self.isCurrent($0, entries) })
        }
        delayed.insert(Place(key: key, order: order), due: due)
        return .delayed(cause, order: order, until: due, failing: failing)
    }

    private func isCurrent(_ place: Place) -> Bool { Self.isCurrent(place, entries) }

    private static func isCurrent(_ place: Place, _ entries: [Key: Entry]) -> Bool {
        switch entries[place.key]?.phase {
        case .queued(_, let order, _), .delayed(_, let order, _, _): order == place.order
        case .running, nil: false
        }
    }

    private mutating func nextKey() -> Key? {
        if changesInARow >= settings.changesPerResync, let key = first(of: \.resyncs) {
            changesInARow = 0
            return key
        }
        if let key = first(of: \.changes) {
            changesInARow += 1
            return key
        }
        changesInARow = 0
        return first(of: \.resyncs)
    }

    private mutating func first(of lane: WritableKeyPath<Self, FIFO<Place>>) -> Key? {
        while let place = self[keyPath: lane].removeFirst() {
            if isCurrent(place) { return place.key }
        }
        return nil
    }
}
