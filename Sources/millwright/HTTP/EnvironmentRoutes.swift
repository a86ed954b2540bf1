import Docker
import HTTPMessages
import Kernel

/// Logs of an environment, and commands in it.
struct EnvironmentRoutes {
    let containers: EnvironmentContainers

    var routes: [HTTPPort.Route] {
        let base = "/v1/namespaces/:namespace/environments/:name"
        return [
            HTTPPort.Route("GET", "\(base)/logs", right: Self.right("get", "log")) { request, names in try await logs(request, names) },
            HTTPPort.Route("POST", "\(base)/exec", right: Self.right("create", "exec")) { request, names in try await exec(request, names) },
        ]
    }

    private static func right(_ verb: String, _ subresource: String) -> @Sendable ([String: String]) -> RequiredRight {
        { names in
            .resource(verb: verb, resource: "environments", subresource: subresource, namespace: names["namespace"] ?? "", name: names["name"] ?? "")
        }
    }

    private func container(_ request: HTTPRequest, _ names: [String: String]) async throws(Problem) -> (any ContainerEngine, String, Query) {
        let query = try Query(request)
        let name = NamespacedName(namespace: names["namespace"] ?? "", name: names["name"] ?? "")
        let (engine, id) = try await containers.find(name, ordinal: try query.number("ordinal") ?? 0)
        return (engine, id, query)
    }

    // MARK: Logs

    /// Plain text, a line each; `follow`, `tail`, `timestamps`, `ordinal`.
    private func logs(_ request: HTTPRequest, _ names: [String: String]) async throws(Problem) -> HTTPReply {
        let (engine, id, query) = try await container(request, names)
        let options = EngineLogOptions(follow: query.flag("follow"), tail: try query.number("tail"), timestamps: query.flag("timestamps"))
        let stream: EngineStream<EngineLogEntry>
        do { stream = try await engine.logs(id, options) } catch {
            throw Problem(503, "engine unavailable", "\(error)", fix: "try again")
        }
        return HTTPReply(
            status: 200, headers: ["Content-Type": "text/plain; charset=utf-8"],
            body: .stream { writer in
                defer { stream.cancel() }
                try await withTaskCancellationHandler {
                    while let entry = try await stream.next() {
                        let time = entry.time.map { "\($0.text(fractionDigits: 9)) " } ?? ""
                        try await writer.write(Array("\(time)\(entry.line)\n".utf8))
                    }
                } onCancel: {
                    stream.cancel()
                }
            })
    }

    // MARK: Exec

    /// An upgrade to frames in both directions; `command` once for each word, `stdin`, `tty`, `ordinal`.
    private func exec(_ request: HTTPRequest, _ names: [String: String]) async throws(Problem) -> HTTPReply {
        guard request.headers["Upgrade"] != nil else {
            throw Problem(426, "upgrade required", "exec is a stream in both directions", fix: "send 'Connection: Upgrade' and 'Upgrade: tcp'")
        }
        let (engine, id, query) = try await container(request, names)
        let command = query.all("command")
        guard !command.isEmpty else { throw Problem(400, "no command", "the query names no command", fix: "add ?command=WORD for each word") }
        let spec = EngineExecSpec(command, isTTY: query.flag("tty"), attachesStandardInput: query.flag("stdin"))
        let session: EngineExecSession
        do { session = try await engine.startExec(id, spec) } catch {
            throw Problem(409, "the command can't be started", "\(error)", fix: "is the environment running? kubectl get environments")
        }
        return HTTPReply(status: 101, headers: ["Upgrade": "tcp", "Connection": "Upgrade"], body: .upgrade { channel in await Self.carry(session, channel) })
    }

    /// Carries both directions until the command ends or the client leaves.
    private static func carry(_ session: EngineExecSession, _ channel: any ByteChannel) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await input(from: channel, to: session) }
            let end = await output(from: session, to: channel)
            // A client that has left needs no farewell.
            if let end { try? await channel.write(StreamFrame(kind: .end, payload: end.bytes).bytes) }
            await session.close()
            await channel.close()
            group.cancelAll()
        }
    }

    /// - Returns: what the last frame says; nil when the client has left.
    private static func output(from session: EngineExecSession, to channel: any ByteChannel) async -> JSON? {
        do {
            while let piece = try await session.output.next() {
                let kind: StreamFrame.Kind = piece.source == .error ? .error : .output
                do { try await channel.write(StreamFrame(kind: kind, payload: piece.bytes).bytes) } catch { return nil }
            }
            guard let code = try await session.exitCode() else {
                return ["error": "the engine ended the command's output before the command ended; it may still run in the container"]
            }
            return ["exitCode": JSON(code)]
        } catch {
            return ["error": .string("\(error)")]
        }
    }

    private static func input(from channel: any ByteChannel, to session: EngineExecSession) async {
        var reader = StreamFrameReader()
        do {
            while let bytes = try await channel.read() {
                for frame in try reader.take(bytes) {
                    switch frame.kind {
                    case .input: frame.payload.isEmpty ? await session.closeInput() : try await session.write(frame.payload)
                    case .resize:
                        let size = try JSONParser.parse(frame.payload)
                        try await session.resize(columns: Int(size["columns"]?.int ?? 80), rows: Int(size["rows"]?.int ?? 24))
                    case .output, .error, .end: break
                    }
                }
            }
        } catch {
            // The client left or sent what is no frame: the command sees the end of its input.
        }
        await session.closeInput()
    }
}

/// The query of a request, with errors that name the parameter.
struct Query {
    private let items: [(name: String, value: String)]

    init(_ request: HTTPRequest) throws(Problem) {
        guard let items = request.query else { throw Problem(400, "bad query", "the query holds a malformed escape", fix: "percent-encode it as UTF-8") }
        self.items = items
    }

    func all(_ name: String) -> [String] { items.filter { $0.name == name }.map(\.value) }
    func flag(_ name: String) -> Bool { items.contains { $0.name == name && !["false", "0"].contains($0.value) } }

    func number(_ name: String) throws(Problem) -> Int? {
        guard let text = items.last(where: { $0.name == name })?.value else { return nil }
        guard let number = Int(text), number >= 0 else { throw Problem(400, "bad query", "\(name)=\(text) is not a number", fix: "give a number of at least 0") }
        return number
    }
}
