import Kernel
import RowSteps
import Rows

/// A step that hands rows to a user's `transform`.
///
/// What a row becomes depends on the row, its number, `ctx.state` and the run alone: not on batches, threads, time or resumption.
final class JavaScriptStep: RowStep {
    let name: String
    let outputColumns: [StepColumn]
    let isStateless: Bool
    private let plan: StepPlan
    private let options: JavaScriptStepOptions
    private let policy: ErrorPolicy
    private let machine: ScriptMachine
    private let input: ChunkInput
    private let function: BatchFunction
    private let collector: PacketCollector
    private let chunkRows: Int
    private var file = -1
    private var isOrdered = true
    private var chunks = 0
    private var isFinished = false

    /// How often memory is looked at, in chunks: looking costs a file read.
    private static let chunksBetweenChecks = 32

    init(name: String, plan: StepPlan, options: JavaScriptStepOptions, settings: ScriptSettings, policy: ErrorPolicy) throws(ScriptProblem) {
        self.name = name
        self.plan = plan
        self.options = options
        self.policy = policy
        isStateless = options.stateless
        outputColumns = plan.outputColumns
        machine = try ScriptMachine(options.source, settings)
        // Wide rows in smaller chunks: the tables stay small.
        chunkRows = max(1, min(ScriptMachine.chunkRows, 65_536 / max(plan.program.inputs.count + plan.program.outputs.count, 1)))
        input = ChunkInput(rows: chunkRows, program: plan.program)
        function = try BatchFunction(machine, plan.program, input: input, rows: chunkRows)
        collector = PacketCollector(plan, policies: options.policies)
    }

    func process(_ packet: RowPacket) throws(PipelineProblem) {
        let batch = packet.batch
        let count = batch.selectedCount
        collector.reset()
        var place = 0
        while place < count {
            place += try chunk(packet, from: place)
        }
        do throws(ScriptProblem) { packet.log += try machine.takeLog() } catch { throw fatal(error, batch, 0) }
        try collector.finish(packet, policy: policy)
    }

    /// Runs the rows from a place of the selection on. - Returns: how many it took.
    private func chunk(_ packet: RowPacket, from place: Int) throws(PipelineProblem) -> Int {
        let batch = packet.batch
        let count = input.fill(batch, from: place, rows: chunkRows, plan: plan)
        do throws(ScriptProblem) {
            try locate(batch, place, count)
            collector.prepare(function.flags, batch: batch, isPlain: input.isPlain)
            let errors = try function.run(input, rows: count) { records, units, unitCount throws(ScriptProblem) in
                collector.take(
                    records: records, table: function.table, numbers: function.numbers, flags: function.flags, units: units, unitCount: unitCount, place: place, count: count,
                    batch: batch)
            }
            for error in errors { fail(error, batch, place, count) }
            if machine.cells.progress[SharedCells.Progress.changed] != 0 { try machine.checkHidden() }
            chunks += 1
            if chunks % Self.chunksBetweenChecks == 0 { try machine.checkMemory() }
        } catch {
            throw fatal(error, batch, place)
        }
        return count
    }

    /// Tells the machine which rows these are.
    private func locate(_ batch: RowBatch, _ place: Int, _ count: Int) throws(ScriptProblem) {
        let first = batch.selectedRow(place)
        if batch.file(of: first) != file {
            file = batch.file(of: first)
            try machine.setFile(options.fileName(file))
        }
        let ordered = batch.identities == nil && batch.selectedRow(place + count - 1) - first == count - 1
        if ordered {
            machine.cells.facts[0] = Double(batch.rowNumber(first))
            machine.cells.facts[1] = Double(batch.ordinal(first))
        } else {
            for offset in 0..<count {
                let row = batch.selectedRow(place + offset)
                machine.cells.ordinals[offset * 2] = Double(batch.rowNumber(row))
                machine.cells.ordinals[offset * 2 + 1] = Double(batch.ordinal(row))
            }
        }
        if ordered != isOrdered {
            isOrdered = ordered
            machine.cells.progress[SharedCells.Progress.scattered] = ordered ? 0 : 1
            try machine.callKit("setOrdered", [machine.engine.value(ordered)])
        }
    }

    /// A row on which the script failed.
    private func fail(_ error: JSON, _ batch: RowBatch, _ place: Int, _ count: Int) {
        let row = batch.selectedRow(place + min(max(Int(error["row"]?.int ?? 0), 0), count - 1))
        let message = error["message"]?.string ?? ""
        let thrown = machine.thrown(name: error["name"]?.string ?? "", message: message, stack: error["stack"]?.string ?? "")
        let line = thrown.place?.line
        switch error["kind"]?.string {
        case "rejected":
            collector.fail(
                row: row, rule: "Validate",
                PipelineProblem(
                    .error, .data, what: "the row failed a check of the script", at: .init(step: name, line: line), why: message,
                    fix: "Correct the row, or the condition given to ctx.validate"))
        case "shape":
            // Its stack is the hand-over's own.
            let line = line ?? guessedLine(message)
            collector.fail(
                row: row, rule: "ScriptResult",
                PipelineProblem(.error, .script, what: "the script gave what is no row", at: .init(step: name, line: line), why: message, fix: "Correct what transform returns or sends"))
        default:
            var why = thrown.message
            if thrown.frames.count > 1 { why += " (in \(thrown.frames.joined(separator: ", called from ")))" } else if let place = thrown.place { why += " (\(place))" }
            collector.fail(
                row: row, rule: "Script",
                PipelineProblem(.error, .script, what: "the script failed on this row", at: .init(step: name, line: line), why: why, fix: "Correct the script, or the row"))
        }
    }

    /// Where a script most likely made what is no row: where the column that is named gets its value, or where it returns.
    private func guessedLine(_ message: String) -> Int? {
        let text = options.source.main
        if message.hasPrefix("transform returned") { return ScriptLines.onlyReturn(in: text) }
        for start in ["column \"", "the row has a column \""] where message.hasPrefix(start) {
            let name = message.dropFirst(start.count).prefix { $0 != "\"" }
            return ScriptLines.setting(String(name), in: text)
        }
        return nil
    }

    /// What ends the run, with the row that was being worked on.
    private func fatal(_ problem: ScriptProblem, _ batch: RowBatch, _ place: Int) -> PipelineProblem {
        let at = min(place + max(0, Int(machine.cells.progress[SharedCells.Progress.row])), batch.selectedCount - 1)
        let placed = PipelineProblem(script: problem, step: name)
        guard at >= 0, problem.kind == .time || problem.kind == .memory else { return placed }
        let row = batch.selectedRow(at)
        return placed.at(file: options.fileName(batch.file(of: row)), row: batch.rowNumber(row), byte: batch.inputOffset(row))
    }

    func drain() throws(PipelineProblem) -> RowPacket? {
        guard !isFinished else { return nil }
        isFinished = true
        // Says whether anything made at load was changed, though no checkpoint asked.
        do throws(ScriptProblem) { try machine.checkHidden() } catch { throw PipelineProblem(script: error, step: name) }
        if !isStateless { _ = try snapshot() }
        if options.samples { options.profiled(machine.profile()) }
        return nil
    }

    func snapshot() throws(PipelineProblem) -> [UInt8] {
        guard !isStateless else { return [] }
        do throws(ScriptProblem) { return Array(try machine.state().utf8) } catch { throw PipelineProblem(script: error, step: name) }
    }

    func restore(_ state: [UInt8]) throws(PipelineProblem) {
        guard !isStateless, !state.isEmpty else { return }
        do throws(ScriptProblem) { try machine.restore(String(decoding: state, as: UTF8.self)) } catch { throw PipelineProblem(script: error, step: name) }
    }
}
