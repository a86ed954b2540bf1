import Platform

/// One life of the program under test: its calls go out under it, and once it is killed nothing it does has any effect.
public final class SimulatedProcess: Sendable {
    private let alive = Locked(true)
    private let whenKilled = Locked<(@Sendable () -> Void)?>(nil)

    public init() {}

    public var isAlive: Bool { alive.withLock { $0 } }

    /// Called once, at the kill: start the next life there.
    public func onKill(_ body: @escaping @Sendable () -> Void) { whenKilled.withLock { $0 = body } }

    public func kill() {
        let wasAlive = alive.withLock { alive in
            defer { alive = false }
            return alive
        }
        guard wasAlive else { return }
        let body = whenKilled.withLock { $0 }
        body?()
    }
}
