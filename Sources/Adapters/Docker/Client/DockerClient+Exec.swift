import Guards
import HTTPMessages
import Kernel

extension DockerClient {
    public func execute(_ id: String, _ spec: EngineExecSpec, limit: Int) async throws(DockerError) -> EngineExecResult {
        let exec = try await createExec(id, spec)
        let call = startCall(exec, id, spec)
        // Guarded is the start: how long the command takes is the container's matter, and no sign of the engine's health.
        let stream = try await transport.stream(call, deadline: deadlines.exec, idleTimeout: nil)
        defer { stream.cancel() }
        let isRaw = spec.isTTY
        var result: EngineExecResult
        do {
            result = try await withDeadline(deadlines.exec) { try await Self.collect(stream, isRaw, limit) }
        } catch let error as DockerError {
            throw error
        } catch is DeadlineExceeded {
            throw .outcomeUnknown(operation: call.name, "the command didn't end within \(deadlines.exec.manifest), and goes on in the container")
        } catch {
            throw .cancelled
        }
        result.exitCode = try await finalExitCode(exec)
        return result
    }

    private static func collect(_ stream: EngineStream<[UInt8]>, _ isRaw: Bool, _ limit: Int) async throws(DockerError) -> EngineExecResult {
        var frames = OutputFrames(isRaw: isRaw)
        var result = EngineExecResult(exitCode: 0)
        while let bytes = try await stream.next() {
            for piece in try frames.take(bytes) {
                switch piece.source {
                case .output: result.isCut = keep(piece.bytes, in: &result.output, limit) || result.isCut
                case .error: result.isCut = keep(piece.bytes, in: &result.errorOutput, limit) || result.isCut
                }
            }
        }
        return result
    }

    public func startExec(_ id: String, _ spec: EngineExecSpec) async throws(DockerError) -> EngineExecSession {
        let exec = try await createExec(id, spec)
        let call = startCall(exec, id, spec).with {
            $0.headers["Connection"] = "Upgrade"
            $0.headers["Upgrade"] = "tcp"
        }
        let channel = try await transport.upgrade(call, deadline: deadlines.exec)
        let client = self
        let output = EngineStream<[UInt8]>(
            next: { () async throws(DockerError) -> [UInt8]? in
                do { return try await channel.read() } catch { throw DockerTransport.broken(error, call.name) }
            }, cancel: {})
        return EngineExecSession(
            id: exec,
            output: output.transformed(
                OutputFrames(isRaw: spec.isTTY), { frames, piece throws(DockerError) in try frames.take(piece) },
                finish: { _ throws(DockerError) in [] }),
            operations: EngineExecSession.Operations(
                write: { bytes throws(DockerError) in
                    do { try await channel.write(bytes) } catch { throw DockerTransport.broken(error, call.name) }
                },
                closeInput: { await channel.closeWriting() },
                resize: { columns, rows throws(DockerError) in try await client.resizeExec(exec, columns: columns, rows: rows) },
                exitCode: { () async throws(DockerError) -> Int? in try await client.exitCode(exec) },
                close: { await channel.close() }))
    }

    private func createExec(_ id: String, _ spec: EngineExecSpec) async throws(DockerError) -> String {
        var body: JSON = ["Cmd": JSON(spec.command), "AttachStdout": true, "AttachStderr": true]
        body["AttachStdin"] = .bool(spec.attachesStandardInput)
        body["Tty"] = .bool(spec.isTTY)
        body["Env"] = spec.env.isEmpty ? nil : JSON(spec.env)
        body["WorkingDir"] = spec.workingDirectory.map { .string($0) }
        body["User"] = spec.user.map { .string($0) }
        let call = EngineCall.post(EnginePath("containers", id, "exec"), "prepare a command in container \(id)", body)
        let reply = try await reply(call.with { $0.operation = .exec })
        return try EngineFields(parsing: reply.body, "answer to an exec's creation").required("Id")
    }

    private func startCall(_ exec: String, _ id: String, _ spec: EngineExecSpec) -> EngineCall {
        let call = EngineCall.post(
            EnginePath("exec", exec, "start"), "run a command in container \(id)", ["Detach": false, "Tty": .bool(spec.isTTY)])
        return call.with { $0.operation = .exec }
    }

    private func resizeExec(_ exec: String, columns: Int, rows: Int) async throws(DockerError) {
        let path = EnginePath("exec", exec, "resize").with("w", String(max(columns, 1))).with("h", String(max(rows, 1)))
        _ = try await reply(EngineCall.post(path, "resize the terminal of command \(exec)").with { $0.operation = .exec })
    }

    private func exitCode(_ exec: String) async throws(DockerError) -> Int? {
        let call = EngineCall.get(EnginePath("exec", exec, "json"), "inspect command \(exec)").with { $0.operation = .exec }
        let fields = try EngineFields(parsing: try await reply(call).body, "inspection of a command")
        return try fields.bool("Running") ?? false ? nil : try fields.int("ExitCode")
    }

    /// The stream may end a moment before the engine has noted the exit code.
    private func finalExitCode(_ exec: String) async throws(DockerError) -> Int {
        for attempt in 1...20 {
            if let code = try await exitCode(exec) { return code }
            do { try await Task.sleep(for: .milliseconds(5 * attempt)) } catch { throw .cancelled }
        }
        throw .server("command \(exec) has closed its output but goes on")
    }

    /// Adds what fits; true when something didn't.
    private static func keep(_ bytes: [UInt8], in kept: inout [UInt8], _ limit: Int) -> Bool {
        let room = max(limit - kept.count, 0)
        kept += bytes.prefix(room)
        return bytes.count > room
    }
}
