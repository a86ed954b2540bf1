import Kernel
import PipelineReports
import Platform

/// The three forms of a run's report in a directory.
enum ReportFiles {
    static func write(_ report: RunReport, to directory: String) throws {
        var json = JSONWriter()
        json.writeIndented(report.json)
        do throws(SystemError) {
            try Files.makeDirectory(directory, mode: 0o755)
            try Files.write(Array(report.html.utf8), to: "\(directory)/report.html", mode: 0o644)
            try Files.write(Array(report.csv.utf8), to: "\(directory)/report.csv", mode: 0o644)
            try Files.write(json.bytes + [0x0A], to: "\(directory)/report.json", mode: 0o644)
        } catch { throw CommandFailure(ExitStatus.failure, "\(error); the run itself has ended, only its report could not be written to \(directory)") }
    }
}
