import CEvent
import Glibc
import Kernel
import Platform

/// A body that will run once on the loop, unless it is cancelled first.
///
/// `cancel()` on the loop's thread guarantees that the body doesn't run after it; from elsewhere it may be too late.
///
/// `@unchecked Sendable`: `event` and `body` are touched on the loop's thread only (`arm`, `fire` and the body of `cancel`).
public final class EventLoopTimer: @unchecked Sendable {
    private let loop: EventLoop
    private var event: OpaquePointer?
    private var body: (@Sendable () -> Void)?

    init(loop: EventLoop, body: @escaping @Sendable () -> Void) {
        self.loop = loop
        self.body = body
    }

    public func cancel() {
        guard loop.isInLoop else { return loop.execute { self.disarm() } }
        disarm()
    }

    func arm(after delay: Duration) {
        guard body != nil else { return }
        let this = Unmanaged.passRetained(self)
        guard let event = event_new(loop.base, -1, 0, { _, _, argument in
            guard let argument else { return }
            Unmanaged<EventLoopTimer>.fromOpaque(argument).takeUnretainedValue().fire()
        }, this.toOpaque()) else {
            this.release()
            return
        }
        self.event = event
        var time = timeval(delay)
        event_add(event, &time)
    }

    private func fire() {
        let body = body
        disarm()
        body?()
    }

    /// Gives back the event and the reference that it holds.
    private func disarm() {
        body = nil
        guard let event else { return }
        self.event = nil
        event_free(event)
        Unmanaged.passUnretained(self).release()
    }
}

extension EventLoop {
    /// Runs the body on the loop after that time. From any thread.
    @discardableResult
    public func schedule(after delay: Duration, _ body: @escaping @Sendable () -> Void) -> EventLoopTimer {
        let timer = EventLoopTimer(loop: self, body: body)
        if isInLoop { timer.arm(after: delay) } else { execute { timer.arm(after: delay) } }
        return timer
    }

    /// Waits on the loop's clock; throws `CancellationError` at once when the task is cancelled.
    public func sleep(for delay: Duration) async throws {
        let sleeper = Sleeper()
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                guard sleeper.wait(continuation) else { return continuation.resume() }
                sleeper.timer(schedule(after: delay) { sleeper.wake() })
            }
        } onCancel: {
            sleeper.wake()
        }
        try Task.checkCancellation()
    }
}

/// The one continuation of a sleep, resumed by the timer or by the cancellation, whichever comes first.
private final class Sleeper: Sendable {
    private struct State {
        var continuation: CheckedContinuation<Void, Never>?
        var timer: EventLoopTimer?
        var isDone = false
    }

    private let state = Locked(State())

    /// False when the sleep is over already.
    func wait(_ continuation: CheckedContinuation<Void, Never>) -> Bool {
        state.withLock { state in
            if state.isDone { return false }
            state.continuation = continuation
            return true
        }
    }

    func timer(_ timer: EventLoopTimer) {
        let isDone = state.withLock { state -> Bool in
            state.timer = timer
            return state.isDone
        }
        if isDone { timer.cancel() }
    }

    func wake() {
        let (continuation, timer) = state.withLock { state -> (CheckedContinuation<Void, Never>?, EventLoopTimer?) in
            state.isDone = true
            defer { state.continuation = nil; state.timer = nil }
            return (state.continuation, state.timer)
        }
        timer?.cancel()
        continuation?.resume()
    }
}

extension timeval {
    /// Never negative; saturates at what a `timeval` of libevent takes.
    public init(_ duration: Duration) {
        let nanoseconds = max(0, min(duration.wholeNanoseconds, 1 << 60))
        self.init(tv_sec: Int(nanoseconds / 1_000_000_000), tv_usec: Int(nanoseconds % 1_000_000_000 / 1000))
    }
}
