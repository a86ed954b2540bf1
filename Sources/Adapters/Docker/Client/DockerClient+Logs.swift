import HTTPMessages
import Kernel

extension DockerClient {
    public func logs(_ id: String, _ options: EngineLogOptions) async throws(DockerError) -> EngineStream<EngineLogEntry> {
        // Engines before 23 don't say in the answer whether the stream is framed; the container does.
        let isRaw = try await container(id).isTTY
        let path = EnginePath("containers", id, "logs").with("stdout", true).with("stderr", true).with("follow", options.follow)
            .with("timestamps", options.timestamps).with("tail", options.tail.map { String(max($0, 0)) })
            .with("since", options.since.map(\.engineSeconds))
        let call = EngineCall(operation: .stream, method: "GET", path: path, name: "read logs of container \(id)")
        let bytes = try await transport.stream(call, deadline: deadlines.stream, idleTimeout: options.follow ? nil : deadlines.stream)
        let state = LogState(frames: OutputFrames(isRaw: isRaw), lines: OutputLines(timestamps: options.timestamps))
        return bytes.transformed(
            state,
            { state, piece throws(DockerError) in
                var entries: [EngineLogEntry] = []
                for output in try state.frames.take(piece) { entries += state.lines.take(output) }
                return entries
            }, finish: { state throws(DockerError) in state.lines.finish() })
    }
}

private struct LogState: Sendable {
    var frames: OutputFrames
    var lines: OutputLines
}
