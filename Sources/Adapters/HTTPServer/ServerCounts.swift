import Telemetry

/// What a server counts; kept on the loop and published every tick, so that a request costs no look-up in the metrics.
struct ServerCounts {
    var received: UInt64 = 0
    var sent: UInt64 = 0
    var inFlight = 0
    var replies: [Int: UInt64] = [:]
    /// Connections that were refused or cut, by reason.
    var rejected: [String: UInt64] = [:]

    mutating func publish(to metrics: Metrics, server: String, connections: Int) {
        let label = ("server", server)
        metrics.set("millwright_http_connections", [label], to: Double(connections), help: "Open connections")
        metrics.set("millwright_http_requests_in_flight", [label], to: Double(inFlight), help: "Requests with a handler or streaming")
        if received > 0 { metrics.increment("millwright_http_received_bytes_total", [label], by: Double(received), help: "Bytes read from clients") }
        if sent > 0 { metrics.increment("millwright_http_sent_bytes_total", [label], by: Double(sent), help: "Bytes written to clients") }
        for (status, count) in replies.sorted(by: { $0.key < $1.key }) {
            metrics.increment("millwright_http_replies_total", [label, ("code", String(status))], by: Double(count), help: "Replies by status code")
        }
        for (reason, count) in rejected.sorted(by: { $0.key < $1.key }) {
            metrics.increment("millwright_http_rejected_total", [label, ("reason", reason)], by: Double(count), help: "Connections refused or cut by the server")
        }
        (received, sent, replies, rejected) = (0, 0, [:], [:])
    }
}
