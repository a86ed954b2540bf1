import Glibc
import Kernel
import PipelineJobs
import PipelineProcess
import PipelineReports
import Platform
import ServiceKit

/// `millwright pipeline run` and `profile`: a pipeline, once, without any server.
enum PipelineRunCommand {
    static let exits = """
        Exit statuses: 0 all rows were processed (rejected rows within the budget included), 1 the run failed, 64 wrong command line,
        65 the document is wrong, 75 interrupted or paused: the same command goes on from the last checkpoint, 77 cancelled.
        """

    static let spec = CommandSpec(
        name: "pipeline run", summary: "Runs a DataPipeline once, without a server, and shows how it goes.",
        options: PipelineDocuments.options + PipelineJobOptions.options + [
            .value("report", "DIR", "Writes report.html, report.csv and report.json there."),
            .value("format", "FORMAT", "text or json: how the result and errors are printed. Default: text"),
            .flag("restart", "Begins anew even if an interrupted run could go on."),
            .flag("quiet", "No progress, no summary; errors only."),
            .value("limit", "ROWS", "Stops after so many rows: for a look."),
        ],
        notes: """
            Outputs appear whole, when all rows were processed. Until then the run keeps its checkpoint in a directory .NAME.millwright
            beside its first output; killed or interrupted at any moment, the same command goes on from there, and its files are the same,
            byte for byte, as an undisturbed run's. Ctrl-C finishes the rows under way and stops; a second one stops at once.
            A database of an output is given by a Secret in a file of -f, or by the variable MILLWRIGHT_CONNECTION_NAME (NAME: the
            Secret's, in capitals, _ for what is no letter or digit).

            \(exits)
            """,
        runBlocking: { arguments in try PipelineRefusal.asAsked(arguments) { try run(arguments, purpose: .run) } })

    static let profile = CommandSpec(
        name: "pipeline profile", summary: "Runs a DataPipeline and shows what each step and each line of its scripts costs.",
        options: PipelineDocuments.options + PipelineJobOptions.options + [
            .value("report", "DIR", "Writes report.html, report.csv and report.json there."), .value("format", "FORMAT", "text or json. Default: text"),
            .value("limit", "ROWS", "Stops after so many rows."),
        ],
        notes: "It writes the outputs, as 'run' does; give --output to leave the real ones alone.\n\n\(exits)",
        runBlocking: { arguments in try PipelineRefusal.asAsked(arguments) { try run(arguments, purpose: .profile) } })

    private static func run(_ arguments: Arguments, purpose: WorkerJob.Purpose) throws -> Int32 {
        let format = try self.format(arguments)
        // Before anything is known of the run: it loads its libraries, half of a small run's time, while the document is read.
        let waiting = try WorkerConversation.start()
        let current = Locked<WorkerProcess?>(nil)
        do {
            return try run(arguments, purpose: purpose, format: format, waiting: waiting, current: current)
        } catch {
            waiting.dismiss()
            throw error
        }
    }

    private static func run(_ arguments: Arguments, purpose: WorkerJob.Purpose, format: String, waiting: WorkerProcess, current: Locked<WorkerProcess?>) throws -> Int32 {
        let documents = try PipelineDocuments(arguments)
        let identity = try PipelineIdentity(arguments)
        let state = try PipelineState(arguments, documents)
        let clocks = SystemClocks()
        let now = clocks.now

        var job = try PipelineJobOptions.job(arguments, documents, runID: "", start: now, workDirectory: state.directory)
        let revision = SHA256.hex(documents.spec.canonical.text, length: 16)
        let fingerprint = SHA256.hex(job.spec.canonical.text + job.parameters.keys.sorted().map { "\($0)=\(job.parameters[$0] ?? "")" }.joined(separator: "\n") + (job.inputOverride ?? "") + "\u{0}" + (job.outputOverride ?? "") + job.texts.keys.sorted().map { job.texts[$0] ?? "" }.joined(), length: 32)
        let interrupted = try arguments.has("restart") ? nil : identity.run { state.interrupted(fingerprint) }
        let start = interrupted?.start ?? now
        job.runID = interrupted?.id ?? SHA256.hex("\(documents.name) \(now.text(fractionDigits: 9)) \(getpid())", length: 16)
        job.startMicroseconds = start.seconds * 1_000_000 + Int64(start.nanoseconds / 1000)
        job.purpose = purpose
        job.rowLimit = try limit(arguments["limit"])
        // Standard input can't be read twice.
        let writesRows = PipelineJobOptions.writesStandardOutput(job, documents)
        if writesRows, format == "json" { throw CommandFailure(ExitStatus.usage, "--format json and rows can't both go to standard output: give the rows a file, or leave --format out") }
        // Nor written.
        let isResumable = (job.inputOverride ?? documents.pipeline.source.path) != "-" && !writesRows
        job.checkpoints = isResumable ? .file(state.checkpoint) : .none
        job.checkpointsEveryBatch = Environ["MILLWRIGHT_CHECKPOINT_EVERY_BATCH"] == "1"
        try identity.bind(&job)
        let quiet = arguments.has("quiet") || format == "json" || writesRows
        if let note = identity.note, !quiet { Terminal.note("millwright: \(note)") }
        if let interrupted {
            if !quiet { Terminal.note("millwright: going on with the run of \(interrupted.start.rfc3339), which was interrupted (--restart begins anew)") }
        } else {
            if let old = try identity.run(state.leftBehind) { try clear(old, documents, identity) }
            try identity.run {
                state.remove()
                try state.begin(job, fingerprint: fingerprint, start: start, as: identity.name)
            }
        }

        let asked = Locked(0)
        Signals(blocking: [SIGINT, SIGTERM]).deliver { _ in
            let count = asked.withLock { count in
                count += 1
                return count
            }
            let worker = current.withLock { $0 }
            if count > 1 {
                worker?.kill()
                _exit(ExitStatus.interrupted)
            }
            Terminal.note("\nmillwright: finishing the rows under way; once more stops at once")
            worker?.send(.pause)
        }

        let line = Locked(ProgressLine(documents.name, wanted: !quiet))
        let progress = Locked<JSON?>(nil)
        var shown = 0
        var conversation = WorkerConversation(job: job, isResumable: isResumable, waiting: waiting)
        conversation.onMessage = { message in
            switch message {
            case .progress(let report):
                progress.withLock { $0 = report }
                line.withLock { $0.show(report) }
            case .problem(let problem) where format == "text" && (shown < 10 || problem["where"]?["row"] == nil):
                // Of bad rows the first ones; what stands in the run's way always.
                if problem["where"]?["row"] != nil { shown += 1 }
                line.withLock { $0.clear() }
                Terminal.note(PipelineProblemText.lines(problem))
            case .log(let lines):
                line.withLock { $0.clear() }
                for text in lines { Terminal.note(Terminal.coloured("log: ", .dim) + text) }
            default: break
            }
        }
        let outcome = try conversation.run(current: current)
        line.withLock { $0.clear() }

        let ended = clocks.now
        var failure: JSON?
        if outcome.report == nil {
            // As far as it was heard of.
            var died = progress.withLock { $0 } ?? [:]
            (died["outcome"], died["failure"], died["balanced"]) = ("Failed", outcome.exit.failure(job.limits), nil)
            died["elapsedNanoseconds"] = .int((ended - now).wholeMilliseconds * 1_000_000)
            failure = died
        }
        var facts = RunReport.Facts(
            pipeline: documents.name, run: job.runID, version: Millwright.version, revision: revision, started: start, ended: ended, attempts: outcome.attempts)
        facts.parameters = job.parameters
        facts.inForce = outcome.inForce
        let report = RunReport(facts, worker: outcome.report ?? failure ?? [:])
        if let directory = arguments["report"] { try identity.run { try ReportFiles.write(report, to: directory) } }
        // Without a checkpoint nobody goes on from its hidden files; without steps it had not begun to write any.
        let hasLeftFiles = outcome.report.map { RunRemains.areLeft(by: $0) && ($0["keepsCheckpoint"] == true || $0["steps"]?.array?.isEmpty == false) } ?? true
        if hasLeftFiles, !Files.exists(state.checkpoint) {
            job.clearsAway = true
            _ = try WorkerConversation(job: job, isResumable: false).run(current: current)
        }
        // What can go on keeps its place.
        if report.outcome == "Succeeded" || !Files.exists(state.checkpoint) { try identity.run(state.remove) }
        if format == "json" { Terminal.print(report.json.text) } else { PipelineSummary.show(report, quiet: arguments.has("quiet") || writesRows, resumable: Files.exists(state.checkpoint), profile: purpose == .profile, told: outcome.problems) }
        switch report.outcome {
        case "Succeeded": return ExitStatus.success
        case "Paused": return ExitStatus.interrupted
        case "Cancelled": return ExitStatus.cancelled
        default: return report.json["failure"]?["category"] == "configuration" ? ExitStatus.document : ExitStatus.failure
        }
    }

    static func format(_ arguments: Arguments) throws -> String {
        let format = arguments["format"] ?? "text"
        guard ["text", "json"].contains(format) else { throw CommandFailure(ExitStatus.usage, "--format: '\(format)' is not text or json") }
        return format
    }

    private static func limit(_ text: String?) throws -> Int64? {
        guard let text else { return nil }
        guard let rows = Int64(text), rows > 0 else { throw CommandFailure(ExitStatus.usage, "--limit: '\(text)' is not a number of rows") }
        return rows
    }

    /// A run that was left and is not to go on takes what it wrote with it.
    private static func clear(_ old: WorkerJob, _ documents: PipelineDocuments, _ identity: PipelineIdentity) throws {
        var job = old
        try identity.bind(&job)
        job.connections = documents.connections
        let current = Locked<WorkerProcess?>(nil)
        var conversation = WorkerConversation(job: job, isResumable: false)
        conversation.onMessage = { message in if case .started = message { current.withLock { $0 }?.send(.cancel) } }
        _ = try conversation.run(current: current)
    }
}
