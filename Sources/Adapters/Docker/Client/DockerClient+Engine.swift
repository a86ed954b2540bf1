import HTTPMessages
import Kernel

extension DockerClient {
    public func ping() async throws(DockerError) {
        _ = try await reply(.get(EnginePath("_ping"), "ping"))
    }

    public func info() async throws(DockerError) -> EngineInfo {
        let reply = try await reply(.get(EnginePath("info"), "read the engine's information"))
        return try EngineInfo(EngineFields(parsing: reply.body, "information"), apiVersion: transport.version ?? .oldest)
    }

    public func events(since: Timestamp?, filters: EngineFilters) async throws(DockerError) -> EngineStream<EngineEvent> {
        let path = EnginePath("events").with("since", since.map(\.engineSeconds)).with(filters)
        let call = EngineCall(operation: .stream, method: "GET", path: path, name: "follow events")
        let bytes = try await transport.stream(call, deadline: deadlines.stream, idleTimeout: nil)
        return documents(bytes, "event") { fields throws(DockerError) in try EngineEvent(fields) }
            .watched(every: deadlines.heartbeat) { () async throws(DockerError) in try await ping() }
    }

    /// A stream of JSON documents as values.
    func documents<Value: Sendable>(
        _ bytes: EngineStream<[UInt8]>, _ what: String, _ decode: @escaping @Sendable (EngineFields) throws(DockerError) -> Value
    ) -> EngineStream<Value> {
        bytes.transformed(
            JSONLines(what),
            { lines, piece throws(DockerError) in
                var values: [Value] = []
                for fields in try lines.take(piece) { values.append(try decode(fields)) }
                return values
            },
            finish: { lines throws(DockerError) in
                var values: [Value] = []
                for fields in try lines.finish() { values.append(try decode(fields)) }
                return values
            })
    }
}

extension Timestamp {
    /// As the engine takes moments: seconds and nanoseconds since 1970, `1700000000.000000001`.
    var engineSeconds: String {
        let digits = String(nanoseconds)
        return "\(seconds).\(String(repeating: "0", count: max(9 - digits.count, 0)))\(digits)"
    }
}
