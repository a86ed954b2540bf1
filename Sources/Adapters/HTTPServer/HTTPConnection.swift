import CEvent
import COpenSSL
import EventLoop
import Glibc
import HTTPMessages
import Kernel
import Platform

/// One client's connection: reads requests, hands them one after another to the connection's task, sends what the task gives.
///
/// An own state machine over libevent's events rather than evhttp: 2.1's evhttp has no bound on the whole time of a head, no reply of
/// our own for a body that is too large, no connection cap and no drain, and its request objects change owner when a client leaves.
///
/// Flow: `HTTPServer` accepts and keeps it until it is closed; `serve` is its task. The loop's events come in through
/// `readable`/`writable`, the server's tick through `tick`. Closing has one place, `close()`: events, session and descriptor are
/// given back, the task is cancelled, everyone who waits is resumed. After it every entry does nothing.
actor HTTPConnection {
    enum Phase {
        case handshaking
        /// Between two requests.
        case idle
        /// A part of a request came.
        case receiving
        /// A request is with the handler, or its reply is on the way.
        case handling
        /// The connection speaks another protocol now.
        case upgraded
        /// The last reply went out; what still comes is dropped until the peer ends or the deadline passes.
        case lingering
        case closed
    }

    /// Input that may wait while a handler runs, before reading stops.
    static let inputHighWater = 64 << 10

    nonisolated let loop: EventLoop
    nonisolated let server: HTTPServer
    nonisolated let limits: HTTPLimits
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    let socket: Socket
    var phase: Phase
    var parser: HTTPRequestParser
    var peer: HTTPPeer
    /// When the client's certificate ends: it names nobody any more then, however long the connection is kept.
    private var certificateEnd: Timestamp?
    private var readEvent: OpaquePointer?
    private var writeEvent: OpaquePointer?
    private(set) var isReading = false
    private(set) var isWriteArmed = false
    /// When the phase has lasted too long.
    var deadline: MonotonicInstant?
    /// When the client has taken nothing for too long; nil while nothing waits for it.
    var writeDeadline: MonotonicInstant?

    // The request that is being received, and the one that the task will take.
    var receiving: (request: HTTPRequest, framing: HTTPRequestFraming, limit: Int)?
    var ready: Exchange?
    var waitingTask: CheckedContinuation<Exchange?, Never>?
    private var task: TaskCanceller?

    var output = OutputQueue()
    var closesAfterOutput = false
    /// The handler's reply comes in pieces, and lasts as long as it likes.
    var isStreaming = false
    var waitingWriters: [CheckedContinuation<Void, any Error>] = []
    /// The peer ended its side.
    var hasPeerEnded = false

    // After an upgrade.
    var upgradedInput: [[UInt8]] = []
    var upgradedInputCount = 0
    var waitingReader: CheckedContinuation<[UInt8]?, any Error>?

    init(socket: Socket, peer: HTTPPeer, server: HTTPServer, loop: EventLoop, limits: HTTPLimits) {
        self.socket = socket
        self.peer = peer
        self.server = server
        self.loop = loop
        self.limits = limits
        phase = socket.session == nil ? .idle : .handshaking
        parser = HTTPRequestParser(maximumHeadBytes: limits.maximumHeadBytes)
    }

    /// The server is on the same executor: entered without a hop.
    func withServer<Result: Sendable>(_ body: (isolated HTTPServer) -> Result) -> Result { server.assumeIsolated(body) }

    /// Who asks, as far as it is proved now.
    func currentPeer() -> HTTPPeer {
        if let certificateEnd, certificateEnd < SystemClocks().now { peer.certificate = nil }
        return peer
    }

    func rejected(_ reason: String) {
        let peer = peer
        withServer { $0.rejected(reason, peer) }
    }

    // MARK: Events

    /// Begins to listen to the socket; false when libevent has no memory for it, the connection is closed then.
    func open() -> Bool {
        let this = Unmanaged.passUnretained(self).toOpaque()
        // The pointer is not retained: `close()` frees both events before the server lets go of the connection.
        let entry: event_callback_fn = { _, what, argument in
            guard let argument else { return }
            let connection = Unmanaged<HTTPConnection>.fromOpaque(argument).takeUnretainedValue()
            connection.assumeIsolated { connection in
                if Int32(what) & EV_WRITE != 0 { connection.writable() } else { connection.readable() }
            }
        }
        readEvent = event_new(loop.base, socket.descriptor, Int16(EV_READ | EV_PERSIST), entry, this)
        writeEvent = event_new(loop.base, socket.descriptor, Int16(EV_WRITE | EV_PERSIST), entry, this)
        guard readEvent != nil, writeEvent != nil else {
            close()
            return false
        }
        deadline = server.now + (phase == .handshaking ? limits.handshakeTimeout : limits.headTimeout)
        setReading(true)
        return true
    }

    func setReading(_ on: Bool) {
        guard let readEvent, on != isReading else { return }
        isReading = on
        _ = on ? event_add(readEvent, nil) : event_del(readEvent)
    }

    func setWriting(_ on: Bool) {
        guard let writeEvent, on != isWriteArmed else { return }
        isWriteArmed = on
        _ = on ? event_add(writeEvent, nil) : event_del(writeEvent)
    }

    private func readable() {
        if phase == .handshaking { return shakeHands() }
        receive()
    }

    private func writable() {
        if phase == .handshaking { return shakeHands() }
        flush()
        // TLS may have waited to write before it can read on.
        if socket.session != nil { receive() }
    }

    private func shakeHands() {
        switch socket.handshake() {
        case .done:
            setWriting(false)
            if let session = socket.session, let verified = TLSContext.verifiedSubject(session) {
                peer.certificate = verified.subject
                certificateEnd = verified.end
            }
            phase = .idle
            deadline = server.now + limits.headTimeout
            receive()
        case .waitReadable: setWriting(false)
        case .waitWritable: setWriting(true)
        case .end, .failed:
            rejected("handshake")
            close()
        }
    }

    /// Called by the server every now and then.
    func tick(_ now: MonotonicInstant) {
        if let writeDeadline, writeDeadline < now {
            rejected("slow-reader")
            return close()
        }
        guard let deadline, deadline < now else { return }
        switch phase {
        case .receiving:
            rejected("slow-request")
            refuse(HTTPReply(status: 408, contentType: "text/plain; charset=utf-8", Array("The request took too long to arrive\n".utf8)))
        case .handling, .upgraded: self.deadline = nil
        case .handshaking, .idle, .lingering, .closed: close()
        }
    }

    // MARK: The end

    func adopt(_ task: TaskCanceller) {
        self.task = task
        if phase == .closed { task.cancel() }
    }

    func dropTask() { task = nil }

    func cancelTask() { task?.cancel() }

    /// Says that nothing more will be written, and waits a little for the peer to end: a connection that is closed over unread
    /// input is reset, and the reset can overtake the reply.
    func linger() {
        guard phase != .closed, phase != .lingering else { return }
        socket.endWriting()
        if hasPeerEnded { return close() }
        phase = .lingering
        deadline = server.now + .seconds(2)
        writeDeadline = nil
        wakeTask()
        setReading(true)
    }

    /// No further request is taken; one that is under way finishes.
    func beginDrain() {
        if phase == .idle || phase == .handshaking { close() }
    }

    /// Asks a reply without an end of its own to end.
    func cancelStream() {
        if phase == .upgraded || phase == .handling && isStreaming { task?.cancel() }
    }

    func wakeTask() {
        waitingTask?.resume(returning: nil)
        waitingTask = nil
    }

    /// Gives everything back. May be called at any moment on the loop, also out of an event's callback.
    func close() {
        guard phase != .closed else { return }
        phase = .closed
        if let readEvent { event_free(readEvent) }
        if let writeEvent { event_free(writeEvent) }
        readEvent = nil
        writeEvent = nil
        isReading = false
        isWriteArmed = false
        socket.close()
        output.removeAll()
        receiving = nil
        ready = nil
        task?.cancel()
        wakeTask()
        for writer in waitingWriters { writer.resume(throwing: HTTPClientGone()) }
        waitingWriters = []
        waitingReader?.resume(throwing: HTTPClientGone())
        waitingReader = nil
        withServer { $0.forget(self) }
    }
}

/// The client left before the reply was whole.
public struct HTTPClientGone: Error, Sendable, CustomStringConvertible {
    public var description: String { "the client closed the connection" }
}

/// A request and what its reply must know of it.
struct Exchange: Sendable {
    let request: HTTPRequest
    let framing: HTTPRequestFraming
}

/// Cancels the task of a connection.
///
/// `@unchecked Sendable`: cancelling a task is safe from any thread; the value is dropped (`dropTask`) before the task ends, so it
/// never outlives it.
struct TaskCanceller: @unchecked Sendable {
    private let task: UnsafeCurrentTask
    init(_ task: UnsafeCurrentTask) { self.task = task }
    func cancel() { task.cancel() }
}
