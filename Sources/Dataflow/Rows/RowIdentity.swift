/// Where a row came from, for rows that were taken out of their order.
public struct RowIdentity: Sendable, Hashable {
    /// Which of the input's files, from 0.
    public var file: Int
    /// Its number in that file, from 1.
    public var number: Int64
    /// Its number over all files, from 1.
    public var ordinal: Int64
    /// Where it starts in the file as it came, in bytes.
    public var offset: Int64

    public init(file: Int, number: Int64, ordinal: Int64, offset: Int64) {
        self.file = file
        self.number = number
        self.ordinal = ordinal
        self.offset = offset
    }
}
