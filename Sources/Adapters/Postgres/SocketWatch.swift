import CEvent
import EventLoop

/// Tells a connection on the event loop when its socket can be read or written. Used on the loop's thread alone.
final class SocketWatch {
    /// What libevent's callbacks find; kept alive by the watch, freed after the events are.
    private final class Target {
        weak var connection: PostgresConnection?
        init(_ connection: PostgresConnection) { self.connection = connection }
    }

    private let target: Target
    private var read: OpaquePointer?
    private var write: OpaquePointer?
    private var isWriting = false

    /// - Returns: nil when libevent has no memory for it.
    init?(loop: EventLoop, socket: Int32, connection: PostgresConnection) {
        target = Target(connection)
        let context = Unmanaged.passUnretained(target).toOpaque()
        read = event_new(
            loop.base, socket, Int16(EV_READ | EV_PERSIST),
            { _, _, context in
                SocketWatch.enter(context) { $0.becameReadable() }
            }, context)
        write = event_new(
            loop.base, socket, Int16(EV_WRITE | EV_PERSIST),
            { _, _, context in
                SocketWatch.enter(context) { $0.becameWritable() }
            }, context)
        guard let read, write != nil, event_add(read, nil) == 0 else {
            close()
            return nil
        }
    }

    private static func enter(_ context: UnsafeMutableRawPointer?, _ body: @Sendable (isolated PostgresConnection) -> Void) {
        guard let context else { return }
        // Strong for the call: a callback may close the connection, and with it this watch.
        let target = Unmanaged<Target>.fromOpaque(context).takeUnretainedValue()
        target.connection?.assumeIsolated(body)
    }

    func setWriting(_ wanted: Bool) {
        guard wanted != isWriting, let write else { return }
        isWriting = wanted
        if wanted { event_add(write, nil) } else { event_del(write) }
    }

    /// Must be called before the socket is closed, and before the watch is let go.
    func close() {
        if let read { event_free(read) }
        if let write { event_free(write) }
        read = nil
        write = nil
    }
}
