import Kernel
import PipelineReports
import Platform
import Reconciliation

/// The report of a run as files, for people and programs.
enum RunReportFiles {
    /// - Parameter worker: what the worker reported.
    /// - Returns: their directory.
    static func write(_ facts: RunReport.Facts, _ worker: JSON, of run: NamespacedName, in places: PipelinePlaces) throws(SystemError) -> String {
        let report = RunReport(facts, worker: worker)
        try places.withReports(of: run.namespace) { reports throws(SystemError) in
            let directory = try reports.directory(run.name, mode: 0o755)
            for file in report.files { try directory.write(file.bytes, to: file.name, mode: 0o644) }
        }
        return places.reports(run)
    }
}
