/// The rows that an earlier run rejected, to be run again.
public struct DeadLetterRows: Sendable, Equatable {
    /// Its file of dead letters.
    public var path: String
    /// What that run said the file hashes to; nil: it isn't checked.
    public var hash: String?
    /// The columns of the input as that run found them.
    public var columns: [String]
    /// The rows are bytes as the input had them, in the encoding that is declared now; false: they are UTF-8.
    public var isUndecoded: Bool

    public init(path: String, hash: String? = nil, columns: [String], isUndecoded: Bool = false) {
        self.path = path
        self.hash = hash
        self.columns = columns
        self.isUndecoded = isUndecoded
    }
}
