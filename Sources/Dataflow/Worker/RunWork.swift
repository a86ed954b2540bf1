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
        let source = try compiler.source()
        try compiler.checkPathsApart(inputs: source.fileNames)
        let scripts = try ScriptFactories(compiler, channel: channel, fileNames: source.fileNames, samples: job.purpose == .profile)
        let outputs = try compiler.outputs(inputOffset: { source.bytesRead })
        let store: any CheckpointStore =
            switch job.checkpoints {
            case .none: NoCheckpoints()
            case .file(let path): FileCheckpointStore(path: path)
            case .parent(let latest): ParentCheckpoints(channel, latest: latest.flatMap { $0.isEmpty ? nil : $0 }, bytesRead: { source.bytesRead })
            }
        let engine = PipelineEngine(
            try compiler.pipelineJob(factories: scripts.factories), source: source, outputs: outputs, deadLetters: try compiler.deadLetters(),
            checkpoints: RunFilesSynced(store, files: [FixedInputs.name, WorkerJob.identityName].map { "\(job.workDirectory)/\($0)" }),
            observer: WorkerObserver(channel: channel), control: control)
        let report = engine.run()
        var json = report.json
        if job.purpose == .profile { json["profile"] = scripts.profile }
        channel.send(.finished(report: json, isTransient: report.failure?.isTransient ?? false))
        return switch report.outcome {
        case .succeeded: WorkerExit.succeeded
        case .paused: WorkerExit.paused
        case .cancelled: WorkerExit.cancelled
        case .failed, .running: WorkerExit.failed
        }
    }
}
