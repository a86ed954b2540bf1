import Platform
import RowSteps

/// One pass of a run, from its checkpoint or its beginning to its end or its first unbearable problem.
final class PipelinePass {
    struct Result {
        var report: PipelineReport
        /// What ended it, when it failed.
        var problem: PipelineProblem?
        var failedOutput: String?
        /// Nothing was committed: everything may be thrown away and done again.
        var canStartOver = true
        /// The checkpoint names something that is gone.
        var checkpointIsSpoilt = false
        /// A checkpoint was saved.
        var madeProgress = false
        var redirects: [(from: String, to: String)] = []
    }

    private let job: PipelineJob
    private let source: any RowSource
    private let outputs: [any RowOutput]
    private let deadLetters: (any DeadLetterSink)?
    private let store: any CheckpointStore
    private let observer: any PipelineObserver
    private let control: RunControl
    private var redirects: [(from: String, to: String)]
    private let spill: SpillDirectory

    private var report = PipelineReport(outcome: .running)
    private var meter = StepMeter([])
    private var channels: [FlowChannel] = []
    private var writer: WriteStage?
    private var committing = false
    private var isRestoring = false
    private var lastProgress: Int64 = 0
    private let started = StepMeter.now

    /// Between two reports of progress.
    private static let progressInterval: Int64 = 200_000_000

    init(
        _ job: PipelineJob, source: any RowSource, outputs: [any RowOutput], deadLetters: (any DeadLetterSink)?, store: any CheckpointStore,
        observer: any PipelineObserver, control: RunControl, redirects: [(from: String, to: String)]
    ) {
        self.job = job
        self.source = source
        self.outputs = outputs
        self.deadLetters = deadLetters
        self.store = store
        self.observer = observer
        self.control = control
        self.redirects = redirects
        spill = SpillDirectory(path: job.spillDirectory)
    }

    func run() -> Result {
        var result = Result(report: report)
        do throws(PipelineProblem) {
            try perform()
        } catch {
            report.outcome = error.category == .cancelled ? .cancelled : .failed
            report.failure = error
            result.problem = error
            result.failedOutput = writer?.failedOutput
            result.canStartOver = !committing
            result.checkpointIsSpoilt = isRestoring && error.category == .checkpoint
            end(after: error)
        }
        source.close()
        fill()
        result.report = report
        result.madeProgress = report.checkpoints > 0
        result.redirects = redirects
        return result
    }

    private func perform() throws(PipelineProblem) {
        let checkpoint = try load()
        if let checkpoint, checkpoint.phase == .committing { return try finishCommit(checkpoint) }
        report.resumed = checkpoint != nil
        try source.open(at: checkpoint?.cut.sourcePosition)
        report.bytesTotal = source.bytesTotal
        let pool = BatchPool(rows: job.limits.batchRows, bytes: job.limits.batchBytes)
        var context = StepContext(
            policy: job.policy, spill: spill, memoryLimit: job.limits.stepMemory, seed: seed, startMicroseconds: job.startMicroseconds,
            outputs: outputs.map(\.name), tables: job.tables, batches: pool, isCheckpointed: !(store is NoCheckpoints), timeZones: job.timeZones)
        context.parameters = job.parameters
        let pipeline = try CompiledPipeline(job, source: source.columns, context: context)
        isRestoring = checkpoint != nil
        if let checkpoint { try pipeline.restore(checkpoint.cut.states) } else { try spill.adopt([]) }
        meter = StepMeter(["source"] + pipeline.steps.map(\.name) + ["outputs"])
        let writer = WriteStage(
            job: job, fileNames: source.fileNames, routes: try routes(), outputs: try used(), deadLetters: deadLetters, store: store, redirects: redirects,
            pool: pool, meter: meter, meterIndex: pipeline.steps.count + 1, spill: spill, observer: observer)
        self.writer = writer
        try writer.open(columns: pipeline.outputColumns, at: checkpoint)
        isRestoring = false
        let reader = ReadStage(source, job: job, pool: pool, meter: meter, control: control)
        if job.limits.threads == 1 {
            try InlineFlow(reader, StepStage(pipeline.steps, meter: meter, spill: spill, fileNames: source.fileNames)).run { item throws(PipelineProblem) in try self.handle(item) }
        } else {
            let flow = try ThreadedFlow(reader, pipeline, job: job, meter: meter, spill: spill, fileNames: source.fileNames)
            channels = flow.channels
            try flow.run { item throws(PipelineProblem) in try self.handle(item) }
        }
    }

    /// Keys hashing: a function of the run's identity, the same after a resumption.
    private var seed: UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in (job.seedID ?? job.runID).utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return hash
    }

    private func load() throws(PipelineProblem) -> PipelineCheckpoint? {
        guard let bytes = try store.load() else { return nil }
        let checkpoint = try PipelineCheckpoint(bytes, runID: job.runID)
        if redirects.isEmpty { redirects = checkpoint.redirects }
        return checkpoint
    }

    /// By route the output that takes its rows, redirections followed.
    private func routes() throws(PipelineProblem) -> [any RowOutput] {
        var result: [any RowOutput] = []
        for output in outputs {
            var name = output.name
            for (from, to) in redirects where from == name { name = to }
            guard let target = outputs.first(where: { $0.name == name }) else {
                throw PipelineProblem(
                    .fatal, .configuration, what: "output \(output.name) has no fallback", why: "there is no output \(name)", fix: "Name one of the pipeline's outputs as fallback")
            }
            result.append(target)
        }
        return result
    }

    private func used() throws(PipelineProblem) -> [any RowOutput] {
        let routes = try routes()
        return outputs.filter { output in routes.contains { $0 === output } }
    }

    /// The writer's side of the flow, on the calling thread.
    private func handle(_ item: FlowItem) throws(PipelineProblem) {
        guard let writer else { return }
        if control.current == .cancel { throw .cancelled }
        switch item {
        case .packet(let packet):
            try writer.take(packet)
            let now = StepMeter.now
            if now - lastProgress > Self.progressInterval {
                lastProgress = now
                fill()
                observer.progress(report)
            }
        case .cut(let cut):
            try writer.checkpoint(cut)
        case .end(let cut, paused: true):
            try writer.checkpoint(cut)
            writer.suspend()
            report.outcome = .paused
        case .end(let cut, paused: false):
            try writer.settle()
            try writer.checkpoint(cut, phase: .committing)
            committing = true
            let summaries = try writer.commit()
            report.outputs = summaries.outputs
            report.deadLetters = summaries.deadLetters
            report.bytesRead = cut.bytesRead
            try finish()
        case .failed(let problem):
            throw problem
        }
    }

    /// Nothing of the run is left to do.
    private func finish() throws(PipelineProblem) {
        try store.finish()
        spill.removeAll()
        report.outcome = .succeeded
    }

    /// A crash came between the first commit and the last: the rest is done now.
    private func finishCommit(_ checkpoint: PipelineCheckpoint) throws(PipelineProblem) {
        committing = true
        report.resumed = true
        for (name, position) in checkpoint.outputs {
            guard let output = outputs.first(where: { $0.name == name }) else { throw .unusableCheckpoint("it has an output \(name), the pipeline has none") }
            report.outputs.append(try output.recoverCommit(at: position))
        }
        if let position = checkpoint.deadLetters { report.deadLetters = try deadLetters?.recoverCommit(at: position) }
        report.account = checkpoint.account
        report.problems = checkpoint.problems
        report.bytesRead = checkpoint.cut.bytesRead
        try finish()
    }

    /// What a failed pass leaves: for problems outside the data everything a resumption needs, else only the dead letters, unless another run shall go
    /// on from the checkpoint.
    private func end(after problem: PipelineProblem) {
        for channel in channels { channel.close() }
        guard !committing else { return }
        let keeps = job.keepsCheckpointOfFailure && (report.resumed || (writer?.figures.checkpoints ?? 0) > 0)
        switch problem.category {
        case .input, .output, .resource, .checkpoint, .defect:
            writer?.suspend()
        case .data where keeps, .expression where keeps, .script where keeps, .budget where keeps:
            do throws(PipelineProblem) { report.deadLetters = try deadLetters?.publishCopy() } catch { observer.problem(error) }
            writer?.suspend()
            report.keepsCheckpoint = true
        case .configuration, .data, .expression, .script, .budget, .cancelled:
            guard let writer else { return }
            do throws(PipelineProblem) {
                report.deadLetters = try writer.giveUp()
                try store.remove()
            } catch {
                // The first problem is the one to report; this one is said as well.
                observer.problem(error)
            }
            spill.removeAll()
        }
    }

    private func fill() {
        if let writer {
            report.account = writer.figures.account
            report.problems = writer.figures.problems
            report.checkpoints = writer.figures.checkpoints
            report.firstRow = writer.figures.firstRow
            report.bytesRead = max(report.bytesRead, writer.figures.bytesRead)
        }
        report.warnings = source.warnings
        report.steps = meter.figures
        report.channels = channels.map(\.figures)
        report.elapsedNanoseconds = StepMeter.now - started
        if report.outcome == .succeeded, report.inputs.isEmpty { report.inputs = source.inputs() }
    }
}
