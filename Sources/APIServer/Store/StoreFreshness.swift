/// How far what is read can be trusted to be the latest.
public enum StoreFreshness: Sendable, Equatable {
    /// Following the database.
    case current
    /// The database is away; reads answer what was true when it went. The text says why, for a person.
    case stale(reason: String)
}
