import Kernel
import Resilience

/// Follows an engine's events for ever, through its restarts and hangs.
///
/// Flow: subscribe, say `subscribed` (the consumer lists everything then: what happened before is in the list, what happens
/// after comes as an event), hand on events; when the stream breaks, or the engine doesn't answer a ping, say `lost`, wait,
/// subscribe again from the last event on. Guarantees: no event between a `subscribed` and the next `lost` is missing; some come twice
/// (the engine's `since` includes the moment it names); events of a gap longer than the engine's memory are lost, which is why
/// every `subscribed` means: list again.
public struct EngineEventFollower<Engine: ContainerEngine>: Sendable {
    public enum Item: Sendable, Equatable {
        /// Events come from here on; list everything now.
        case subscribed
        case event(EngineEvent)
        /// The engine is away or hangs; the next attempt is made after `retryAfter`.
        case lost(DockerError, retryAfter: Duration)
    }

    private let engine: Engine
    private let filters: EngineFilters
    private let backoff: Backoff
    private let heartbeat: Duration
    private let seed: UInt64

    /// - Parameters:
    ///   - heartbeat: how often a silent stream is checked by a ping; one that gets no answer counts as lost.
    ///   - seed: for the jitter of the waits.
    public init(
        engine: Engine, filters: EngineFilters = .none,
        backoff: Backoff = Backoff(initial: .seconds(1), factor: 2, cap: .seconds(30), jitter: .equal), heartbeat: Duration = .seconds(30),
        seed: UInt64 = 0
    ) {
        self.engine = engine
        self.filters = filters
        self.backoff = backoff
        self.heartbeat = heartbeat
        self.seed = seed
    }

    /// Runs until its task is cancelled. `handle` is awaited before the next event is taken: a slow consumer slows the stream,
    /// and loses nothing.
    public func run(_ handle: @escaping @Sendable (Item) async -> Void) async throws(CancellationError) {
        var generator = SeededGenerator(seed: seed)
        var position = EventPosition()
        var failures = 0
        while true {
            let error = await follow(&position, handle)
            if Task.isCancelled { throw CancellationError() }
            failures = position.moved ? 1 : failures + 1
            position.moved = false
            let delay = max(backoff.delay(failures: failures, using: &generator), error.retryAfter ?? .zero)
            await handle(.lost(error, retryAfter: delay))
            do { try await Task.sleep(for: delay) } catch { throw CancellationError() }
        }
    }

    /// One subscription, from opening to its end.
    private func follow(_ position: inout EventPosition, _ handle: @escaping @Sendable (Item) async -> Void) async -> DockerError {
        do throws(DockerError) {
            // Without a last event, from the engine's own present: what happens between this and the subscription is kept for us.
            let since: Timestamp?
            if let last = position.last { since = last } else { since = try await engine.info().time }
            let stream = try await engine.events(since: since, filters: filters)
            defer { stream.cancel() }
            position.moved = true
            if position.last == nil { position.last = since }
            await handle(.subscribed)
            let outcome = await read(stream, position.last, handle)
            position.last = outcome.last
            return outcome.error
        } catch {
            return error
        }
    }

    private enum Ended: Sendable {
        case reading(last: Timestamp?, DockerError)
        case heartbeat(DockerError)
    }

    /// Reads to the stream's end while a heartbeat runs beside it; what ends first is the cause, and ends the other.
    private func read(
        _ stream: EngineStream<EngineEvent>, _ start: Timestamp?, _ handle: @escaping @Sendable (Item) async -> Void
    ) async -> (last: Timestamp?, error: DockerError) {
        await withTaskGroup(of: Ended.self) { group in
            group.addTask {
                var last = start
                do throws(DockerError) {
                    while let event = try await stream.next() {
                        last = max(last ?? event.time, event.time)
                        await handle(.event(event))
                    }
                    return .reading(last: last, .unreachable(endpoint: engine.target, "the event stream ended"))
                } catch {
                    return .reading(last: last, error)
                }
            }
            group.addTask { .heartbeat(await beat()) }
            var last = start
            var cause: DockerError?
            for await ended in group {
                stream.cancel()
                group.cancelAll()
                switch ended {
                case .reading(let until, let error): (last, cause) = (until, cause ?? error)
                case .heartbeat(let error): cause = cause ?? error
                }
            }
            return (last, cause ?? .cancelled)
        }
    }

    /// Pings until one gets no answer. One that a guard refused says nothing about the stream.
    private func beat() async -> DockerError {
        while true {
            do { try await Task.sleep(for: heartbeat) } catch { return .cancelled }
            do {
                try await engine.ping()
            } catch {
                if case .refused = error { continue }
                return error
            }
        }
    }
}

/// Up to where events have come.
private struct EventPosition: Sendable {
    var last: Timestamp?
    /// A subscription stood since the last loss.
    var moved = false
}
