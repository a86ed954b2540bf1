import Kernel
import Platform
import RowSteps
import Rows

/// The end of the flow: books, budget, dead letters, outputs, checkpoints. Everything here goes in the order of the input.
final class WriteStage {
    struct Figures {
        var account = RowAccount()
        var problems: [PipelineProblem] = []
        var checkpoints: Int64 = 0
        var bytesRead: Int64 = 0
        /// When the first row reached an output.
        var firstRow: Timestamp?
    }

    private(set) var figures = Figures()
    private var ledger: BudgetLedger
    private let job: PipelineJob
    private let fileNames: [String]
    /// By the index that packets route by.
    private let routes: [any RowOutput]
    /// Each output once.
    private let outputs: [any RowOutput]
    private let deadLetters: (any DeadLetterSink)?
    private let store: any CheckpointStore
    private let redirects: [(from: String, to: String)]
    private let pool: BatchPool
    private let meter: StepMeter
    private let spill: SpillDirectory
    private let observer: any PipelineObserver
    private let meterIndex: Int
    private var keep: [Bool] = []
    /// The output whose call failed last: it may have a fallback.
    private(set) var failedOutput: String?

    init(
        job: PipelineJob, fileNames: [String], routes: [any RowOutput], outputs: [any RowOutput], deadLetters: (any DeadLetterSink)?, store: any CheckpointStore,
        redirects: [(from: String, to: String)], pool: BatchPool, meter: StepMeter, meterIndex: Int, spill: SpillDirectory, observer: any PipelineObserver
    ) {
        self.job = job
        self.fileNames = fileNames
        self.routes = routes
        self.outputs = outputs
        self.deadLetters = deadLetters
        self.store = store
        self.redirects = redirects
        self.pool = pool
        self.meter = meter
        self.meterIndex = meterIndex
        self.spill = spill
        self.observer = observer
        ledger = BudgetLedger(job.budget)
    }

    func open(columns: [StepColumn], at checkpoint: PipelineCheckpoint?) throws(PipelineProblem) {
        for output in outputs {
            let position = checkpoint?.outputs.first { $0.name == output.name }?.position
            try guarding(output) { () throws(PipelineProblem) in try output.open(columns: columns, at: position) }
        }
        try deadLetters?.open(at: checkpoint?.deadLetters)
        guard let checkpoint else { return }
        figures.account = checkpoint.account
        figures.problems = checkpoint.problems
        figures.bytesRead = checkpoint.cut.bytesRead
        do throws(StateReader.Malformed) {
            try ledger.restore(checkpoint.budget)
        } catch { throw .unusableCheckpoint("its error budget is damaged") }
    }

    private func guarding<Result>(_ output: any RowOutput, _ body: () throws(PipelineProblem) -> Result) throws(PipelineProblem) -> Result {
        do throws(PipelineProblem) { return try body() } catch {
            failedOutput = output.name
            throw error
        }
    }

    func take(_ packet: RowPacket) throws(PipelineProblem) {
        let start = StepMeter.now
        let (offered, rejections) = (packet.batch.selectedCount, packet.rejections.count)
        if routes.contains(where: { $0.mayRefuse }) { try rejectUnwritable(packet) }
        packet.passages.append(StepPassage(step: meterIndex, rows: offered, rejected: packet.rejections.count - rejections))
        figures.account += packet.account
        figures.bytesRead = max(figures.bytesRead, packet.bytesRead)
        for warning in packet.warnings { note(named(warning, file: packet.batch.file)) }
        if !packet.log.isEmpty { observer.log(packet.log) }
        ledger.note(packet.passages)
        if !packet.rejections.isEmpty { try bury(packet.rejections) }
        let rows = packet.batch.selectedCount
        if rows > 0 {
            if figures.firstRow == nil { figures.firstRow = SystemClocks().now }
            if let routes = packet.routes { try write(packet.batch, by: routes) } else { try write(packet.batch, to: 0) }
            figures.account.written += Int64(rows)
        }
        pool.give(packet.batch)
        meter.add(meterIndex, rowsIn: rows, rowsOut: rows, nanoseconds: StepMeter.now - start)
    }

    /// Rows that their output can't write leave like those a step rejects, before anything of the packet is written.
    private func rejectUnwritable(_ packet: RowPacket) throws(PipelineProblem) {
        let batch = packet.batch
        let rows = (0..<batch.selectedCount).map { batch.selectedRow($0) }
        var refusals: [RowRefusal] = []
        for route in routes.indices where routes[route].mayRefuse && (route == 0 || packet.routes != nil) {
            if let routeOfRow = packet.routes { select(rows, in: batch) { $0 < routeOfRow.count && Int(routeOfRow[$0]) == route } }
            let output = routes[route]
            if batch.selectedCount > 0 { refusals += try guarding(output) { () throws(PipelineProblem) in try output.refusals(batch) } }
        }
        guard !refusals.isEmpty || packet.routes != nil else { return }
        let refused = Set(refusals.map(\.row))
        select(rows, in: batch) { !refused.contains($0) }
        packet.fileNames = fileNames
        for refusal in refusals.sorted(by: { $0.row < $1.row }) {
            try packet.reject(row: refusal.row, rule: refusal.rule, policy: job.policy, refusal.problem)
        }
    }

    /// Of these rows, ascending, those the test is true for are in.
    private func select(_ rows: [Int], in batch: RowBatch, _ test: (Int) -> Bool) {
        keep = Array(repeating: false, count: batch.rowCount)
        for row in rows where test(row) { keep[row] = true }
        batch.selectAll()
        keep.withUnsafeBufferPointer { keep in
            if let start = keep.baseAddress { batch.filter(by: start) }
        }
    }

    private func write(_ batch: RowBatch, to route: Int) throws(PipelineProblem) {
        guard routes.indices.contains(route) else { return }
        let output = routes[route]
        try guarding(output) { () throws(PipelineProblem) in try output.write(batch) }
    }

    /// Each output gets its rows in one call, in the order of the batch.
    private func write(_ batch: RowBatch, by routeOfRow: [UInt16]) throws(PipelineProblem) {
        let rows = (0..<batch.selectedCount).map { batch.selectedRow($0) }
        keep = Array(repeating: false, count: batch.rowCount)
        for route in routes.indices {
            var any = false
            for row in rows {
                let goes = row < routeOfRow.count && Int(routeOfRow[row]) == route
                keep[row] = goes
                any = any || goes
            }
            guard any else { continue }
            batch.selectAll()
            keep.withUnsafeBufferPointer { keep in
                if let start = keep.baseAddress { batch.filter(by: start) }
            }
            try write(batch, to: route)
        }
    }

    /// Rejected rows in the order of the input: first the budget, then the dead letters. Beyond the budget nothing is lost: the run ends.
    private func bury(_ rejections: [RowRejection]) throws(PipelineProblem) {
        let ordered = rejections.enumerated().sorted { ($0.element.ordinal, $0.offset) < ($1.element.ordinal, $1.offset) }
        for (_, rejection) in ordered {
            let problem = named(rejection.problem, file: rejection.file)
            note(problem)
            if rejection.isKept {
                guard let deadLetters else {
                    // A row may be left out only where it is kept, or where the document says Skip.
                    throw PipelineProblem(
                        .fatal, .configuration, what: "a rejected row has no place to go", at: problem.place, why: "\(problem.what), \(problem.why); the run has no dead letters",
                        fix: "Name a file in errors.deadLetter.path, or choose Skip or Fail")
                }
                try deadLetters.write(rejection, file: fileName(rejection.file))
            }
            guard let exceeded = ledger.reject(row: rejection.ordinal) else { continue }
            if case .nothingPassedYet = exceeded { throw exceeded.problem(figures.problems.first { $0.severity == .error } ?? problem) }
            throw exceeded.problem(problem)
        }
    }

    private func named(_ problem: PipelineProblem, file: Int) -> PipelineProblem { problem.at(file: fileName(file)) }

    private func fileName(_ index: Int) -> String { fileNames.indices.contains(index) ? fileNames[index] : "" }

    private func note(_ problem: PipelineProblem) {
        guard figures.problems.count < PipelineReport.problemLimit else { return }
        figures.problems.append(problem)
        observer.problem(problem)
    }

    /// Everything up to the cut survives a crash from here on.
    func checkpoint(_ cut: Cut, phase: PipelineCheckpoint.Phase = .running) throws(PipelineProblem) {
        var positions: [(name: String, position: [UInt8])] = []
        for output in outputs {
            positions.append((output.name, try guarding(output) { () throws(PipelineProblem) in try output.flushForCheckpoint() }))
        }
        let checkpoint = PipelineCheckpoint(
            phase: phase, cut: cut, outputs: positions, deadLetters: try deadLetters?.flushForCheckpoint(), budget: ledger.snapshot(),
            account: figures.account, problems: figures.problems, redirects: redirects, runID: job.runID)
        let bytes = checkpoint.bytes
        try store.save(bytes)
        spill.remove(cut.released)
        figures.checkpoints += 1
        figures.bytesRead = cut.bytesRead
        observer.checkpointSaved(bytes: bytes.count, bytesRead: cut.bytesRead)
    }

    /// The books are closed: what was promised holds, or nothing is committed.
    func settle() throws(PipelineProblem) {
        if let exceeded = ledger.atEnd(rowsRead: figures.account.read) {
            guard case .nothingPassed(let step, _) = exceeded else { throw exceeded.problem(figures.problems.last) }
            let names = meter.figures.map(\.name)
            let name = names.indices.contains(step) && step > 0 ? names[step] : nil
            let errors = figures.problems.filter { $0.severity == .error }
            // The steps that check declared columns have names nobody gave.
            let place = step == meterIndex ? "the outputs" : job.steps.contains { $0.name == name } ? name.map { "step \($0)" } : nil
            throw exceeded.problem(errors.first { $0.place.step == name } ?? errors.first, at: place)
        }
        guard figures.account.isBalanced else {
            throw PipelineProblem(
                .fatal, .defect, what: "the run's rows don't add up", why: "\(figures.account.json.text)",
                fix: "Nothing was committed. This is a defect of Millwright: please report it with the pipeline's document")
        }
    }

    func commit() throws(PipelineProblem) -> (outputs: [OutputSummary], deadLetters: OutputSummary?) {
        var summaries: [OutputSummary] = []
        for output in outputs { summaries.append(try guarding(output) { () throws(PipelineProblem) in try output.commit() }) }
        return (summaries, try deadLetters?.commit())
    }

    /// The run has failed for good: outputs go, the dead letters stay for whoever looks into it.
    func giveUp() throws(PipelineProblem) -> OutputSummary? {
        for output in outputs { output.abort() }
        _ = try deadLetters?.flushForCheckpoint()
        return try deadLetters?.commit()
    }

    func suspend() {
        for output in outputs { output.suspend() }
        deadLetters?.suspend()
    }
}
