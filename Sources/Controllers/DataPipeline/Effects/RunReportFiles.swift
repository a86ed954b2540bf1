import Kernel
import PipelineReports
import Platform

/// The report of a run as files, for people and programs.
enum RunReportFiles {
    /// - Parameter worker: what the worker reported.
    /// - Returns: their directory.
    static func write(_ start: RunSupervisor.Start, _ worker: JSON, inForce: [String], version: String, now: Timestamp) throws(SystemError) -> String {
        var facts = RunReport.Facts(
            pipeline: start.pipeline, namespace: start.key.namespace, run: start.key.name, version: version, revision: start.revision,
            started: Timestamp(seconds: start.job.startMicroseconds / 1_000_000), ended: now, attempts: Int(start.epoch))
        facts.parameters = start.job.parameters
        facts.inForce = inForce
        let report = RunReport(facts, worker: worker)
        var json = JSONWriter()
        json.writeIndented(report.json)
        try Files.makeDirectory(start.reportDirectory, mode: 0o755)
        try Files.write(Array(report.html.utf8), to: "\(start.reportDirectory)/report.html", mode: 0o644)
        try Files.write(Array(report.csv.utf8), to: "\(start.reportDirectory)/report.csv", mode: 0o644)
        try Files.write(json.bytes + [0x0A], to: "\(start.reportDirectory)/report.json", mode: 0o644)
        return start.reportDirectory
    }
}
