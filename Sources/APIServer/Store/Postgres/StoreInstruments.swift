import Telemetry

/// Metrics of one store.
struct StoreInstruments: Sendable {
    let metrics: Metrics

    func settled(_ results: [Result<StoredObject, StoreError>], revision: Int64) {
        metrics.increment("millwright_store_batches_total", help: "Transactions that carried writes.")
        let written = results.reduce(0) { if case .success = $1 { $0 + 1 } else { $0 } }
        let help = "Writes answered by the database, by outcome."
        if written > 0 { metrics.increment("millwright_store_writes_total", [("outcome", "written")], by: Double(written), help: help) }
        if written < results.count {
            metrics.increment("millwright_store_writes_total", [("outcome", "refused")], by: Double(results.count - written), help: help)
        }
        metrics.set("millwright_store_revision", to: Double(revision), help: "The latest revision known.")
    }

    func following(_ isFollowing: Bool) {
        metrics.set("millwright_store_stale", to: isFollowing ? 0 : 1, help: "1 while reads answer from memory because the database is away.")
    }
}
