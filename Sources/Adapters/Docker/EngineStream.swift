/// Something that comes from the engine piece by piece: log lines, events. The producer waits while the consumer is busy.
///
/// One consumer at a time. Ends when `next` gives nil, throws, or after `cancel`.
public struct EngineStream<Element: Sendable>: Sendable {
    private let produce: @Sendable () async throws(DockerError) -> Element?
    private let stop: @Sendable () -> Void

    /// - Parameters:
    ///   - next: gives the next piece, nil at the end.
    ///   - cancel: lets go of what is behind; may be called many times and while `next` runs, which then ends.
    public init(next: @escaping @Sendable () async throws(DockerError) -> Element?, cancel: @escaping @Sendable () -> Void) {
        produce = next
        stop = cancel
    }

    /// The next piece, nil at the end.
    public func next() async throws(DockerError) -> Element? { try await produce() }

    /// Lets go of the connection; always call it when done before the end.
    public func cancel() { stop() }
}
