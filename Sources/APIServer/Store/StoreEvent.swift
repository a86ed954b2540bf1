/// One change that happened, as a watch sees it.
public struct StoreEvent: Sendable {
    public enum Kind: Sendable, Equatable { case added, modified, deleted }

    public let kind: Kind
    /// The new state; of a deletion the last state, with the deletion's revision in it.
    public let object: StoredObject
    /// The state before: nil of `added` alone.
    public let previous: StoredObject?

    public var revision: Int64 { object.revision }
}
