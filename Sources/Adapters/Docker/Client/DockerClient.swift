import EventLoop
import Guards
import HTTPClient
import HTTPMessages
import Kernel
import Telemetry

/// The Docker Engine API over a unix socket or TCP, from engine 20.10 on.
///
/// Every method is one guarded call: its class of operation names the guard (`docker.local.Write`), and its deadline unless
/// `within` sets another. The version is agreed on at the first call and again after the engine was away.
public struct DockerClient: ContainerEngine {
    public let target: String
    let transport: DockerTransport
    var deadlines: DockerDeadlines

    /// - Parameters:
    ///   - target: its name in the installation, `local`: the middle of the guards' names.
    ///   - loop: carries the connections.
    public init(target: String, endpoint: DockerEndpoint, loop: EventLoop, guards: GuardRegistry, deadlines: DockerDeadlines = DockerDeadlines()) {
        self.target = target
        self.deadlines = deadlines
        let http = HTTPClient(loop: loop, endpoint: endpoint.http, connectTimeout: .seconds(5), maximumReplyBytes: EngineCall.standardLimit)
        transport = DockerTransport(target: target, endpoint: endpoint.description, http: http, guards: guards)
    }

    public func within(_ deadline: Duration) -> DockerClient {
        var copy = self
        copy.deadlines = DockerDeadlines(all: deadline, heartbeat: deadlines.heartbeat)
        return copy
    }

    /// Sends a request and gives its whole answer.
    func reply(_ call: EngineCall) async throws(DockerError) -> HTTPResponse {
        try await transport.send(call, deadline: call.deadline ?? deadlines.of(call.operation))
    }
}

extension DockerEndpoint {
    var http: HTTPEndpoint {
        switch address {
        case .unix(let path): .unix(path)
        case .tcp(let host, let port):
            .tcp(
                host: host, port: port,
                tls: tls.map { ClientTLS(authority: $0.authority, certificateChain: $0.certificate, key: $0.key) })
        }
    }
}

/// How long calls may take, by their class. What takes long by nature, such as stopping with a grace, adds that.
public struct DockerDeadlines: Sendable, Equatable {
    public var read: Duration
    public var write: Duration
    /// Until the first byte of a stream.
    public var stream: Duration
    public var exec: Duration
    /// Without any progress.
    public var pull: Duration
    /// Of a whole image that is loaded or imported.
    public var upload: Duration
    /// How long events may be silent before the engine is asked whether it is still there.
    public var heartbeat: Duration

    /// An engine under load takes seconds to list or create; a hung one must be noticed well within a minute.
    public init(
        read: Duration = .seconds(15), write: Duration = .seconds(30), stream: Duration = .seconds(15), exec: Duration = .seconds(30),
        pull: Duration = .seconds(120), upload: Duration = .seconds(600), heartbeat: Duration = .seconds(30)
    ) {
        self.read = read
        self.write = write
        self.stream = stream
        self.exec = exec
        self.pull = pull
        self.upload = upload
        self.heartbeat = heartbeat
    }

    public init(all deadline: Duration, heartbeat: Duration = .seconds(30)) {
        self.init(
            read: deadline, write: deadline, stream: deadline, exec: deadline, pull: deadline, upload: deadline, heartbeat: heartbeat)
    }

    func of(_ operation: GuardKey.Operation) -> Duration {
        switch operation {
        case .read: read
        case .stream: stream
        case .exec: exec
        case .pull: pull
        default: write
        }
    }
}
