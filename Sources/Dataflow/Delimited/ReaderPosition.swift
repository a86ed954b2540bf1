/// Where a reader stands between two rows: enough to go on from there in another process.
public struct ReaderPosition: Sendable, Hashable {
    /// Which of the inputs, from 0; the count of inputs when all are read.
    public var file: Int
    /// Where the next row starts: bytes of the decompressed input.
    public var offset: Int64
    /// The number of the next row in its file, from 1.
    public var rowNumber: Int64
    /// The number of the next row over all files, from 1.
    public var ordinal: Int64
    /// What of the file was read so far, as it stands on the disk: a changed file is noticed. nil before the first byte.
    public var fingerprint: Fingerprint?
    /// The files before this one, as they were read.
    public var finished: [Fingerprint]

    /// The first so many bytes of a file and their XXH3.
    public struct Fingerprint: Sendable, Hashable {
        public var bytes: Int64
        public var hash: UInt64
        /// Of a whole file, where it is asked for.
        public var sha256: [UInt8]?

        public init(bytes: Int64, hash: UInt64, sha256: [UInt8]? = nil) {
            self.bytes = bytes
            self.hash = hash
            self.sha256 = sha256
        }

        /// `sha256:` and 64 hexadecimal digits.
        public var sha256Text: String? { sha256.map(ContentHash.text) }
    }

    public init(
        file: Int = 0, offset: Int64 = 0, rowNumber: Int64 = 1, ordinal: Int64 = 1, fingerprint: Fingerprint? = nil, finished: [Fingerprint] = []
    ) {
        self.file = file
        self.offset = offset
        self.rowNumber = rowNumber
        self.ordinal = ordinal
        self.fingerprint = fingerprint
        self.finished = finished
    }
}
