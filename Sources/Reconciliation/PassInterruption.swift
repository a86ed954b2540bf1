import Kernel
import Platform

/// Runs passes so that all of them can be cancelled at once, and each ends by its deadline.
final class PassInterruption: Sendable {
    private struct State {
        var current = StopSignal()
    }

    private let state = Locked(State())

    func interrupt() {
        let signal = state.withLock { state in
            defer { state.current = StopSignal() }
            return state.current
        }
        signal.stop()
    }

    /// The body's result; `retry` when the time was over, `cancelled` when it was interrupted, whatever the body says then.
    func run(atMost limit: Duration, clocks: any WaitingClocks, _ body: @escaping @Sendable () async -> PassResult) async -> PassResult {
        enum End: Sendable { case done(PassResult), late, interrupted }
        let signal = state.withLock { $0.current }
        return await withTaskGroup(of: End.self) { group in
            group.addTask { .done(await body()) }
            group.addTask {
                do { try await clocks.sleep(for: limit) } catch { return .interrupted }
                return .late
            }
            group.addTask {
                await signal.wait()
                return .interrupted
            }
            var cutShort: PassResult?
            for await end in group {
                switch end {
                case .done(let result):
                    group.cancelAll()
                    return cutShort ?? result
                case .late:
                    if cutShort == nil { cutShort = .retry("the pass took longer than \(limit.manifest) and was stopped") }
                    group.cancelAll()
                case .interrupted:
                    if cutShort == nil { cutShort = .cancelled }
                    group.cancelAll()
                }
            }
            return .cancelled
        }
    }
}
