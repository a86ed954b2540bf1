import Platform

/// Which keys are being worked on, so that none is twice at a time.
final class BusySet: Sendable {
    private let keys = Locked<Set<String>>([])

    /// Whether the key was free; if so, `end` must follow.
    func begin(_ key: String) -> Bool { keys.withLock { $0.insert(key).inserted } }
    func end(_ key: String) { _ = keys.withLock { $0.remove(key) } }
}
