/// A small table held in memory, for `lookup`.
///
/// Cells are text: a key matches when its bytes are equal, whatever the column's type.
public struct LookupTable: Sendable {
    public let columns: [String]
    /// By row, then by column; nil: null. A null matches nothing.
    public let rows: [[String?]]

    public init(columns: [String], rows: [[String?]]) {
        self.columns = columns
        self.rows = rows
    }
}
