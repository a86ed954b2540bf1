import Kernel

/// Who holds a Lease, as its document says.
struct LeaseRecord: Sendable, Equatable {
    var holder: String
    var duration: Duration
    /// As written by the holder's clock: compared for change only, never with ours.
    var renewTime: String
    var transitions: Int64

    init(_ json: JSON) {
        let spec = json["spec"]
        holder = spec?["holderIdentity"]?.string ?? ""
        duration = .seconds(min(max(spec?["leaseDurationSeconds"]?.int ?? 0, 0), 3600))
        renewTime = spec?["renewTime"]?.string ?? ""
        transitions = spec?["leaseTransitions"]?.int ?? 0
    }
}

/// Decides what a candidate for a lease does next. A value; `LeaderLease` is its shell.
///
/// Safe against skewed clocks: another's lease counts as over only when its document hasn't changed for the whole duration by our own monotonic
/// clock, and our own hold ends `renewDeadline` after the *beginning* of the last renewal that succeeded, which is sooner. So, as long as
/// the clocks run at about the same speed, two never hold it at the same time.
struct LeaseState: Sendable {
    enum Step: Sendable, Equatable {
        /// Nobody has it, or the document isn't there: take it.
        case acquire(transitions: Int64)
        case renew(transitions: Int64)
        /// Somebody else has it.
        case wait
    }

    let identity: String
    let settings: LeaderLease.Settings
    private var seen: LeaseRecord?
    private var seenSince: MonotonicInstant?
    private var renewed: MonotonicInstant?

    init(identity: String, settings: LeaderLease.Settings) {
        self.identity = identity
        self.settings = settings
    }

    /// Whether we hold it at that time.
    func isHeld(at now: MonotonicInstant) -> Bool { renewed.map { now - $0 < settings.renewDeadline } ?? false }

    /// When our hold ends unless it is renewed; nil while we don't hold it.
    var heldUntil: MonotonicInstant? { renewed.map { $0 + settings.renewDeadline } }

    /// - Parameter record: as just read; nil when there is no document.
    mutating func decide(_ record: LeaseRecord?, now: MonotonicInstant) -> Step {
        guard let record else {
            (seen, seenSince) = (nil, nil)
            return .acquire(transitions: 0)
        }
        if record != seen { (seen, seenSince) = (record, now) }
        if record.holder == identity { return .renew(transitions: record.transitions) }
        // Somebody else holds it, whatever we thought.
        renewed = nil
        if record.holder.isEmpty { return .acquire(transitions: record.transitions + 1) }
        guard let since = seenSince, now - since >= max(record.duration, settings.duration) else { return .wait }
        return .acquire(transitions: record.transitions + 1)
    }

    /// Our write succeeded; it began at that time.
    mutating func succeeded(begunAt begin: MonotonicInstant) { renewed = begin }

    /// The server said that it is no longer ours, or we gave it back.
    mutating func lost() { renewed = nil }
}
