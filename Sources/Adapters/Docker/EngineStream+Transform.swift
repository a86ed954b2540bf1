import Platform

extension EngineStream {
    /// The same stream taken apart and put together anew: each piece gives none, one or several values.
    /// - Parameters:
    ///   - state: what is kept between pieces.
    ///   - finish: what is left at the end.
    func transformed<State: Sendable, Value: Sendable>(
        _ state: State, _ transform: @escaping @Sendable (inout State, Element) throws(DockerError) -> [Value],
        finish: @escaping @Sendable (inout State) throws(DockerError) -> [Value]
    ) -> EngineStream<Value> {
        let cell = Locked(TransformCell<State, Value>(state: state))
        let source = self
        return EngineStream<Value>(
            next: { () async throws(DockerError) -> Value? in
                while true {
                    if let value = cell.withLock({ cell in cell.pop() }) { return value }
                    if cell.withLock({ cell in cell.isFinished }) { return nil }
                    let piece = try await source.next()
                    try cell.withLock { cell throws(DockerError) in
                        if let piece {
                            cell.fill(try transform(&cell.state, piece))
                        } else {
                            cell.isFinished = true
                            cell.fill(try finish(&cell.state))
                        }
                    }
                }
            }, cancel: { source.cancel() })
    }
}

private struct TransformCell<State: Sendable, Value: Sendable>: Sendable {
    var state: State
    var isFinished = false
    /// Reversed: the next one is last.
    private var ready: [Value] = []

    init(state: State) { self.state = state }

    mutating func pop() -> Value? { ready.popLast() }
    mutating func fill(_ values: [Value]) { ready = values.reversed() }
}
