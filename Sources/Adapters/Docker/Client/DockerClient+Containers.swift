import HTTPMessages
import Kernel

extension DockerClient {
    public func containers(_ filters: EngineFilters) async throws(DockerError) -> [EngineContainerSummary] {
        let path = EnginePath("containers", "json").with("all", true).with(filters)
        let reply = try await reply(.get(path, "list containers"))
        var result: [EngineContainerSummary] = []
        for fields in try EngineFields.elements(parsing: reply.body, "list of containers") { result.append(try EngineContainerSummary(fields)) }
        return result.sorted { ($0.name, $0.id) < ($1.name, $1.id) }
    }

    public func container(_ id: String) async throws(DockerError) -> EngineContainer {
        let reply = try await reply(.get(EnginePath("containers", id, "json"), "inspect container \(id)"))
        return try EngineContainer(EngineFields(parsing: reply.body, "container inspection"))
    }

    public func createContainer(name: String, _ spec: EngineContainerSpec) async throws(DockerError) -> EngineCreated {
        let path = EnginePath("containers", "create").with("name", name)
        let reply = try await reply(.post(path, "create container \(name)", spec.json))
        let fields = try EngineFields(parsing: reply.body, "answer to a container's creation")
        return EngineCreated(id: try fields.required("Id"), warnings: try fields.texts("Warnings"))
    }

    public func startContainer(_ id: String) async throws(DockerError) {
        var call = EngineCall.post(EnginePath("containers", id, "start"), "start container \(id)")
        // An engine that answers "I can't start this" works: the words for what is wrong with a container have no end.
        call.translate = { error in if case .server(let text) = error { .startFailed(.other(text)) } else { error } }
        _ = try await reply(call)
    }

    public func stopContainer(_ id: String, grace: Duration) async throws(DockerError) {
        try await graceful(id, "stop", grace)
    }

    public func restartContainer(_ id: String, grace: Duration) async throws(DockerError) {
        try await graceful(id, "restart", grace)
    }

    public func killContainer(_ id: String, signal: String) async throws(DockerError) {
        _ = try await reply(.post(EnginePath("containers", id, "kill").with("signal", signal), "kill container \(id)"))
    }

    public func pauseContainer(_ id: String) async throws(DockerError) {
        try await act(id, "pause", "pause container \(id)")
    }

    public func unpauseContainer(_ id: String) async throws(DockerError) {
        try await act(id, "unpause", "unpause container \(id)")
    }

    public func renameContainer(_ id: String, to name: String) async throws(DockerError) {
        _ = try await reply(.post(EnginePath("containers", id, "rename").with("name", name), "rename container \(id) to \(name)"))
    }

    public func updateContainer(_ id: String, restartPolicy: EngineRestartPolicy) async throws(DockerError) {
        let body: JSON = ["RestartPolicy": restartPolicy.json]
        _ = try await reply(.post(EnginePath("containers", id, "update"), "update container \(id)", body))
    }

    public func removeContainer(_ id: String, force: Bool, volumes: Bool) async throws(DockerError) {
        let path = EnginePath("containers", id).with("force", force).with("v", volumes)
        _ = try await reply(.delete(path, "remove container \(id)"))
    }

    public func waitContainer(_ id: String) async throws(DockerError) -> Int {
        let call = EngineCall(
            operation: .stream, method: "POST", path: EnginePath("containers", id, "wait").with("condition", "not-running"),
            name: "wait for container \(id)")
        let stream = try await transport.stream(call, deadline: deadlines.stream, idleTimeout: nil)
        defer { stream.cancel() }
        var body: [UInt8] = []
        while let piece = try await stream.next(), body.count < 65_536 { body += piece }
        return try EngineFields(parsing: body, "answer to a wait").int("StatusCode") ?? 0
    }

    public func stats(_ id: String) async throws(DockerError) -> EngineStats {
        // Not `one-shot`: it leaves out the sample before, without which there is no CPU share.
        let path = EnginePath("containers", id, "stats").with("stream", false)
        let reply = try await reply(.get(path, "read statistics of container \(id)"))
        return try EngineStats(EngineFields(parsing: reply.body, "statistics"))
    }

    public func putArchive(_ id: String, path: String, tar: [UInt8]) async throws(DockerError) {
        var call = EngineCall(
            operation: .write, method: "PUT", path: EnginePath("containers", id, "archive").with("path", path),
            name: "copy files into container \(id) at \(path)")
        call.headers["Content-Type"] = "application/x-tar"
        call.body = tar
        _ = try await reply(call)
    }

    public func getArchive(_ id: String, path: String, limit: Int) async throws(DockerError) -> [UInt8] {
        let call = EngineCall.get(EnginePath("containers", id, "archive").with("path", path), "copy \(path) out of container \(id)")
        return try await reply(call.with { $0.limit = limit }).body
    }

    /// A day: whoever waits longer for a container to end doesn't mean a number.
    private static let longestGrace = Duration.seconds(86_400)

    private func act(_ id: String, _ verb: String, _ name: String) async throws(DockerError) {
        _ = try await reply(.post(EnginePath("containers", id, verb), name))
    }

    /// The engine answers when the container has ended, so that the grace comes on top of the deadline.
    private func graceful(_ id: String, _ verb: String, _ grace: Duration) async throws(DockerError) {
        let seconds = min(grace, Self.longestGrace).engineSeconds
        let call = EngineCall.post(EnginePath("containers", id, verb).with("t", String(seconds)), "\(verb) container \(id)")
        _ = try await reply(call.with { $0.deadline = deadlines.write + .seconds(seconds) })
    }
}
