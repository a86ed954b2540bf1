import Platform

/// Something that happened, or how often.
final class Flag: Sendable {
    private let value = Locked(0)
    func raise(by amount: Int = 1) { value.withLock { $0 += amount } }
    var count: Int { value.withLock { $0 } }
    var isRaised: Bool { count > 0 }
}
