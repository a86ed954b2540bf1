import Platform
import ServiceKit

/// Told once to stop; whoever works sees it and comes to an end by itself, its calls going on.
public final class StopSignal: Sendable {
    private struct State {
        var isStopping = false
        var waiters = Waiters<Bool>()
    }

    private let state = Locked(State())

    public init() {}

    public var isStopping: Bool { state.withLock { $0.isStopping } }

    public func stop() {
        let waiters = state.withLock { state in
            state.isStopping = true
            return state.waiters.take(for: true)
        }
        for waiter in waiters { waiter.resume() }
    }

    /// Returns when told to stop or when the task is cancelled.
    public func wait() async { await state.wait(\.waiters, on: \.isStopping) { $0 } }
}

/// Work that has something to finish when it is stopped: a pass under way, a lease to give back, events to send.
///
/// A cancelled task can't call anything any more, so such work is two services of a `ServiceGroup`: the work itself, and behind
/// it one that, stopped first as the group stops in reverse, tells the work to stop and waits until it has.
public struct GracefulService: Sendable {
    /// Put both into the group in this order, next to each other.
    public let services: [any Service]

    /// - Parameter work: returns soon after the signal; its task is cancelled only after that.
    public init(
        _ name: String, work: @escaping @Sendable (_ stop: StopSignal, _ ready: @escaping @Sendable () -> Void) async throws -> Void
    ) {
        let stop = StopSignal()
        let ended = Gate()
        let cancelled = StopSignal()
        services = [
            ClosureService(name) { ready in
                defer { ended.open() }
                try await work(stop, ready)
                // Ended as told: the group must see it end only when it is this service's turn.
                ended.open()
                if stop.isStopping { await cancelled.wait() }
            },
            ClosureService("\(name), stopping") { ready in
                ready()
                await cancelled.wait()
                stop.stop()
                await ended.wait()
            },
        ]
    }
}
