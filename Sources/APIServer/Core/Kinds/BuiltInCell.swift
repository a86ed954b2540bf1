import Kernel

/// A table cell that a JSON path can't give: counts, joined lists, the age of an Event.
public enum BuiltInCell: String, Sendable {
    /// metadata.creationTimestamp as RFC 3339, not as an age.
    case createdAt
    /// How many entries `data` and `binaryData` have together.
    case dataCount
    /// How many `secrets` a ServiceAccount lists.
    case secretCount
    /// `ROLE`: `Role/name`.
    case roleReference
    case bindingUsers, bindingGroups, bindingServiceAccounts
    /// `kind/name` of the object that an Event is about.
    case eventObject
    case eventSource, eventSubobject, eventFirstSeen, eventLastSeen, eventCount, eventMessage
}
