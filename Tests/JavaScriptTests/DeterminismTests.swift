import RowSteps
import Rows
import Testing

@testable import JavaScript

/// The same rows give the same results, however they are cut into batches and wherever a run was resumed.
@Suite struct DeterminismTests {
    static let script = """
        const seen = /x/g;
        function transform(row, ctx) {
          ctx.state.sum = (ctx.state.sum ?? 0) + Number(row.n);
          ctx.state.last = row.n;
          const names = ctx.state.names ??= [];
          if (names.length < 20) names.push({ at: ctx.run.row, name: row.n });
          row.sum = ctx.state.sum;
          row.random = Math.random() + Math.random();
          row.now = Date.now() + new Date().toISOString() + new Date(2020, 0, 1).getTime() + Date();
          row.where = ctx.run.row + ctx.run.file + ctx.run.id + ctx.run.startedAt;
          row.found = seen.test("ax") + "" + names.length;
          if (row.n === "13") throw new Error("unlucky");
          return Number(row.n) % 7 === 0 ? [row, { ...row, random: Math.random() }] : row;
        }
        """
    static let rows = (1...1500).map { [String?("\($0)")] }

    private static func whole(_ size: Int, runID: String = "run-1") throws -> Rig.Outcome {
        let rig = try Rig(script, columns: Rig.text("n"), runID: runID)
        var outcome = Rig.Outcome()
        var at = 0
        while at < rows.count {
            outcome += try rig.run(Array(rows[at..<min(at + size, rows.count)]))
            at += size
        }
        return outcome
    }

    @Test func batchesDoNotShow() throws {
        let reference = try Self.whole(1500)
        #expect(reference.rows.count == 1500 - 1 + 1500 / 7)
        for size in [3, 511, 513] { #expect(try Self.whole(size) == reference, "in batches of \(size)") }
    }

    /// Who compares changes with the data: the wrapper at first, the host where nearly all cells are new, the wrapper again.
    @Test func textThatIsTheInputsIsTheInputsCell() throws {
        let rig = try Rig(
            """
            function transform(row) {
              if (row.a === null) return row;
              const n = Number(row.n);
              if (n < 1200 || n % 2) row.a = row.a.slice(0, -1) + "z";
              else if (n % 3) row.a = row.a.slice(0, 1) + row.a.slice(1);
              return row;
            }
            """, columns: Rig.text("n", "a"))
        for start in stride(from: 0, to: 4000, by: 1000) {
            let batch = try rig.batch((start..<(start + 1000)).map { n in ["\(n)", n % 11 == 0 ? nil : n % 5 == 0 ? "\"say \"\"hi\"\" x\"" : "text \(n)x"] })
            for row in 0..<1000 where (start + row) % 5 == 0 && (start + row) % 11 != 0 {
                let cell = batch.sourceCells(1)[row]
                batch.sourceCells(1)[row] = CellRef(offset: cell.offset, length: cell.length, flags: CellRef.quotedFlag | CellRef.escapedFlag)
            }
            let packet = RowPacket(batch)
            try rig.step.process(packet)
            for row in 0..<1000 {
                let n = start + row
                let isNew = n % 11 != 0 && (n < 1200 || n % 2 == 1)
                let cell = packet.batch.columns[1].text?.cells[row] ?? .untouched
                #expect(cell.isUntouched != isNew, "row \(n)")
                let text: String? = n % 11 == 0 ? nil : (n % 5 == 0 ? "say \"hi\" " : "text \(n)") + (isNew ? "z" : "x")
                #expect(packet.batch.string(packet.batch.columns[1], row: row) == text)
            }
        }
    }

    @Test func resumedAtAnyBatchTheRestIsTheSame() throws {
        let reference = try Self.whole(100)
        var rig = try Rig(Self.script, columns: Rig.text("n"))
        var outcome = Rig.Outcome()
        for start in stride(from: 0, to: 1500, by: 100) {
            outcome += try rig.run(Array(Self.rows[start..<(start + 100)]))
            let state = try rig.step.snapshot()
            rig = try Rig(Self.script, columns: Rig.text("n"), next: Int64(start + 101))
            try rig.step.restore(state)
        }
        #expect(outcome == reference)
    }

    @Test func anotherRunHasOtherRandomNumbers() throws {
        func randoms(_ seed: UInt64) throws -> [String?] {
            let context = StepContext(spill: SpillDirectory(path: "/nonexistent"), seed: seed, startMicroseconds: Rig.start)
            let options = JavaScriptStepOptions(source: JavaScriptSource(main: "function transform(row) { row.r = Math.random(); return row }"), runID: "r", unstoppable: { _ in })
            let step = try JavaScriptStepFactory(options).makeStep(name: "s", input: Rig.text("n"), context: context)
            let rig = try Rig("function transform(row) { return row }", columns: Rig.text("n"))
            let packet = RowPacket(try rig.batch((1...400).map { ["\($0)"] }))
            try step.process(packet)
            return Rig.outcome(packet).rows.map { $0[1] }
        }
        let one = try randoms(1)
        #expect(try randoms(1) == one)
        #expect(try randoms(2) != one)
        #expect(Set(one).count == 400, "each row has its own")
        let numbers = one.compactMap { $0.flatMap(Double.init) }
        #expect(numbers.allSatisfy { $0 >= 0 && $0 < 1 })
        let mean = numbers.reduce(0, +) / 400
        #expect(mean > 0.4 && mean < 0.6, "\(mean)")
    }

    @Test(arguments: [
        ("ctx.state.x = new Map()", ".x"), ("ctx.state.x = NaN", "NaN"), ("ctx.state.x = undefined", "undefined"), ("ctx.state.x = () => 1", "function"),
        ("ctx.state.x = new Date()", "Date"), ("ctx.state.x = [1,,2]", "holes"), ("ctx.state.a = {}; ctx.state.b = ctx.state.a", "already elsewhere"),
        ("ctx.state.x = ctx.state", "already elsewhere"), ("ctx.state.x = 1n", "bigint"), ("class A {}; ctx.state.x = new A()", "class of its own"),
        ("Object.defineProperty(ctx.state, 'x', { get: () => 1, enumerable: true })", "accessor"), ("ctx.state[Symbol('s')] = 1", "symbol"),
        ("ctx.state.big = 'x'.repeat(2 << 20)", "bytes of JSON"),
    ])
    func stateThatJSONWouldChangeIsRefused(statement: String, says: String) throws {
        let rig = try Rig("function transform(row, ctx) { \(statement); return row }", columns: Rig.text("n"))
        _ = try rig.run([["1"]])
        do {
            _ = try rig.step.snapshot()
            Issue.record("\(statement) was stored")
        } catch {
            #expect(error.what == "ctx.state can't be stored")
            #expect(error.why.contains(says), "\(error.why)")
        }
    }

    @Test func statelessScriptsHaveNoState() throws {
        let rig = try Rig("function transform(row, ctx) { ctx.state.n = 1; return row }", columns: Rig.text("n"), stateless: true)
        #expect(rig.step.isStateless)
        #expect(try rig.run([["1"]]).rejections.first?.contains("stateless: true") == true)
    }

    @Test func arraysChangedBehindTheFreezeAreFoundOut() throws {
        let rig = try Rig("const counts = new Int32Array(4); function transform(row) { counts[0]++; return row }", columns: Rig.text("n"))
        _ = try rig.run([["1"]])
        #expect(throws: PipelineProblem.self) { _ = try rig.step.drain() }
    }

    @Test func keptTextLetsItsBatchGo() throws {
        let rig = try Rig("function transform(row, ctx) { (ctx.state.kept ??= []).push(ctx.keep(row.n.slice(0, 3))); row.k = ctx.state.kept.length; return row }", columns: Rig.text("n"))
        for _ in 0..<5 { _ = try rig.run([[String(repeating: "z", count: 1 << 20)]]) }
        #expect(rig.step.snapshotText?.contains("zzz") == true)
    }
}

extension JavaScriptStep {
    var snapshotText: String? { (try? snapshot()).map { String(decoding: $0, as: UTF8.self) } }
}
