import Store

/// What one list request gets.
struct ListPage: Sendable {
    let revision: Int64
    let items: [StoredObject]
    /// The continue token; nil on the last page.
    let next: String?
    /// How many come after this page; nil when unknown or none.
    let remaining: Int?
}
