import Kernel
import PipelineReports

/// The end of a run as people read it.
enum PipelineSummary {
    /// - Parameter told: what was said on the way.
    static func show(_ report: RunReport, quiet: Bool, resumable: Bool, profile: Bool, told: [JSON] = []) {
        for warning in report.json["warnings"]?.array ?? [] where !told.contains(warning) { Terminal.note(PipelineProblemText.lines(warning)) }
        if let failure = report.json["failure"] { Terminal.note(PipelineProblemText.lines(failure)) }
        if quiet, report.outcome == "Succeeded" { return }
        let name = report.json["pipeline"]?.string ?? ""
        let colour: Terminal.Colour = report.outcome == "Succeeded" ? .green : report.outcome == "Failed" ? .red : .yellow
        // Of a worker that died, or found before the first row that it can't run, nothing is known but how long the command took.
        let elapsed = report.json["elapsedNanoseconds"]?.int ?? 0
        let seconds = elapsed > 0 ? Double(elapsed) / 1e9 : report.json["durationSeconds"]?.double ?? 0
        Terminal.print("\(Terminal.coloured(name, .bold)) \(Terminal.coloured(report.outcome.lowercased(), colour)) in \(Figures.seconds(seconds))")
        // Nothing was begun: there are no figures.
        guard report.json["rows"] != nil, report.outcome != "Failed" || (report.json["rows"]?["rowsRead"]?.int ?? 0) > 0 else { return }
        var rates = ""
        if seconds > 0 {
            rates = "   \(Figures.short(report.rowsPerSecond)) rows/s, \(Figures.bytes(Int64(Double(report.json["bytesRead"]?.int ?? 0) / seconds)))/s"
        }
        Terminal.print("  \(report.balance)\(Terminal.coloured(rates, .dim))")
        var rows: [[String]] = []
        for input in report.json["inputs"]?.array ?? [] {
            rows.append(["  in", input["path"]?.string ?? "", Figures.bytes(input["bytes"]?.int ?? 0), hashes(input)])
        }
        for output in (report.json["outputs"]?.array ?? []) + (report.json["deadLetters"].map { [$0] } ?? []) {
            let count = Counted.text(output["rows"]?.int ?? 0, "row")
            rows.append(["  out", output["path"]?.string ?? "", count, hashes(output)])
        }
        if !rows.isEmpty { Terminal.print(Terminal.table(rows) { _, column, cell in column == 0 || column == 3 ? Terminal.coloured(cell, .dim) : cell }) }
        if report.isWithoutRows { Terminal.print("  the input has no rows, so the outputs have none") }
        if report.isAllRejected {
            Terminal.note("  every row was rejected, as errors.budget allows, so the outputs have none: see the first problem")
        }
        if profile { showProfile(report) }
        if report.outcome == "Paused" || (report.outcome == "Failed" && resumable) {
            Terminal.print("  the same command goes on from the last checkpoint (--restart begins anew)")
        }
    }

    private static func hashes(_ item: JSON) -> String { [item["hash"]?.string, item["sha256"]?.string].compactMap { $0 }.joined(separator: " ") }

    private static func showProfile(_ report: RunReport) {
        let steps = report.json["steps"]?.array ?? []
        let total = max(1, steps.reduce(0) { $0 + ($1["nanoseconds"]?.int ?? 0) })
        var rows = [["  STEP", "ROWS IN", "ROWS OUT", "TIME", "SHARE"]]
        for step in steps {
            let time = step["nanoseconds"]?.int ?? 0
            rows.append([
                "  \(step["name"]?.string ?? "")", Figures.grouped(step["rowsIn"]?.int ?? 0), Figures.grouped(step["rowsOut"]?.int ?? 0), Figures.seconds(Double(time) / 1e9),
                "\(Figures.fixed(Double(time) / Double(total) * 100, 1)) %",
            ])
        }
        Terminal.print("\n" + Terminal.table(rows) { row, _, cell in row == 0 ? Terminal.coloured(cell, .dim) : cell })
        let lines = report.json["profile"]?.array ?? []
        guard !lines.isEmpty else { return }
        var table = [["  SCRIPT", "LINE", "SHARE", "SOURCE"]]
        for line in lines {
            table.append(["  \(line["step"]?.string ?? "")", "\(line["line"]?.int ?? 0)", "\(Figures.fixed(line["percent"]?.double ?? 0, 1)) %", line["source"]?.string ?? ""])
        }
        Terminal.print("\n" + Terminal.table(table) { row, _, cell in row == 0 ? Terminal.coloured(cell, .dim) : cell })
    }
}
