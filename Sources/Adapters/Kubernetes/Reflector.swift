import Kernel
import Platform
import Resilience

/// What a reflector tells, in the order it happened on the server.
public enum ReflectorEvent: Sendable {
    /// The whole collection; what isn't in it is gone. First of all, and again whenever the watch could not be resumed.
    case snapshot(ObjectList)
    case changed(KubernetesObject)
    case deleted(KubernetesObject)
    /// Everything up to this resourceVersion has been told.
    case progress(resourceVersion: String)
    /// The server can't be read now; it is tried again after the delay.
    case trouble(KubernetesError, retryIn: Duration)
}

/// A collection followed without end: list, watch from there, resume where a connection broke, list again when the server has
/// forgotten (410).
///
/// No event is lost or told out of order: a watch goes on after the last resourceVersion told, and where it can't, the snapshot says
/// all. Failures wait with backoff and never end the sequence; only cancellation of the task does.
public struct Reflector: AsyncSequence, Sendable {
    public typealias Element = ReflectorEvent
    public typealias Failure = Never

    let client: KubernetesClient
    let type: ResourceType
    let options: ListOptions
    let clocks: any WaitingClocks
    let backoff: Backoff
    let random: any RandomNumberGenerator & Sendable

    /// - Parameter random: for the backoff's jitter; seeded in simulations.
    public init(
        _ client: KubernetesClient, _ type: ResourceType, _ options: ListOptions = ListOptions(), clocks: any WaitingClocks,
        backoff: Backoff = Backoff(initial: .milliseconds(500), factor: 2, cap: .seconds(30), jitter: .equal),
        random: any RandomNumberGenerator & Sendable = SystemRandomNumberGenerator()
    ) {
        self.client = client
        self.type = type
        self.options = options
        self.clocks = clocks
        self.backoff = backoff
        self.random = random
    }

    public func makeAsyncIterator() -> Iterator { Iterator(reflector: self, random: random) }

    public struct Iterator: AsyncIteratorProtocol {
        private enum Position {
            case mustList
            /// The resourceVersion to watch from.
            case mustWatch(String)
            case watching(WatchSession, from: String, since: MonotonicInstant)
        }

        private let reflector: Reflector
        private var random: any RandomNumberGenerator & Sendable
        private var position = Position.mustList
        private var failures = 0
        private var delay: Duration = .zero

        init(reflector: Reflector, random: any RandomNumberGenerator & Sendable) {
            self.reflector = reflector
            self.random = random
        }

        /// nil only when the task is cancelled.
        public mutating func next() async -> ReflectorEvent? {
            while !Task.isCancelled {
                do {
                    if delay > .zero {
                        let pause = delay
                        delay = .zero
                        try await reflector.clocks.sleep(for: pause)
                    }
                    if let event = try await step() { return event }
                } catch let error as KubernetesError {
                    if case .cancelled = error { continue }
                    return failed(error)
                } catch {
                    break  // cancelled while it slept
                }
            }
            if case .watching(let session, _, _) = position {
                position = .mustList
                await session.cancel()
            }
            return nil
        }

        /// One step of the way; nil when it has nothing to tell.
        private mutating func step() async throws -> ReflectorEvent? {
            switch position {
            case .mustList:
                let list = try await reflector.client.list(reflector.type, reflector.options)
                position = .mustWatch(list.resourceVersion)
                return .snapshot(list)
            case .mustWatch(let version):
                let session = try await reflector.client.watch(reflector.type, reflector.options, from: version)
                position = .watching(session, from: version, since: reflector.clocks.monotonic)
                return nil
            case .watching(var session, let version, let since):
                // If reading fails, the watch goes on from the last event told.
                position = .mustWatch(version)
                guard let event = try await session.next() else {
                    await session.cancel()
                    // A server ends watches after minutes. One that ends them at once must not be asked without pause.
                    if reflector.clocks.monotonic - since < .seconds(1) { pause() } else { failures = 0 }
                    return nil
                }
                failures = 0
                let (told, reached) = Self.told(event, after: version)
                position = .watching(session, from: reached, since: since)
                return told
            }
        }

        private static func told(_ event: WatchEvent, after version: String) -> (ReflectorEvent, String) {
            switch event {
            case .added(let object), .modified(let object): (.changed(object), object.resourceVersion)
            case .deleted(let object): (.deleted(object), object.resourceVersion)
            case .bookmark(let reached): (.progress(resourceVersion: reached), reached.isEmpty ? version : reached)
            }
        }

        private mutating func failed(_ error: KubernetesError) -> ReflectorEvent {
            switch error {
            case .expired, .malformedReply, .rejected, .invalid, .notFound: position = .mustList
            // A server restored from a backup doesn't know our resourceVersion yet, and says so by a timeout.
            default: if failures >= 2 { position = .mustList }
            }
            if case .expired = error, failures == 0 {
                // The ordinary way of a watch that was away too long: list at once, and slow down only if it happens again.
                failures = 1
                return .trouble(error, retryIn: .zero)
            }
            pause()
            if case .refused(_, let after) = error { delay = Swift.max(delay, after) }
            if case .tooManyRequests(_, let after) = error { delay = Swift.max(delay, after) }
            return .trouble(error, retryIn: delay)
        }

        private mutating func pause() {
            failures = Swift.min(failures + 1, 1000)
            delay = Swift.max(reflector.backoff.delay(failures: failures, using: &random), .milliseconds(100))
        }
    }
}
