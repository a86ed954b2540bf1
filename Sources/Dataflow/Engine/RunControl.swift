import Platform

/// How a run is told to stop, from any thread.
public final class RunControl: Sendable {
    public enum Request: Sendable, Equatable {
        case goOn
        /// Drain what was read, checkpoint, stop.
        case pause
        /// Stop; nothing is committed and the outputs' temporary files go away.
        case cancel
    }

    private let request = Locked(Request.goOn)

    public init() {}

    public var current: Request { request.withLock { $0 } }

    public func pause() { request.withLock { if $0 == .goOn { $0 = .pause } } }

    /// Wins over a pause.
    public func cancel() { request.withLock { $0 = .cancel } }
}
