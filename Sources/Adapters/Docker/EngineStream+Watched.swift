import Kernel

extension EngineStream {
    /// The same stream with a heartbeat beside it: while nothing comes, `check` is made every `interval`, and one that fails ends the
    /// stream with its error. An engine that hangs, or a connection that was cut without a word, closes nothing.
    ///
    /// A check that a guard refused says nothing.
    func watched(
        every interval: Duration, by check: @escaping @Sendable () async throws(DockerError) -> Void
    ) -> EngineStream<Element> {
        let source = self
        return EngineStream(
            next: { () async throws(DockerError) -> Element? in
                try await source.nextWhileAlive { () async -> DockerError? in await Self.firstFailure(of: check, every: interval) }
            }, cancel: { source.cancel() })
    }

    private enum Ended: Sendable {
        case read(Result<Element?, DockerError>)
        /// nil: it was told to stop.
        case watch(DockerError?)
    }

    private func nextWhileAlive(_ watch: @escaping @Sendable () async -> DockerError?) async throws(DockerError) -> Element? {
        let outcome = await withTaskGroup(of: Ended.self) { group in
            group.addTask {
                do throws(DockerError) { return .read(.success(try await next())) } catch { return .read(.failure(error)) }
            }
            group.addTask { .watch(await watch()) }
            var outcome: Result<Element?, DockerError>?
            for await ended in group {
                switch ended {
                case .read(let result): outcome = outcome ?? result
                case .watch(let error?): outcome = outcome ?? .failure(error)
                case .watch(nil): continue
                }
                // The first to end decides; the other is told to.
                if case .watch = ended { cancel() }
                group.cancelAll()
            }
            return outcome ?? .failure(.cancelled)
        }
        return try outcome.get()
    }

    private static func firstFailure(
        of check: @Sendable () async throws(DockerError) -> Void, every interval: Duration
    ) async -> DockerError? {
        while true {
            do { try await Task.sleep(for: interval) } catch { return nil }
            do throws(DockerError) {
                try await check()
            } catch {
                switch error {
                case .refused: continue
                case .cancelled: return nil
                default: return error
                }
            }
        }
    }
}
