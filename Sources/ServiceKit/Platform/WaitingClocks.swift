import Kernel

/// Clocks that can also be waited for: what shells with timers take, so that a test can run them on time of its own making.
public protocol WaitingClocks: Clocks {
    /// Returns once at least that much monotonic time has gone by; throws as soon as the task is cancelled.
    func sleep(for duration: Duration) async throws(CancellationError)
}

extension SystemClocks: WaitingClocks {
    public func sleep(for duration: Duration) async throws(CancellationError) {
        do { try await Task.sleep(for: duration) } catch { throw CancellationError() }
    }
}
