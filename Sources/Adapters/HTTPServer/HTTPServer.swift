import CEvent
import EventLoop
import Glibc
import HTTPMessages
import Kernel
import Platform
import Telemetry

/// An HTTP/1.1 server on the event loop, in the clear or over TLS.
///
/// Use: `start()` binds and gives the port; `run()` serves until `stop()`, the end of a `drain`, or its task's cancellation. Requests
/// that come between the two wait. Each connection is one child task of `run()`: handlers of one connection run one after another,
/// and are cancelled as soon as the client leaves. Streams wait while the client reads slowly.
///
/// An address that begins with `/` is the path of a unix socket; one that is left over from a process that died is replaced.
public actor HTTPServer {
    public nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }
    public nonisolated let loop: EventLoop
    nonisolated let limits: HTTPLimits
    nonisolated let metrics: Metrics
    nonisolated let logger: Logger
    private let name: String
    private let address: String
    private let port: Int
    private let placement: HandlerPlacement
    private let handler: HTTPHandler
    private var identity: ServerTLS?
    private var tls: TLSContext?

    private var listener: Listener?
    private var connections: [ObjectIdentifier: HTTPConnection] = [:]
    private(set) var isDraining = false
    private var isStopped = false
    private var maximumConnections = 0
    private var waitingForEmpty: [CheckedContinuation<Void, Never>] = []
    private let accepted: AsyncStream<HTTPConnection>
    private let acceptor: AsyncStream<HTTPConnection>.Continuation
    private var ticker: EventLoopTimer?
    private var counts = ServerCounts()
    nonisolated let readBuffer = ReadBuffer()
    private let clocks = SystemClocks()

    public init(
        loop: EventLoop, name: String = "http", address: String = "127.0.0.1", port: Int = 0, tls: ServerTLS? = nil, limits: HTTPLimits = HTTPLimits(),
        placement: HandlerPlacement = .pool, logger: Logger = .disabled, metrics: Metrics = Metrics(), handler: @escaping HTTPHandler
    ) {
        self.loop = loop
        self.name = name
        self.address = address
        self.port = port
        self.identity = tls
        self.limits = limits
        self.placement = placement
        self.logger = logger
        self.metrics = metrics
        self.handler = handler
        (accepted, acceptor) = AsyncStream.makeStream()
    }

    isolated deinit {
        // Its event is the loop's; a server that was stopped has none any more.
        listener?.close()
    }

    nonisolated var now: MonotonicInstant { clocks.monotonic }

    // MARK: Life

    /// Binds and listens; the port that was chosen when `port` is 0, 0 for a unix socket.
    public func start() async throws -> Int {
        if let identity { tls = try TLSContext(identity) }
        maximumConnections = min(limits.maximumConnections, Self.spareDescriptors)
        let logger = logger
        let listener = try Listener(loop: loop, address: address, port: port) { [weak self] descriptor, peer in
            guard let self else { return false }
            return self.assumeIsolated { $0.accept(descriptor, peer) }
        } whenExhausted: { reason in
            logger.warning("accepting connections pauses: \(reason); raise the limit of open files (ulimit -n)")
        }
        self.listener = listener
        logger.info("listening", ["server": name, "address": address, "port": String(listener.port), "tls": tls == nil ? "no" : "yes"])
        scheduleTick()
        return listener.port
    }

    /// Connections must not take the last descriptors: the rest of the process needs some to work, and to recover.
    private static var spareDescriptors: Int {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 256 }
        return Int(clamping: limit.rlim_cur / 4 * 3)
    }

    /// Serves. Ends after `stop()`, or with everything closed when the calling task is cancelled.
    public func run() async {
        let executor = loop.makeTaskExecutor()
        let handler = handler
        let placement = placement
        let accepted = accepted
        await withDiscardingTaskGroup { group in
            for await connection in accepted {
                switch placement {
                case .pool: group.addTask { await connection.serve(handler, onLoop: nil) }
                case .loop: group.addTask(executorPreference: executor) { await connection.serve(handler, onLoop: nil) }
                case .loopWhen(let onLoop): group.addTask(executorPreference: executor) { await connection.serve(handler, onLoop: onLoop) }
                }
            }
            // The stream also ends by cancellation.
            stop()
        }
    }

    /// New connections prove themselves by this certificate from now on; those that are open keep theirs.
    public func replace(tls identity: ServerTLS) throws {
        tls = try TLSContext(identity)
        self.identity = identity
    }

    /// Stops accepting, closes idle connections, lets requests that are under way finish, then closes what is left and ends `run()`.
    ///
    /// Streams and upgraded connections would last as long as their client: their tasks are cancelled after `streamGrace`; a stream
    /// whose closure returns then ends as a whole reply. What is not done after `grace` is cut.
    public func drain(grace: Duration, streamGrace: Duration = .seconds(1)) async {
        guard !isStopped else { return }
        isDraining = true
        listener?.close()
        listener = nil
        beginDrain()
        let streams = loop.schedule(after: min(streamGrace, grace)) { self.assumeIsolated { $0.cancelStreams() } }
        let end = loop.schedule(after: grace) { self.assumeIsolated { $0.closeAll() } }
        await withCheckedContinuation { continuation in
            if connections.isEmpty { continuation.resume() } else { waitingForEmpty.append(continuation) }
        }
        streams.cancel()
        end.cancel()
        stop()
    }

    /// Closes everything now.
    public func stop() {
        guard !isStopped else { return }
        isStopped = true
        isDraining = true
        listener?.close()
        listener = nil
        closeAll()
        acceptor.finish()
        ticker?.cancel()
        ticker = nil
        publish()
    }

    private func beginDrain() {
        for connection in Array(connections.values) { connection.assumeIsolated { $0.beginDrain() } }
    }

    private func cancelStreams() {
        for connection in Array(connections.values) { connection.assumeIsolated { $0.cancelStream() } }
    }

    private func closeAll() {
        for connection in Array(connections.values) { connection.assumeIsolated { $0.close() } }
    }

    // MARK: Connections

    /// Takes ownership of the descriptor; false when accepting should pause.
    private func accept(_ descriptor: Int32, _ peer: String) -> Bool {
        guard !isDraining else {
            Glibc.close(descriptor)
            return false
        }
        if connections.count >= maximumConnections, !closeOneIdle() {
            rejected("limit", HTTPPeer(address: peer))
            Glibc.close(descriptor)
            return true
        }
        var session: OpaquePointer?
        if let tls {
            session = tls.accept(descriptor)
            guard session != nil else {
                Glibc.close(descriptor)
                return true
            }
        }
        let connection = HTTPConnection(
            socket: Socket(descriptor: descriptor, session: session), peer: HTTPPeer(address: peer), server: self, loop: loop, limits: limits)
        connections[ObjectIdentifier(connection)] = connection
        if connection.assumeIsolated({ $0.open() }) { acceptor.yield(connection) }
        return true
    }

    /// Makes room by the idle connection that waits longest.
    private func closeOneIdle() -> Bool {
        var oldest: (connection: HTTPConnection, deadline: MonotonicInstant)?
        for connection in connections.values {
            guard let deadline = connection.assumeIsolated({ $0.phase == .idle ? $0.deadline : nil }) else { continue }
            if oldest.map({ deadline < $0.deadline }) ?? true { oldest = (connection: connection, deadline: deadline) }
        }
        guard let oldest else { return false }
        oldest.connection.assumeIsolated { $0.close() }
        return true
    }

    func forget(_ connection: HTTPConnection) {
        connections[ObjectIdentifier(connection)] = nil
        guard connections.isEmpty else { return }
        let waiting = waitingForEmpty
        waitingForEmpty = []
        for one in waiting { one.resume() }
    }

    // MARK: The tick

    private func scheduleTick() {
        guard !isStopped else { return }
        let shortest = min(limits.handshakeTimeout, limits.headTimeout, limits.bodyTimeout, limits.keepAliveTimeout, limits.writeTimeout)
        let interval = max(.milliseconds(10), min(.seconds(1), shortest / 4))
        let due = now + interval
        ticker = loop.schedule(after: interval) { [weak self] in self?.assumeIsolated { $0.tick(due: due) } }
    }

    private func tick(due: MonotonicInstant) {
        let now = now
        metrics.observe(
            "millwright_event_loop_lag_seconds", seconds: max(0, (now - due).inSeconds), help: "How late the event loop is; over 10 ms something computes on it")
        for connection in Array(connections.values) { connection.assumeIsolated { $0.tick(now) } }
        publish()
        scheduleTick()
    }

    private func publish() {
        counts.publish(to: metrics, server: name, connections: connections.count)
    }

    // Called by connections.
    func countStarted() { counts.inFlight += 1 }
    func countEnded() { counts.inFlight -= 1 }
    func countReceived(_ bytes: Int) { counts.received += UInt64(bytes) }
    func countSent(_ bytes: Int) { counts.sent += UInt64(bytes) }
    func countReply(_ status: Int) { counts.replies[status, default: 0] += 1 }

    func rejected(_ reason: String, _ peer: HTTPPeer) {
        counts.rejected[reason, default: 0] += 1
        // Anyone can cause these: debug, so that nobody fills the log.
        logger.debug("refused or cut a connection", ["server": name, "reason": reason, "peer": peer.address])
    }
}
