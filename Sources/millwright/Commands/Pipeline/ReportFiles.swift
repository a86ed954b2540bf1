import PipelineReports
import Platform

/// The three forms of a run's report in a directory that somebody named.
enum ReportFiles {
    static func write(_ report: RunReport, to directory: String) throws {
        do throws(SystemError) {
            try Files.makeDirectory(directory, mode: 0o755)
            let place = try OpenDirectory(directory)
            for file in report.files { try place.write(file.bytes, to: file.name, mode: 0o644) }
        } catch { throw CommandFailure(ExitStatus.failure, "\(error); the run itself has ended, only its report could not be written to \(directory)") }
    }
}
