import Dataflow
import Kernel
import PipelineJobs
import RowSteps
import Rows

/// Checks a pipeline without reading rows: every path, expression, script and format is looked at with the columns the input really has.
struct ValidationWork {
    private let compiler: JobCompiler
    private let channel: WorkerChannel

    init(_ compiler: JobCompiler, channel: WorkerChannel) {
        self.compiler = compiler
        self.channel = channel
    }

    func run() throws(PipelineProblem) -> Int32 {
        let source = ColumnsOnly(compiler, channel)
        if let index = compiler.spec.onSuccess.firstIndex(where: { $0.pipeline == compiler.job.pipeline }) {
            throw PipelineProblem(
                .fatal, .configuration, what: "the pipeline begins itself", why: "spec.onSuccess[\(index)].pipelineRef names this pipeline: each of its runs would begin another, without end",
                fix: "Name another pipeline, or use a RunSchedule to repeat it")
        }
        // Only a command has standard streams.
        if compiler.job.allowedPrefixes != nil {
            if compiler.spec.source.path == "-" { _ = try compiler.inputs() }
            for output in compiler.spec.outputs where output.path == "-" { _ = try compiler.rules.output("-") }
        }
        for (index, output) in compiler.spec.outputs.enumerated() {
            guard case .postgresql(let table) = output.sink, compiler.job.connections[table.connectionSecret] == nil else { continue }
            warn(channel, PipelineProblem(
                .warning, .configuration, what: "output \(output.name) was not looked at", why: "spec.outputs[\(index)].postgresql: Secret \(table.connectionSecret) with key url isn't known here",
                fix: "Put the Secret into a file of -f, or set MILLWRIGHT_CONNECTION_\(JobCompiler.variable(table.connectionSecret)), before it is run here"))
        }
        warnOfSharedFiles()
        let scripts: ScriptFactories
        var job: PipelineJob
        do throws(PipelineProblem) {
            scripts = try ScriptFactories(compiler, channel: channel, notice: { [channel] in warn(channel, $0) })
            job = try compiler.pipelineJob(factories: scripts.factories)
        } catch {
            // The source is told as well, and first: without it the rest can't be right.
            do throws(PipelineProblem) {
                guard compiler.job.inputOverride ?? compiler.spec.source.path != "-" else { throw error }
                let source = try compiler.source()
                try source.open(at: nil)
                source.close()
            } catch { if error.category == .input { warn(channel, error.softened) } }
            throw error
        }
        job.limits.threads = 1
        if !compiler.spec.tests.isEmpty {
            try source.open(at: nil)
            try compiler.checkExamples(source.isReal ? source.columns.map(\.name) : nil)
        }
        let outputs: [any RowOutput] = compiler.spec.outputs.map { Nowhere(name: $0.name) }
        let report = PipelineEngine(job, source: source, outputs: outputs, deadLetters: NoLetters()).run()
        channel.send(.finished(report: report.json, isTransient: false))
        return report.outcome == .succeeded ? WorkerExit.succeeded : WorkerExit.failed
    }
}

extension ValidationWork {
    /// Two runs at a time that write one file: the later one's stands, and nobody is told.
    private func warnOfSharedFiles() {
        guard compiler.spec.concurrency == .allow else { return }
        for (index, output) in compiler.spec.outputs.enumerated() {
            guard let path = output.path, path != "-", !path.contains("${") else { continue }
            warn(channel, PipelineProblem(
                .warning, .configuration, what: "runs that meet write the same file", why: "concurrencyPolicy is Allow, and spec.outputs[\(index)].\(output.sinkName).path is \(path) for each of them: what the last one writes stands",
                fix: "Put the run's name into it, as in ${ run.name }, or choose concurrencyPolicy: Forbid"))
        }
    }
}

private func warn(_ channel: WorkerChannel, _ problem: PipelineProblem) { channel.send(.problem(problem.json)) }

extension PipelineProblem {
    /// As something that stands beside what ends the look.
    fileprivate var softened: PipelineProblem {
        var warning = self
        warning.severity = .warning
        return warning
    }
}

/// The columns of the real source if it is there, else the declared ones; no rows.
private final class ColumnsOnly: RowSource {
    /// The columns are those of the input.
    private(set) var isReal = false
    private var isOpen = false
    private let compiler: JobCompiler
    private let channel: WorkerChannel
    private(set) var columns: [StepColumn] = []
    var bytesTotal: Int64? { nil }
    var bytesRead: Int64 { 0 }
    var fileNames: [String] { [] }

    init(_ compiler: JobCompiler, _ channel: WorkerChannel) {
        self.compiler = compiler
        self.channel = channel
    }

    func open(at position: [UInt8]?) throws(PipelineProblem) {
        guard !isOpen else { return }
        let source: any RowSource
        do throws(PipelineProblem) {
            guard compiler.job.inputOverride ?? compiler.spec.source.path != "-" else {
                try compiler.checkPathsApart(inputs: [])
                columns = compiler.spec.source.columns.map { StepColumn($0.name) }
                return
            }
            source = try compiler.source()
            try source.open(at: nil)
            try compiler.checkPathsApart(inputs: source.fileNames)
        } catch {
            // A file that isn't there yet is no fault of the document: its declared columns are taken, if there are any.
            guard error.category == .input, error.what.contains("not there") || error.what.contains("is empty"), error.place.step == nil, !compiler.spec.source.columns.isEmpty else { throw error }
            try compiler.checkPathsApart(inputs: [])
            isOpen = true
            warn(channel, PipelineProblem(
                .warning, .input, what: "\(error.what) yet: only its declared columns were looked at", at: error.place, why: error.why, fix: error.fix))
            columns = compiler.spec.source.columns.map { StepColumn($0.name) }
            return
        }
        columns = source.columns
        (isOpen, isReal) = (true, true)
        for warning in source.warnings { warn(channel, warning) }
        source.close()
    }

    func read(into batch: RowBatch) throws(PipelineProblem) -> Bool {
        batch.prepare(sourceColumns: columns.count)
        batch.columns = columns.indices.map { .source($0) }
        return false
    }

    func position() throws(PipelineProblem) -> [UInt8] { [] }
    func inputs() -> [InputSummary] { [] }
    func close() {}
}

/// Takes rows and keeps none.
final class Nowhere: RowOutput {
    let name: String
    init(name: String) { self.name = name }
    var bytesWritten: Int64 { 0 }
    func open(columns: [StepColumn], at position: [UInt8]?) throws(PipelineProblem) {}
    func write(_ batch: RowBatch) throws(PipelineProblem) {}
    func flushForCheckpoint() throws(PipelineProblem) -> [UInt8] { [] }
    func commit() throws(PipelineProblem) -> OutputSummary { OutputSummary(name: name, path: "", rows: 0, bytes: 0) }
    func recoverCommit(at position: [UInt8]) throws(PipelineProblem) -> OutputSummary { try commit() }
    func suspend() {}
    func abort() {}
}

/// Takes dead letters and keeps none.
final class NoLetters: DeadLetterSink {
    /// The first reason given.
    private(set) var first: PipelineProblem?
    private(set) var count = 0
    func open(at position: [UInt8]?) throws(PipelineProblem) {}
    func write(_ rejection: RowRejection, file: String) throws(PipelineProblem) {
        count += 1
        first = first ?? rejection.problem
    }
    func flushForCheckpoint() throws(PipelineProblem) -> [UInt8] { [] }
    func commit() throws(PipelineProblem) -> OutputSummary? { nil }
    func publishCopy() throws(PipelineProblem) -> OutputSummary? { nil }
    func recoverCommit(at position: [UInt8]) throws(PipelineProblem) -> OutputSummary? { nil }
    func suspend() {}
    func abort() {}
}
