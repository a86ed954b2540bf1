import Rows

/// A batch on its way through the steps, with what they noted about its rows.
///
/// `@unchecked Sendable`: like its batch it has one owner at a time and is handed on whole; nobody keeps a reference to a packet that
/// was handed on.
public final class RowPacket: @unchecked Sendable {
    public var batch: RowBatch
    /// The place in the order of packets; the engine sets it.
    public var sequence: Int64 = 0
    /// For each row of the batch the index of the output it goes to; nil: all go to the first.
    public var routes: [UInt16]?
    /// Rows that were rejected since the source, in the order of the steps.
    public private(set) var rejections: [RowRejection] = []
    /// Changes to the run's books by this packet; `reject` keeps its part itself, the engine counts what was read and written.
    public var account = RowAccount()
    /// Cells that became null by policy, the first few of them.
    public private(set) var warnings: [PipelineProblem] = []
    /// The names of the inputs, by `RowBatch.file`; the engine sets them, so that problems can say them.
    public var fileNames: [String] = []
    /// Bytes of input up to the packet's last row; the engine sets it, for progress.
    public var bytesRead: Int64 = 0
    /// Lines that a script logged.
    public var log: [String] = []
    /// What the source and each step did with its rows, in their order; the engine notes it.
    public var passages: [StepPassage] = []

    public static let warningLimit = 10

    public init(_ batch: RowBatch) { self.batch = batch }

    /// Takes a selected row out of the run.
    ///
    /// Deselecting is the caller's, who does it for all rejected rows of the batch at once (`RowBatch.filter`).
    /// - Parameters:
    ///   - rule: a word for reports: `Required`, `Type`, `Constraint`, ….
    ///   - policy: `fail` throws the problem, as fatal; `null` is no way to reject a row and counts as `deadLetter`.
    public func reject(row: Int, rule: String, policy: ErrorPolicy, _ problem: PipelineProblem) throws(PipelineProblem) {
        let placed = problem.at(file: fileName(row), row: batch.rowNumber(row), byte: batch.inputOffset(row))
        if policy == .fail {
            var fatal = placed
            fatal.severity = .fatal
            throw fatal
        }
        if policy == .skip { account.skipped += 1 } else { account.deadLettered += 1 }
        rejections.append(
            RowRejection(
                file: batch.file(of: row), row: batch.rowNumber(row), ordinal: batch.ordinal(row), byte: batch.inputOffset(row), rule: rule,
                isKept: policy != .skip, problem: placed, original: Array(batch.original(row))))
    }

    private func fileName(_ row: Int) -> String? {
        let file = batch.file(of: row)
        return fileNames.indices.contains(file) ? fileNames[file] : nil
    }

    /// A cell became null by policy SetNull.
    public func noteNulled(row: Int, _ problem: @autoclosure () -> PipelineProblem) {
        account.nulled += 1
        guard warnings.count < Self.warningLimit else { return }
        var warning = problem().at(file: fileName(row), row: batch.rowNumber(row), byte: batch.inputOffset(row))
        warning.severity = .warning
        warnings.append(warning)
    }
}

/// What a step did with a packet's rows, for the error budget.
public struct StepPassage: Sendable, Equatable {
    /// 0 is the source, 1 the first step.
    public var step: Int
    /// That reached it.
    public var rows: Int64
    public var rejected: Int64

    public init(step: Int, rows: Int, rejected: Int) {
        self.step = step
        self.rows = Int64(rows)
        self.rejected = Int64(rejected)
    }
}

/// A row that left the run because of an error.
public struct RowRejection: Sendable, Equatable {
    /// Which input file, from 0.
    public var file: Int
    /// Its number in its file, from 1.
    public var row: Int64
    /// Its number over all files, from 1: what order and budget go by.
    public var ordinal: Int64
    /// Where it starts in its file.
    public var byte: Int64
    public var rule: String
    /// It goes to the dead letters; false: policy Skip.
    public var isKept: Bool
    public var problem: PipelineProblem
    /// The row as it stood in the input, in UTF-8, without its line end.
    public var original: [UInt8]
}
