import Dataflow
import Kernel
import PipelineJobs
import Platform
import RowSteps

/// Runs the rows.
struct RunWork {
    private let compiler: JobCompiler
    private let channel: WorkerChannel
    private let control: RunControl

    init(_ compiler: JobCompiler, channel: WorkerChannel, control: RunControl) {
        self.compiler = compiler
        self.channel = channel
        self.control = control
    }

    func run() throws(PipelineProblem) -> Int32 {
        let job = compiler.job
        if job.clearsAway, !isCommitting { return try clearAway() }
        let source = try compiler.source()
        try compiler.checkPathsApart(inputs: source.fileNames + (job.replay.map { [$0.path] } ?? []))
        let notices = Locked<[PipelineProblem]>([])
        let scripts = try ScriptFactories(compiler, channel: channel, fileNames: source.fileNames, samples: job.purpose == .profile) { [channel] notice in
            // Each thread makes its steps.
            let isNew = notices.withLock { notices in
                guard !notices.contains(notice) else { return false }
                notices.append(notice)
                return true
            }
            if isNew { channel.send(.problem(notice.json)) }
        }
        let outputs = try compiler.outputs(inputOffset: { source.bytesRead })
        let store = store { source.bytesRead }
        let engine = PipelineEngine(
            try compiler.pipelineJob(factories: scripts.factories), source: source, outputs: outputs, deadLetters: try compiler.deadLetters(),
            checkpoints: RunFilesSynced(store, files: [FixedInputs.name, WorkerJob.identityName].map { "\(job.workDirectory)/\($0)" }),
            observer: WorkerObserver(channel: channel), control: control)
        var report = engine.run()
        report.failure = report.failure?.namingUser(job)
        report.warnings += notices.withLock { $0 }
        var json = report.json
        // For a run of the rows that this one rejected: they have no header.
        if report.deadLetters != nil, !source.columns.isEmpty { json["columns"] = JSON(source.columns.map(\.name)) }
        if job.purpose == .profile { json["profile"] = scripts.profile }
        channel.send(.finished(report: json, isTransient: report.failure?.isTransient ?? false))
        return switch report.outcome {
        case .succeeded: WorkerExit.succeeded
        case .paused: WorkerExit.paused
        case .cancelled: WorkerExit.cancelled
        case .failed, .running: WorkerExit.failed
        }
    }

    private func store(_ bytesRead: @escaping () -> Int64) -> any CheckpointStore {
        switch compiler.job.checkpoints {
        case .none: NoCheckpoints()
        case .file(let path): FileCheckpointStore(path: path)
        case .parent(let latest): ParentCheckpoints(channel, latest: latest.flatMap { $0.isEmpty ? nil : $0 }, runID: compiler.job.runID, bytesRead: bytesRead)
        }
    }

    /// Some of its outputs may have appeared already: then the others do as well.
    private var isCommitting: Bool {
        guard case .parent(let latest?) = compiler.job.checkpoints else { return false }
        return PipelineEngine.isCommitting(latest, runID: compiler.job.runID)
    }

    /// Without a look at the input, which may be gone, or be what kept the run from ending.
    private func clearAway() throws(PipelineProblem) -> Int32 {
        for output in try compiler.outputs(inputOffset: { 0 }) { output.abort() }
        try compiler.deadLetters()?.abort()
        try store { 0 }.remove()
        channel.send(.finished(report: PipelineReport(outcome: .cancelled).json, isTransient: false))
        return WorkerExit.cancelled
    }
}
