/// Why the store did not do what was asked. Of an error nothing was changed, except where `unavailable` says otherwise in its text.
public enum StoreError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Precondition `absent`: it exists.
    case exists
    /// Precondition `revision`: it exists at another one, `current`.
    case conflict(current: Int64)
    /// Precondition `revision`: it doesn't exist.
    case missing
    /// The value is larger than `limit` bytes.
    case tooLarge(limit: Int)
    /// Events that the watch or the list needs are no longer kept; relist, and watch from the list's revision. Revisions
    /// from `oldest` on can be asked for.
    case compacted(oldest: Int64)
    /// The database can't be reached or didn't answer in time. The text says what happened and what to do.
    case unavailable(String)
    /// The write makes no sense; the text says why.
    case invalid(String)
    /// The caller's task was cancelled, or the watch was.
    case cancelled

    public var description: String {
        switch self {
        case .exists: "the object exists already"
        case .conflict(let current): "the object was changed meanwhile; it is at revision \(current): read it again and repeat"
        case .missing: "the object does not exist"
        case .tooLarge(let limit): "the object is larger than \(limit) bytes; make it smaller or split it"
        case .compacted(let oldest): "the revision is too old, events are kept from \(oldest) on; list again and watch from there"
        case .unavailable(let message), .invalid(let message): message
        case .cancelled: "cancelled"
        }
    }
}
