import EventLoop
import Platform

/// Lets one loop sleep until there is something to do. A signal given while nobody sleeps is kept, once.
final class Wakeup: Sendable {
    private struct State {
        var isSet = false
        var sleeper: CheckedContinuation<Void, Never>?
        var turn = 0
    }

    private let state = Locked(State())
    private let loop: EventLoop

    init(loop: EventLoop) { self.loop = loop }

    func signal() {
        let sleeper = state.withLock { state -> CheckedContinuation<Void, Never>? in
            guard let sleeper = state.sleeper else {
                state.isSet = true
                return nil
            }
            state.sleeper = nil
            return sleeper
        }
        sleeper?.resume()
    }

    /// Returns at the signal, after the time, or when the task is cancelled. For one sleeper at a time.
    func wait(for limit: Duration?) async {
        let turn = state.withLock { state -> Int in
            state.turn += 1
            return state.turn
        }
        let timer = limit.map { loop.schedule(after: $0) { self.end(turn) } }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isDue = state.withLock { state -> Bool in
                    if state.isSet || Task.isCancelled || state.turn != turn {
                        state.isSet = false
                        return true
                    }
                    state.sleeper = continuation
                    return false
                }
                if isDue { continuation.resume() }
            }
        } onCancel: {
            end(turn)
        }
        timer?.cancel()
    }

    private func end(_ turn: Int) {
        let sleeper = state.withLock { state -> CheckedContinuation<Void, Never>? in
            guard state.turn == turn, let sleeper = state.sleeper else {
                // Not asleep yet, or awake already: then the next sleep is cut short for nothing, which does no harm.
                state.isSet = true
                return nil
            }
            state.sleeper = nil
            return sleeper
        }
        sleeper?.resume()
    }
}
