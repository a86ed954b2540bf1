import Kernel
import RowSteps
import Rows

/// Where a run's rows come from.
///
/// Used by one thread at a time. Everything it gives depends on the input and the position alone, so that reading from a position
/// again gives the same rows; batch boundaries may differ.
public protocol RowSource: AnyObject {
    /// What each row has; known after `open`.
    var columns: [StepColumn] { get }
    /// Bytes of all inputs, when it is known; for progress.
    var bytesTotal: Int64? { get }
    /// Bytes read so far.
    var bytesRead: Int64 { get }
    /// The names of the inputs, in the order of `RowBatch.file`, for messages; known after `open`.
    var fileNames: [String] { get }

    /// What a person should know of the inputs opened so far although they can be read: how columns are called whose names stand twice.
    var warnings: [PipelineProblem] { get }

    /// Begins reading, at the start or at a position that `position` gave; called again after `close` when the run is tried again.
    ///
    /// - Throws: also when the input is no longer the one the position was taken in.
    func open(at position: [UInt8]?) throws(PipelineProblem)

    /// Fills the batch with the next rows; false when there are none left.
    func read(into batch: RowBatch) throws(PipelineProblem) -> Bool

    /// Where the next row starts.
    func position() throws(PipelineProblem) -> [UInt8]

    /// The inputs as they were read, for lineage: hashes are complete after the last row.
    func inputs() -> [InputSummary]

    func close()
}

extension RowSource {
    public var warnings: [PipelineProblem] { [] }
}

/// One input as the run read it.
public struct InputSummary: Sendable, Equatable {
    public var path: String
    public var bytes: Int64
    /// `xxh3:` and 16 hexadecimal digits; nil when it wasn't read whole.
    public var hash: String?
    /// `sha256:` and 64 hexadecimal digits, where it is asked for and the file is whole.
    public var sha256: String?

    public init(path: String, bytes: Int64, hash: String? = nil, sha256: String? = nil) {
        self.path = path
        self.bytes = bytes
        self.hash = hash
        self.sha256 = sha256
    }

    public var json: JSON {
        var object = JSONObject()
        object["path"] = .string(path)
        object["bytes"] = .int(bytes)
        if let hash { object["hash"] = .string(hash) }
        if let sha256 { object["sha256"] = .string(sha256) }
        return .object(object)
    }
}
