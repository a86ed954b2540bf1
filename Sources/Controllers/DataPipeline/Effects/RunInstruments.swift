import DataPipelinePlan
import Kernel
import Platform
import Telemetry

/// What the metrics say about runs: those of a run under way go with its end, what all runs did adds up.
final class RunInstruments: Sendable {
    private let metrics: Metrics
    /// By run: channels and rows said last.
    private let said = Locked<[String: (channels: [String], rows: [String: Int64])]>([:])

    init(_ metrics: Metrics) { self.metrics = metrics }

    private static let kinds = [
        (key: "rowsRead", name: "read"), (key: "rowsWritten", name: "written"), (key: "rowsFiltered", name: "filtered"), (key: "rowsDeadLettered", name: "dead"),
        (key: "rowsSkipped", name: "skipped"),
    ]

    func count(_ workers: Int) { metrics.set("millwright_pipeline_workers", [], to: Double(workers), help: "Pipeline workers that run here.") }

    func ended(_ namespace: String, _ pipeline: String, _ outcome: String) {
        metrics.increment(
            "millwright_pipeline_runs_total", [("namespace", namespace), ("pipeline", pipeline), ("outcome", outcome)], help: "Pipeline runs that ended, by what became of them.")
    }

    /// - Parameter run: its labels: namespace, pipeline, run.
    func measure(_ run: Metrics.Labels, _ report: JSON, _ view: ObservedRun.Worker?) {
        let key = Self.key(run)
        let before = said.withLock { $0[key] }
        var rows: [String: Int64] = [:]
        for kind in Self.kinds {
            guard let count = report["rows"]?[kind.key]?.int else { continue }
            rows[kind.name] = count
            metrics.set("millwright_pipeline_run_rows", run + [("kind", kind.name)], to: Double(count), help: "Rows of a run under way, by what became of them.")
            // What was before this worker was counted by the one before it.
            if let last = before?.rows[kind.name], count > last {
                metrics.increment("millwright_pipeline_rows_total", Array(run.prefix(2)) + [("kind", kind.name)], by: Double(count - last), help: "Rows of a pipeline's runs, by what became of them.")
            }
        }
        let channels = report["channels"]?.array ?? []
        for channel in channels {
            let labels = run + [("channel", channel["name"]?.string ?? "")]
            metrics.set(
                "millwright_pipeline_channel_depth", labels, to: Double(channel["depth"]?.int ?? 0),
                help: "Batches that wait between two stages of a run under way: at its capacity the next stage is the slow one.")
            metrics.set("millwright_pipeline_channel_capacity", labels, to: Double(channel["capacity"]?.int ?? 0), help: "Batches that may wait there.")
        }
        if let rate = view?.rowsPerSecond { metrics.set("millwright_pipeline_run_rows_per_second", run, to: Double(rate), help: "Rows a second of a run under way, of late.") }
        if let total = report["bytesTotal"]?.int, total > 0 {
            let ratio = min(1, max(0, Double(report["bytesRead"]?.int ?? 0) / Double(total)))
            metrics.set("millwright_pipeline_run_progress_ratio", run, to: ratio, help: "How much of its input a run under way has read, from 0 to 1.")
        }
        metrics.set("millwright_pipeline_run_retries", run, to: Double(view?.retries ?? 0), help: "How often the worker of a run under way tried again by itself.")
        said.withLock { $0[key] = (channels.map { $0["name"]?.string ?? "" }, rows) }
    }

    /// The run's worker has ended.
    func forget(_ run: Metrics.Labels) {
        guard let last = said.withLock({ $0.removeValue(forKey: Self.key(run)) }) else { return }
        for kind in Self.kinds { metrics.remove("millwright_pipeline_run_rows", run + [("kind", kind.name)]) }
        for channel in last.channels {
            metrics.remove("millwright_pipeline_channel_depth", run + [("channel", channel)])
            metrics.remove("millwright_pipeline_channel_capacity", run + [("channel", channel)])
        }
        for name in ["rows_per_second", "progress_ratio", "retries"] { metrics.remove("millwright_pipeline_run_\(name)", run) }
    }

    private static func key(_ run: Metrics.Labels) -> String { run.map(\.1).joined(separator: "/") }
}
