import CEvent
import EventLoop
import Glibc
import Kernel

/// A listening socket on the loop; hands each accepted descriptor on.
///
/// Used on the loop's thread only: its owner is an actor pinned there.
final class Listener {
    /// Takes ownership of the descriptor; false pauses accepting.
    typealias Accept = (_ descriptor: Int32, _ peer: String) -> Bool

    let port: Int
    private let loop: EventLoop
    private let descriptor: Int32
    private let unixPath: String?
    private let accept: Accept
    private let whenExhausted: (_ reason: String) -> Void
    private var event: OpaquePointer?

    /// Accepted at one go before others have their turn.
    private static let batch = 64

    init(
        loop: EventLoop, address: String, port: Int, accept: @escaping Accept, whenExhausted: @escaping (_ reason: String) -> Void
    ) throws(HTTPServerFailure) {
        self.loop = loop
        self.accept = accept
        self.whenExhausted = whenExhausted
        if address.hasPrefix("/") {
            unixPath = address
            descriptor = try ListeningSocket.unix(path: address)
            self.port = 0
        } else {
            unixPath = nil
            (descriptor, self.port) = try ListeningSocket.tcp(address: address, port: port)
        }
        let this = Unmanaged.passUnretained(self).toOpaque()
        // Not retained: `close()`, which the owner and `deinit` call, frees the event first.
        event = event_new(loop.base, descriptor, Int16(EV_READ | EV_PERSIST), { _, _, argument in
            guard let argument else { return }
            Unmanaged<Listener>.fromOpaque(argument).takeUnretainedValue().acceptBatch()
        }, this)
        guard let event, event_add(event, nil) == 0 else {
            Glibc.close(descriptor)
            throw HTTPServerFailure(description: "can't listen on \(address): libevent refused the socket")
        }
    }

    deinit { close() }

    func close() {
        guard let event else { return }
        self.event = nil
        event_free(event)
        Glibc.close(descriptor)
        if let unixPath { unlink(unixPath) }
    }

    private func acceptBatch() {
        for _ in 0..<Self.batch {
            guard event != nil else { return }
            var storage = sockaddr_storage()
            var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
            let client = withUnsafeMutablePointer(to: &storage) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { mw_accept(descriptor, $0, &size) }
            }
            guard client >= 0 else {
                switch errno {
                case EINTR, ECONNABORTED: continue
                // No descriptor is free: the connection stays in the backlog, and asking again at once would only spin.
                case EMFILE, ENFILE, ENOBUFS, ENOMEM: return pause()
                default: return
                }
            }
            if unixPath == nil { mw_tune_tcp(client) }
            guard accept(client, unixPath == nil ? ListeningSocket.text(&storage, size) : "") else { return }
        }
    }

    private func pause() {
        guard let event else { return }
        if resumeTimer == nil { whenExhausted(String(cString: strerror(errno))) }
        event_del(event)
        resumeTimer?.cancel()
        resumeTimer = loop.schedule(after: .milliseconds(200), ResumeAccepting(self).run)
    }

    private var resumeTimer: EventLoopTimer?

    fileprivate func resume() {
        resumeTimer = nil
        if let event { event_add(event, nil) }
    }
}

/// Carries the listener into the timer's body.
///
/// `@unchecked Sendable`: the body runs on the loop's thread, the only one where the listener is touched.
private final class ResumeAccepting: @unchecked Sendable {
    private weak var listener: Listener?
    init(_ listener: Listener) { self.listener = listener }
    @Sendable func run() { listener?.resume() }
}
