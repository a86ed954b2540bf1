/// One SQL statement with its parameters, `$1` and on.
public struct PostgresStatement: Sendable {
    public let sql: String
    public let parameters: [PostgresValue]
    /// Whether the server keeps its parsed form for the next time: for the fixed texts of hot paths.
    public let isPrepared: Bool

    public init(_ sql: String, _ parameters: [PostgresValue] = [], isPrepared: Bool = false) {
        self.sql = sql
        self.parameters = parameters
        self.isPrepared = isPrepared
    }
}
