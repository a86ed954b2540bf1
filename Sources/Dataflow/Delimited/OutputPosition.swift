/// Where a file being written stands: enough to go on from there in another process.
public struct OutputPosition: Sendable, Hashable {
    /// Bytes in the file.
    public var bytes: Int64
    /// Their XXH3.
    public var hash: UInt64
    /// Of a compressed file: what was written behind the last whole frame, uncompressed; below 512 KiB plus a row.
    public var waiting: [UInt8]

    public init(bytes: Int64, hash: UInt64, waiting: [UInt8] = []) {
        self.bytes = bytes
        self.hash = hash
        self.waiting = waiting
    }
}
