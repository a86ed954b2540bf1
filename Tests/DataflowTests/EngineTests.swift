import Dataflow
import Delimited
import FileConnectors
import Platform
import RowSteps
import Rows
import Testing

@Suite struct EngineTests {
    private let directory = TemporaryDirectory()
    private static let names = ["k", "i", "d", "s"]

    private func rows(_ random: inout Seeded, _ count: Int) -> [[String?]] {
        (0..<count).map { _ in
            func maybe(_ text: String) -> String? { random.chance(8) ? nil : text }
            return [
                maybe(random.pick(["a", "bb", "ccc", "x", "__proto__"])), maybe(random.chance(5) ? "bad" : "\(Int.random(in: -9...9, using: &random))"),
                maybe(random.chance(5) ? "1,5".replacingComma : random.pick(["1.5", "2.00", "-3", "0.25"])), maybe(random.pick(["p;q", "r", "s;t;u", ""])),
            ]
        }
    }

    /// A pipeline of random steps that fit the columns.
    private func job(_ random: inout Seeded, threads: Int) -> PipelineJob {
        var columns = [ColumnRule(name: "i", type: .integer, required: random.chance(50), onError: random.pick([nil, .skip, .null, .deadLetter]))]
        columns.append(ColumnRule(name: "d", type: .decimal, format: "0.00", constraint: random.chance(50) ? "self > -2" : nil, onError: random.pick([nil, .null])))
        if random.chance(20) { columns.append(ColumnRule(name: "s", type: .string, unique: true, onError: random.pick([.skip, .null]))) }
        let choices: [StepDescription] = [
            .filter(expression: "row.i > -5"), .filter(expression: "row.k != null && row.k.startsWith(\"x\") || row.d < 2.0"), .derive(column: "total", expression: "row.d * row.i", type: nil),
            .derive(column: "k", expression: "row.k + \"!\"", type: .string), .deduplicate(keys: ["k", "i"], keep: .first), .deduplicate(keys: ["k", "d"], keep: .last),
            .sort([SortKey(column: "i", order: .descending), SortKey(column: "k")]), .sort([SortKey(column: "d")]), .cast([ColumnRule(name: "i", type: .decimal, format: "0.0")]),
            .lookup(LookupDescription(table: "t", on: [.init(column: "k", tableColumn: "who")], columns: ["city"], missing: .deadLetter)),
            .aggregate(groupBy: ["k", "i", "d", "s"], columns: [Aggregation(name: "n", function: .count), Aggregation(name: "sum", function: .sum, of: "d")]),
        ]
        var steps: [PipelineJob.Step] = []
        var used: Set<Int> = []
        for number in 0..<Int.random(in: 0...5, using: &random) {
            let choice = Int.random(in: 0..<choices.count, using: &random)
            // A lookup adds its column once; a cast changes what later expressions compare.
            guard used.insert(choice).inserted, !(choice == 3 && used.contains(1)) else { continue }
            steps.append(.init(name: "s\(number)", choices[choice]))
        }
        if random.chance(60) { steps.append(.init(name: "split", .split(SplitDescription(column: "s", delimiter: ";", into: ["s1", "s2"])))) }
        if random.chance(60) { steps.append(.init(name: "route", .external(kind: "route"))) }
        var limits = PipelineJob.Limits(stepMemory: random.pick([64 << 10, 1 << 20]), threads: threads, channelDepth: 2)
        limits.batchRows = 16
        var job = PipelineJob(
            runID: "run", startMicroseconds: 0, columns: columns, steps: steps, factories: ["route": RoutingFactory()],
            tables: ["t": LookupTable(columns: ["who", "city"], rows: [["a", "Ulm"], ["bb", nil], ["a!", "Bonn"], ["__proto__", "Aachen"]])], workDirectory: directory.fresh(),
            limits: limits, checkpointInterval: .everyBatch)
        job.budget.endsWhenNothingPasses = random.chance(50)
        return job
    }

    private struct Outcome: Equatable {
        var report: String
        var committed: [[String]?]
        var deadLetters: [String]?
    }

    private func outcome(_ report: PipelineReport, _ outputs: [MemoryOutput], _ dead: MemoryDeadLetters) -> Outcome {
        Outcome(report: report.account.json.text + (report.failure.map { "\($0)" } ?? ""), committed: outputs.map(\.committed), deadLetters: dead.committed)
    }

    @Test(arguments: 0..<16)
    func everyRowIsAccountedForWithAnyNumberOfThreads(_ seed: UInt64) throws {
        var outcomes: [Outcome] = []
        for threads in [1, 2, 3] {
            var random = Seeded(seed)
            let rows = self.rows(&random, 90)
            let faulty = Set((0..<90).filter { _ in random.chance(3) })
            let job = self.job(&random, threads: threads)
            let (first, second, dead) = (MemoryOutput("first"), MemoryOutput("second"), MemoryDeadLetters())
            let report = PipelineEngine(job, source: MemorySource(rows, names: Self.names, faulty: faulty), outputs: [first, second], deadLetters: dead).run()
            #expect(report.outcome == .succeeded, "seed \(seed): \(report.failure.map { "\($0)" } ?? "")")
            let account = report.account
            #expect(account.isBalanced, "seed \(seed): \(account.json.text)")
            #expect(account.read == 90)
            #expect(account.read + account.added == account.written + account.filtered + account.merged + account.rejected)
            #expect(account.written == Int64((first.committed?.count ?? 1) + (second.committed?.count ?? 1) - 2), "seed \(seed)")
            #expect(account.deadLettered == Int64(dead.committed?.count ?? 0))
            outcomes.append(outcome(report, [first, second], dead))
        }
        #expect(outcomes[0] == outcomes[1], "seed \(seed)")
        #expect(outcomes[0] == outcomes[2], "seed \(seed)")
    }

    /// The run is ended at one place after another, and a new engine with new objects goes on from what is "on the disk".
    @Test(arguments: 0..<4)
    func killedAtEveryBoundaryTheOutputIsTheSame(_ seed: UInt64) throws {
        func make(_ random: inout Seeded) -> ([[String?]], PipelineJob) {
            let rows = self.rows(&random, 60)
            return (rows, self.job(&random, threads: seed % 2 == 0 ? 1 : 2))
        }
        var random = Seeded(seed)
        let (rows, whole) = make(&random)
        let (first, second, dead, store) = (MemoryOutput("first"), MemoryOutput("second"), MemoryDeadLetters(), MemoryStore())
        let undisturbed = PipelineEngine(whole, source: MemorySource(rows, names: Self.names), outputs: [first, second], deadLetters: dead, checkpoints: store).run()
        #expect(undisturbed.outcome == .succeeded)
        #expect(store.saved == nil)
        let expected = outcome(undisturbed, [first, second], dead)

        let saves = store.count
        // Before and after each save, and within each commit.
        for boundary in 0..<(2 * saves + 2) {
            var again = Seeded(seed)
            let (_, job) = make(&again)
            let store = MemoryStore()
            store.onSave = { number, isAfter throws(PipelineProblem) in
                if number * 2 + (isAfter ? 1 : 0) == boundary { throw PipelineProblem(.fatal, .defect, what: "killed", why: "", fix: "") }
            }
            var (first, second, dead) = (MemoryOutput("first"), MemoryOutput("second"), MemoryDeadLetters())
            var report = PipelineEngine(job, source: MemorySource(rows, names: Self.names), outputs: [first, second], deadLetters: dead, checkpoints: store).run()
            if boundary < 2 * saves {
                #expect(report.outcome == .failed, "seed \(seed), boundary \(boundary)")
                store.onSave = nil
                let (nextFirst, nextSecond, nextDead) = (MemoryOutput("first"), MemoryOutput("second"), MemoryDeadLetters())
                nextFirst.inherit(first)
                nextSecond.inherit(second)
                nextDead.inherit(dead)
                (first, second, dead) = (nextFirst, nextSecond, nextDead)
                report = PipelineEngine(job, source: MemorySource(rows, names: Self.names), outputs: [first, second], deadLetters: dead, checkpoints: store).run()
            }
            #expect(outcome(report, [first, second], dead) == expected, "seed \(seed), boundary \(boundary)")
            #expect(store.saved == nil)
            #expect(!Files.isDirectory(job.workDirectory + "/spill"), "seed \(seed), boundary \(boundary)")
        }
    }

    /// Ended at any call of an output or the source, not only at checkpoints, several times in a row.
    @Test(arguments: 0..<8)
    func killedAnywhereAgainAndAgain(_ seed: UInt64) throws {
        var random = Seeded(seed &+ 500)
        let rows = self.rows(&random, 80)
        let job = self.job(&random, threads: random.pick([1, 2]))
        let (first, second, dead) = (MemoryOutput("first"), MemoryOutput("second"), MemoryDeadLetters())
        let undisturbed = PipelineEngine(job, source: MemorySource(rows, names: Self.names), outputs: [first, second], deadLetters: dead).run()
        let expected = outcome(undisturbed, [first, second], dead)
        let store = MemoryStore()
        var last = (MemoryOutput("first"), MemoryOutput("second"), MemoryDeadLetters())
        var deaths = 0
        while true {
            let killer = deaths < 12 ? Killer(after: Int.random(in: 0...20, using: &random)) : .never
            let next = (MemoryOutput("first", killer: killer), MemoryOutput("second", killer: killer), MemoryDeadLetters())
            next.0.inherit(last.0)
            next.1.inherit(last.1)
            next.2.inherit(last.2)
            last = next
            let report = PipelineEngine(job, source: MemorySource(rows, names: Self.names, killer: killer), outputs: [last.0, last.1], deadLetters: last.2, checkpoints: store).run()
            if report.outcome == .succeeded {
                #expect(outcome(report, [last.0, last.1], last.2) == expected, "seed \(seed)")
                return
            }
            deaths += 1
            #expect(deaths < 20)
        }
    }

    @Test(arguments: [StepDescription.sort([SortKey(column: "i", order: .descending)]), .deduplicate(keys: ["i"], keep: .last)])
    func rowsThatWereSentSomewhereStillGoThereAfterSorting(_ step: StepDescription) {
        var job = plain()
        job.factories = ["route": RoutingFactory()]
        job.steps = [.init(name: "route", .external(kind: "route")), .init(name: "s", step)]
        let rows: [[String?]] = (0..<40).map { ["\(String(repeating: "k", count: $0 % 3))", "\($0)", "1", "s"] }
        let outputs = [MemoryOutput("a"), MemoryOutput("b"), MemoryOutput("c")]
        let report = PipelineEngine(job, source: MemorySource(rows, names: Self.names), outputs: outputs).run()
        #expect(report.outcome == .succeeded)
        for (length, output) in outputs.enumerated() {
            let keys = output.committed?.dropFirst().map { $0.prefix { $0 != "," }.count } ?? []
            #expect(keys.count == (0..<40).count { $0 % 3 == length })
            #expect(keys.allSatisfy { $0 == length })
        }
    }

    // MARK: Budget, policies, stopping

    private func plain(_ steps: [StepDescription] = [], policy: ErrorPolicy = .deadLetter, budget: ErrorBudget = ErrorBudget(), threads: Int = 1) -> PipelineJob {
        PipelineJob(
            runID: "run", startMicroseconds: 0, columns: [ColumnRule(name: "i", type: .integer)], steps: steps.enumerated().map { .init(name: "s\($0.offset)", $0.element) }, policy: policy,
            budget: budget, workDirectory: directory.fresh(), limits: .init(threads: threads), checkpointInterval: .everyBatch)
    }

    private func numbered(_ count: Int, bad: Set<Int>) -> [[String?]] { (0..<count).map { ["k", bad.contains($0) ? "?" : "\($0)", "1", "s"] } }

    @Test(arguments: [1, 2])
    func aSpentBudgetEndsTheRunAndCommitsNothing(_ threads: Int) {
        let rows = numbered(50, bad: [3, 9, 30])
        let enough = MemoryOutput("o")
        let dead = MemoryDeadLetters()
        let passed = PipelineEngine(plain(budget: ErrorBudget(rows: 3), threads: threads), source: MemorySource(rows, names: Self.names), outputs: [enough], deadLetters: dead).run()
        #expect(passed.outcome == .succeeded)
        #expect(enough.committed?.count == 48)
        #expect(dead.committed?.count == 3)

        let (output, letters, store) = (MemoryOutput("o"), MemoryDeadLetters(), MemoryStore())
        let failed = PipelineEngine(
            plain(budget: ErrorBudget(rows: 2), threads: threads), source: MemorySource(rows, names: Self.names), outputs: [output], deadLetters: letters, checkpoints: store
        ).run()
        #expect(failed.outcome == .failed)
        #expect(failed.failure?.category == .budget)
        #expect(failed.failure?.place.row == 31)
        #expect(output.committed == nil)
        #expect(output.durable.isEmpty)
        // The rejected rows stay to be looked at, the one that spent the budget included.
        #expect(letters.committed?.count == 3)
        #expect(store.saved == nil)
    }

    /// A step that lets no row through is a mistake of the document: nothing is committed, the dead letters stay.
    @Test(arguments: [1, 2])
    func aStepThatLetsNothingThroughEndsARunWithoutABudget(_ threads: Int) {
        var unset = ErrorBudget()
        unset.endsWhenNothingPasses = true
        let filter = StepDescription.filter(expression: "row.i > 30"), cast = StepDescription.cast([ColumnRule(name: "s", type: .date)])
        let (output, letters) = (MemoryOutput("o"), MemoryDeadLetters())
        let report = PipelineEngine(
            plain([filter, cast], budget: unset, threads: threads), source: MemorySource(numbered(50, bad: [3]), names: Self.names), outputs: [output], deadLetters: letters).run()
        #expect(report.failure?.category == .budget && report.failure?.place.step == "s1" && report.failure?.place.row == 32)
        #expect(report.failure?.why.hasPrefix("each of the 19 rows that reached step s1 was rejected; the first because column s is no date") == true, "\(report.failure?.why ?? "")")
        #expect(output.committed == nil && letters.committed?.count == 20)
        // Rows that a filter leaves out are no bad rows, and one bad row beside them is no mistake of the document.
        let quiet = PipelineEngine(
            plain([.filter(expression: "row.i > 100")], budget: unset, threads: threads), source: MemorySource(numbered(50, bad: [3]), names: Self.names), outputs: [MemoryOutput("o")],
            deadLetters: MemoryDeadLetters()).run()
        #expect(quiet.outcome == .succeeded)
        let unreadable = PipelineEngine(
            plain(budget: unset, threads: threads), source: MemorySource(numbered(3, bad: [0, 1, 2]), names: Self.names), outputs: [MemoryOutput("o")], deadLetters: MemoryDeadLetters()).run()
        #expect(unreadable.failure?.why.hasPrefix("each of the 3 rows that were read was rejected") == true, "\(unreadable.failure?.why ?? "")")
    }

    @Test func aPercentageIsAlsoJudgedAtTheEnd() {
        let rows = numbered(40, bad: [0, 20, 39])
        let output = MemoryOutput("o")
        let report = PipelineEngine(plain(budget: ErrorBudget(percent: 5, window: 10_000)), source: MemorySource(rows, names: Self.names), outputs: [output], deadLetters: MemoryDeadLetters()).run()
        #expect(report.failure?.why.hasPrefix("3 of 40 rows were rejected") == true)
        #expect(output.committed == nil)
    }

    @Test(arguments: [1, 2, 3])
    func ofSeveralFaultsTheFirstInTheInputEndsTheRun(_ threads: Int) {
        for _ in 0..<5 {
            let output = MemoryOutput("o")
            let report = PipelineEngine(
                plain(policy: .fail, threads: threads), source: MemorySource(numbered(200, bad: [57, 58, 120, 199]), names: Self.names), outputs: [output]
            ).run()
            #expect(report.failure?.place.row == 58)
            #expect(report.failure?.place.file == "memory")
            #expect(output.committed == nil)
        }
    }

    @Test(arguments: [false, true])
    func aRunThatItsRowsEndKeepsItsCheckpointOnlyWhereItIsWanted(_ wanted: Bool) {
        var job = plain(policy: .fail)
        job.keepsCheckpointOfFailure = wanted
        let store = MemoryStore()
        let report = PipelineEngine(job, source: MemorySource(numbered(400, bad: [390]), names: Self.names), outputs: [MemoryOutput("o")], checkpoints: store).run()
        #expect(report.failure?.category == .data)
        #expect(report.keepsCheckpoint == wanted)
        #expect((store.saved != nil) == wanted)
    }

    @Test func withoutDeadLettersARejectedRowEndsTheRun() {
        let output = MemoryOutput("o")
        let report = PipelineEngine(plain(), source: MemorySource(numbered(20, bad: [7]), names: Self.names), outputs: [output]).run()
        #expect(report.failure?.category == .configuration)
        #expect(report.failure?.place.row == 8)
        #expect(output.committed == nil)
    }

    private final class Watcher: PipelineObserver {
        let control: RunControl
        let action: @Sendable (RunControl) -> Void
        init(_ control: RunControl, _ action: @escaping @Sendable (RunControl) -> Void) {
            self.control = control
            self.action = action
        }
        func progress(_ report: PipelineReport) {}
        func checkpointSaved(bytes: Int, bytesRead: Int64) { if bytesRead >= 300 { action(control) } }
        func problem(_ problem: PipelineProblem) {}
        func log(_ lines: [String]) {}
    }

    @Test(arguments: [1, 2])
    func aPausedRunGoesOnToTheSameOutput(_ threads: Int) {
        let rows = numbered(100, bad: [])
        let job = plain([.sort([SortKey(column: "i", order: .descending)])], threads: threads)
        let (output, store, control) = (MemoryOutput("o"), MemoryStore(), RunControl())
        let paused = PipelineEngine(job, source: MemorySource(rows, names: Self.names), outputs: [output], checkpoints: store, observer: Watcher(control) { $0.pause() }, control: control).run()
        #expect(paused.outcome == .paused)
        #expect(paused.account.read >= 30)
        #expect(output.committed == nil)
        #expect(store.saved != nil)
        let resumed = PipelineEngine(job, source: MemorySource(rows, names: Self.names), outputs: [output], checkpoints: store).run()
        #expect(resumed.outcome == .succeeded)
        #expect(resumed.resumed)
        #expect(output.committed?.count == 101)
        #expect(output.committed?[1].hasPrefix("k,99,") == true)
    }

    @Test(arguments: [1, 2])
    func aCancelledRunLeavesNothing(_ threads: Int) {
        let job = plain([.sort([SortKey(column: "i")])], threads: threads)
        let (output, store, control) = (MemoryOutput("o"), MemoryStore(), RunControl())
        let report = PipelineEngine(job, source: MemorySource(numbered(500, bad: []), names: Self.names), outputs: [output], checkpoints: store, observer: Watcher(control) { $0.cancel() }, control: control).run()
        #expect(report.outcome == .cancelled)
        #expect(output.committed == nil)
        #expect(store.saved == nil)
        #expect(!Files.isDirectory(job.workDirectory + "/spill"))
    }

    // MARK: Outputs that refuse

    @Test func whatMayPassIsTriedAgainFromTheCheckpoint() {
        var job = plain()
        job.retry = .init(attempts: 3, initialMilliseconds: 1)
        let (output, store) = (MemoryOutput("o"), MemoryStore())
        var problem = PipelineProblem(.fatal, .output, what: "the disk is full", why: "ENOSPC", fix: "Free it")
        problem.isTransient = true
        output.refusal = (4, problem)
        final class Mender: PipelineObserver {
            let heard = Locked(0)
            func progress(_ report: PipelineReport) {}
            func checkpointSaved(bytes: Int, bytesRead: Int64) {}
            func problem(_ problem: PipelineProblem) { heard.withLock { $0 += 1 } }
            func log(_ lines: [String]) {}
        }
        let mender = Mender()
        let refused = PipelineEngine(job, source: MemorySource(numbered(60, bad: []), names: Self.names), outputs: [output], checkpoints: store, observer: mender).run()
        #expect(refused.outcome == .failed)
        #expect(mender.heard.withLock { $0 } == 3)
        #expect(store.saved != nil)
        output.refusal = nil
        let resumed = PipelineEngine(job, source: MemorySource(numbered(60, bad: []), names: Self.names), outputs: [output], checkpoints: store).run()
        #expect(resumed.outcome == .succeeded)
        #expect(output.committed?.count == 61)
        #expect(resumed.account.read == 60)
    }

    @Test func aFallbackTakesAllRowsOfAnOutputThatRefuses() {
        var job = plain()
        job.fallbacks = ["table": "file"]
        let (table, file) = (MemoryOutput("table"), MemoryOutput("file"))
        table.refusal = (4, PipelineProblem(.fatal, .output, what: "the table is gone", why: "dropped", fix: "Make it"))
        let report = PipelineEngine(job, source: MemorySource(numbered(60, bad: []), names: Self.names), outputs: [table, file], checkpoints: MemoryStore()).run()
        #expect(report.outcome == .succeeded)
        #expect(table.committed == nil)
        #expect(file.committed?.count == 61)
        #expect(report.outputs.map(\.name) == ["file"])
    }

    @Test func aLostSpillFileStartsTheRunAgain() throws {
        let job = plain([.sort([SortKey(column: "i", order: .descending)])])
        let (output, store, control) = (MemoryOutput("o"), MemoryStore(), RunControl())
        _ = PipelineEngine(job, source: MemorySource(numbered(100, bad: []), names: Self.names), outputs: [output], checkpoints: store, observer: Watcher(control) { $0.pause() }, control: control).run()
        #expect(store.saved != nil)
        TemporaryDirectory.remove(job.workDirectory + "/spill")
        let report = PipelineEngine(job, source: MemorySource(numbered(100, bad: []), names: Self.names), outputs: [output], checkpoints: store).run()
        #expect(report.outcome == .succeeded)
        #expect(report.account.read == 100)
        #expect(output.committed?.count == 101)
    }

    @Test func aCheckpointOfAnotherRunIsRefused() throws {
        var job = plain()
        let (output, store, control) = (MemoryOutput("o"), MemoryStore(), RunControl())
        _ = PipelineEngine(job, source: MemorySource(numbered(100, bad: []), names: Self.names), outputs: [output], checkpoints: store, observer: Watcher(control) { $0.pause() }, control: control).run()
        job.runID = "another"
        let report = PipelineEngine(job, source: MemorySource(numbered(100, bad: []), names: Self.names), outputs: [output], checkpoints: store).run()
        #expect(report.failure?.category == .checkpoint)
        #expect(store.saved != nil)
        store.saved = [1, 2, 3]
        let damaged = PipelineEngine(job, source: MemorySource(numbered(100, bad: []), names: Self.names), outputs: [output], checkpoints: store).run()
        #expect(damaged.failure?.category == .checkpoint)
    }

    @Test func aFailedRunCanBeReadAsJSON() throws {
        let report = PipelineEngine(plain(policy: .fail), source: MemorySource(numbered(10, bad: [4]), names: Self.names), outputs: [MemoryOutput("o")]).run()
        let json = report.json
        #expect(json["outcome"]?.string == "Failed")
        #expect(json["failure"]?["where"]?["row"]?.int == 5)
        #expect(json["failure"]?["where"]?["column"]?.string == "i")
        #expect(json["failure"]?["fix"]?.string?.isEmpty == false)
        let problem = try #require(report.failure)
        #expect(PipelineProblem(json: problem.json) == problem)
    }

    @Test func backpressureBoundsWhatWaits() {
        let report = PipelineEngine(
            plain([.filter(expression: "row.i >= 0")], threads: 2), source: MemorySource(numbered(2000, bad: []), names: Self.names), outputs: [MemoryOutput("o")], checkpoints: MemoryStore()
        ).run()
        #expect(report.outcome == .succeeded)
        #expect(report.channels.count == 2)
        #expect(report.channels.allSatisfy { $0.deepest <= $0.capacity && $0.deepest > 0 })
        #expect(report.steps.map(\.name) == ["source", "columns", "s0", "outputs"])
        #expect(report.steps.allSatisfy { $0.rowsIn == 2000 })
    }
}

extension String {
    /// The memory source doesn't quote.
    fileprivate var replacingComma: String { String(map { $0 == "," ? ";" : $0 }) }
}

@Suite struct FilePipelineTests {
    private let directory = TemporaryDirectory()

    /// A cell that is made null no longer stands beside its neighbours, which a writer copies together.
    @Test(arguments: [nil, StepDescription.sort([SortKey(column: "i", order: .descending)]), .deduplicate(keys: ["k"], keep: .last)])
    func cellsMadeNullAreWrittenAsNulls(_ step: StepDescription?) throws {
        let base = directory.fresh()
        var text = "k,i,d\n"
        var expected: [String] = []
        for row in 0..<300 {
            let (i, d) = (row % 7 == 0 ? "bad" : "\(row)", row % 5 == 0 ? "worse" : "\(row).50")
            text += "k\(row),\(i),\(d)\n"
            expected.append("k\(row),\(row % 7 == 0 ? "" : i),\(row % 5 == 0 ? "" : d)")
        }
        if case .sort = step { expected = expected.filter { !$0.contains(",,") }.reversed() + expected.filter { $0.contains(",,") } }
        try Files.write(Array(text.utf8), to: base + "/in.csv", mode: 0o600)
        let job = PipelineJob(
            runID: "run", startMicroseconds: 0,
            columns: [ColumnRule(name: "i", type: .integer, onError: .null), ColumnRule(name: "d", type: .decimal, onError: .null)], steps: step.map { [.init(name: "s", $0)] } ?? [],
            workDirectory: base + "/work")
        let source = try DelimitedRowSource(paths: [base + "/in.csv"], options: ReaderOptions())
        let report = PipelineEngine(job, source: source, outputs: [try FileRowOutput(name: "o", path: base + "/out.csv", form: .delimited(.csv), runID: "run")]).run()
        #expect(report.outcome == .succeeded)
        let written = try Files.text(base + "/out.csv").split(separator: "\n").dropFirst().map(String.init)
        // A row whose i is null sorts to the front, descending.
        if case .sort = step {
            #expect(written.sorted() == expected.sorted())
            #expect(written.prefix(43).allSatisfy { $0.contains(",,") })
        } else {
            #expect(written == expected)
        }
    }
}
