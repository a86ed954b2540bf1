import RowSteps
import Rows

/// Reads the source into packets and cuts the run where a checkpoint is due.
///
/// `@unchecked Sendable`: made by one thread and then used by exactly one, the reader's.
final class ReadStage: @unchecked Sendable {
    private let source: any RowSource
    private let job: PipelineJob
    private let pool: BatchPool
    private let meter: StepMeter
    private let control: RunControl
    private var cutAtBytes: Int64
    private var cutAtTime: Int64
    private var cutIsDue = false
    private var atEnd = false

    init(_ source: any RowSource, job: PipelineJob, pool: BatchPool, meter: StepMeter, control: RunControl) {
        self.source = source
        self.job = job
        self.pool = pool
        self.meter = meter
        self.control = control
        cutAtBytes = source.bytesRead + job.checkpointInterval.bytes
        cutAtTime = StepMeter.now + job.checkpointInterval.milliseconds * 1_000_000
    }

    /// Nothing comes after an item that is the last.
    func next() throws(PipelineProblem) -> FlowItem {
        switch control.current {
        case .goOn: break
        case .pause: return .end(try cut(), paused: true)
        case .cancel: throw .cancelled
        }
        if cutIsDue {
            cutIsDue = false
            cutAtBytes = source.bytesRead + job.checkpointInterval.bytes
            cutAtTime = StepMeter.now + job.checkpointInterval.milliseconds * 1_000_000
            return .cut(try cut())
        }
        if atEnd { return .end(try cut(), paused: false) }
        let start = StepMeter.now
        let batch = pool.take(sourceColumns: source.columns.count)
        let hasRows = try source.read(into: batch)
        let packet = RowPacket(batch)
        packet.account.read = Int64(batch.rowCount)
        packet.bytesRead = source.bytesRead
        packet.fileNames = source.fileNames
        try rejectFaults(packet)
        packet.passages.append(StepPassage(step: 0, rows: batch.rowCount, rejected: packet.rejections.count))
        let now = StepMeter.now
        meter.add(0, rowsIn: batch.rowCount, rowsOut: batch.selectedCount, nanoseconds: now - start)
        if !hasRows { atEnd = true }
        // A batch that the reader filled although it was its last is taken as well.
        cutIsDue = hasRows && (source.bytesRead >= cutAtBytes || now >= cutAtTime)
        return .packet(packet)
    }

    private func cut() throws(PipelineProblem) -> Cut { Cut(sourcePosition: try source.position(), bytesRead: source.bytesRead) }

    /// Rows the reader couldn't take are rejected like any other bad row.
    private func rejectFaults(_ packet: RowPacket) throws(PipelineProblem) {
        for fault in packet.batch.faults {
            let problem = PipelineProblem(
                .error, .data, what: "the row can't be read", why: fault.reason.description,
                fix: "Mend the row in its file, or describe the file's form in source.delimited")
            try packet.reject(row: fault.row, rule: fault.reason.rule, policy: job.policy, problem)
        }
    }
}

extension PipelineProblem {
    static let cancelled = PipelineProblem(
        .fatal, .cancelled, what: "the run was cancelled", why: "somebody asked for it", fix: "Nothing was committed. Start a new run when it is wanted")
}
