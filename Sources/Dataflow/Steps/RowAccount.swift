import Kernel

/// Where every row went: nothing enters or leaves a run without being counted here.
public struct RowAccount: Sendable, Equatable {
    /// Rows the source gave, malformed ones included.
    public var read: Int64 = 0
    /// Rows a step made beyond one for one: a script that returned several, or sent a row and returned one as well.
    public var added: Int64 = 0
    /// Rows written to outputs.
    public var written: Int64 = 0
    /// Rows a filter, a script or `deduplicate` left out on purpose.
    public var filtered: Int64 = 0
    /// Rows that went into an aggregate's groups, less the groups it gave.
    public var merged: Int64 = 0
    public var deadLettered: Int64 = 0
    /// Rows left out by policy Skip.
    public var skipped: Int64 = 0
    /// Cells made null by policy SetNull; the row itself went on.
    public var nulled: Int64 = 0

    public init() {}

    /// What leaves the run without being written because of an error.
    public var rejected: Int64 { deadLettered + skipped }

    /// rows in = out + filtered + dead letters. Rows that a script added count as in, those an aggregate merged as filtered,
    /// skipped ones as rejected.
    public var isBalanced: Bool { read + added == written + filtered + merged + deadLettered + skipped }

    public static func + (a: RowAccount, b: RowAccount) -> RowAccount {
        var sum = RowAccount()
        for field in RowAccount.fields { sum[keyPath: field.path] = a[keyPath: field.path] + b[keyPath: field.path] }
        return sum
    }

    public static func += (a: inout RowAccount, b: RowAccount) { a = a + b }

    /// The names as status, reports and metrics have them, in their order.
    private static let fields: [(name: String, path: WritableKeyPath<RowAccount, Int64> & Sendable)] = [
        ("rowsRead", \.read), ("rowsAdded", \.added), ("rowsWritten", \.written), ("rowsFiltered", \.filtered), ("rowsMerged", \.merged),
        ("rowsDeadLettered", \.deadLettered), ("rowsSkipped", \.skipped), ("cellsNulled", \.nulled),
    ]

    public var json: JSON {
        var object = JSONObject()
        for field in Self.fields { object[field.name] = .int(self[keyPath: field.path]) }
        return .object(object)
    }

    public func write(to writer: inout StateWriter) {
        for field in Self.fields { writer.put(self[keyPath: field.path]) }
    }

    public init(from reader: inout StateReader) throws(StateReader.Malformed) {
        for field in Self.fields { self[keyPath: field.path] = try reader.int64() }
    }
}
