import Platform

/// Whether what must exist from the start does.
final class Readiness: Sendable {
    private let done = Locked(false)

    var isReady: Bool { done.withLock { $0 } }
    func becomeReady() { done.withLock { $0 = true } }
}
