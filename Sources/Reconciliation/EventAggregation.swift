import Kernel

/// What an Event is about.
struct EventSubject: Sendable, Hashable {
    let apiVersion: String
    let kind: String
    let name: NamespacedName
    let uid: String
    let resourceVersion: String

    /// An Event stands in the namespace of its subject; of what has none, in `default`.
    var namespace: String { name.namespace.isEmpty ? "default" : name.namespace }

    static func == (a: EventSubject, b: EventSubject) -> Bool { (a.apiVersion, a.kind, a.name, a.uid) == (b.apiVersion, b.kind, b.name, b.uid) }
    func hash(into hasher: inout Hasher) {
        hasher.combine(kind)
        hasher.combine(name)
        hasher.combine(uid)
    }
}

/// One Event, as often as it happened.
struct AggregatedEvent: Sendable, Equatable {
    let subject: EventSubject
    let note: EventNote
    let first: Timestamp
    var last: Timestamp
    var count: Int64
    /// Tells apart what began at the same moment.
    let sequence: Int64

    func json(component: String, instance: String) -> JSON {
        let name = subject.name.name.isEmpty ? "unnamed" : subject.name.name
        let stamp = String(UInt64(bitPattern: first.seconds &* 1_000_000_000 &+ Int64(first.nanoseconds) &+ sequence), radix: 16)
        return [
            "apiVersion": "v1", "kind": "Event",
            "metadata": ["name": .string("\(name.prefix(230)).\(stamp)"), "namespace": .string(subject.namespace)],
            "involvedObject": [
                "apiVersion": .string(subject.apiVersion), "kind": .string(subject.kind), "namespace": .string(subject.name.namespace),
                "name": .string(subject.name.name), "uid": .string(subject.uid), "resourceVersion": .string(subject.resourceVersion),
            ],
            "type": .string(note.kind.rawValue), "reason": .string(note.reason), "message": .string(note.message), "count": .int(count),
            "firstTimestamp": .string(first.rfc3339), "lastTimestamp": .string(last.rfc3339), "source": ["component": .string(component)],
            "reportingComponent": .string(component), "reportingInstance": .string(instance),
        ]
    }
}

/// Decides which notes become Events, which become counts of earlier ones, and which are too many. A value; `EventRecorder` is its shell.
struct EventAggregation: Sendable {
    /// The same note about the same object.
    struct Identity: Sendable, Hashable {
        let subject: EventSubject
        let kind: String
        let reason: String
        let message: String
    }

    enum Sending: Sendable, Equatable {
        case create(Identity, AggregatedEvent)
        case update(Identity, NamespacedName, AggregatedEvent)
    }

    private struct Record {
        var event: AggregatedEvent
        /// The name on the server, once it is there.
        var name: NamespacedName?
        var isQueued: Bool
        var lastUse: MonotonicInstant
    }

    /// Tokens of one object: as client-go's spam filter, a burst of 25 and then one every five minutes.
    private struct Allowance {
        var tokens: Double
        var at: MonotonicInstant
    }

    /// Kubernetes refuses longer ones.
    static let longestMessage = 1024
    static let maximumRecords = 2000
    static let burst = 25.0
    static let refill: Duration = .seconds(300)
    /// An Event that comes again after that is a new one.
    static let window: Duration = .seconds(600)

    private var records: [Identity: Record] = [:]
    private var allowances: [EventSubject: Allowance] = [:]
    private var queue = FIFO<Identity>()
    private var made: Int64 = 0

    /// False when there are too many about this object.
    mutating func add(_ note: EventNote, about subject: EventSubject, now: Timestamp, monotonic: MonotonicInstant) -> Bool {
        var note = note
        if note.message.utf8.count > Self.longestMessage { note.message = Self.shortened(note.message) }
        let identity = Identity(subject: subject, kind: note.kind.rawValue, reason: note.reason, message: note.message)
        guard allow(subject, monotonic) else { return false }
        if var record = records[identity], monotonic - record.lastUse < Self.window {
            record.event.count += 1
            record.event.last = now
            record.lastUse = monotonic
            if !record.isQueued {
                record.isQueued = true
                queue.append(identity)
            }
            records[identity] = record
            return true
        }
        sweep(monotonic)
        guard records.count < Self.maximumRecords else { return false }
        made += 1
        records[identity] = Record(
            event: AggregatedEvent(subject: subject, note: note, first: now, last: now, count: 1, sequence: made), name: nil, isQueued: true, lastUse: monotonic)
        queue.append(identity)
        return true
    }

    /// The next thing to send.
    mutating func next() -> Sending? {
        while let identity = queue.removeFirst() {
            guard let record = records[identity], record.isQueued else { continue }
            records[identity]?.isQueued = false
            if let name = record.name { return .update(identity, name, record.event) }
            return .create(identity, record.event)
        }
        return nil
    }

    mutating func created(_ identity: Identity, as name: NamespacedName) { records[identity]?.name = name }
    mutating func forget(_ identity: Identity) { records[identity] = nil }

    private mutating func allow(_ subject: EventSubject, _ now: MonotonicInstant) -> Bool {
        if allowances.count >= Self.maximumRecords, allowances[subject] == nil {
            allowances = allowances.filter { now - $0.value.at < Self.refill * 25 }
            if allowances.count >= Self.maximumRecords { return false }
        }
        var allowance = allowances[subject] ?? Allowance(tokens: Self.burst, at: now)
        allowance.tokens = min(Self.burst, allowance.tokens + (now - allowance.at).inSeconds / Self.refill.inSeconds)
        allowance.at = now
        defer { allowances[subject] = allowance }
        guard allowance.tokens >= 1 else { return false }
        allowance.tokens -= 1
        return true
    }

    private mutating func sweep(_ now: MonotonicInstant) {
        guard records.count >= Self.maximumRecords / 2 else { return }
        records = records.filter { $0.value.isQueued || now - $0.value.lastUse < Self.window }
    }

    private static func shortened(_ text: String) -> String {
        var short = ""
        for character in text {
            if short.utf8.count + character.utf8.count > longestMessage - 3 { break }
            short.append(character)
        }
        return short + "…"
    }
}
