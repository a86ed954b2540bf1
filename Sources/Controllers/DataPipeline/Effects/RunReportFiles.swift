import Kernel
import PipelineReports
import Platform

/// The report of a run as files, for people and programs.
enum RunReportFiles {
    /// - Parameter worker: what the worker reported.
    /// - Returns: their directory.
    static func write(_ facts: RunReport.Facts, _ worker: JSON, to directory: String) throws(SystemError) -> String {
        let report = RunReport(facts, worker: worker)
        var json = JSONWriter()
        json.writeIndented(report.json)
        try Files.makeDirectory(directory, mode: 0o755)
        try Files.write(Array(report.html.utf8), to: "\(directory)/report.html", mode: 0o644)
        try Files.write(Array(report.csv.utf8), to: "\(directory)/report.csv", mode: 0o644)
        try Files.write(json.bytes + [0x0A], to: "\(directory)/report.json", mode: 0o644)
        return directory
    }
}
