import Kernel
import Platform
import Resilience
import Telemetry

/// All guards of this process: each is made by its first use and stays.
public final class GuardRegistry: Sendable {
    /// The settings a guard starts with when nobody has set any.
    public typealias Defaults = @Sendable (GuardKey) -> BreakerSettings

    private struct Contents {
        var guards: [GuardKey: CallGuard] = [:]
        var configured: [GuardKey: BreakerSettings] = [:]
        var listeners: [(id: UInt64, continuation: AsyncStream<GuardChange>.Continuation)] = []
        var nextListener: UInt64 = 0
    }

    private let contents = Locked(Contents())
    private let clocks: any Clocks
    private let metrics: Metrics
    private let logger: Logger
    private let seed: UInt64
    private let defaults: Defaults

    /// - Parameter seed: for the jitter of open times; the same seed and history give the same times.
    public init(
        clocks: any Clocks = SystemClocks(), metrics: Metrics = Metrics(), logger: Logger = .disabled, seed: UInt64 = 0,
        defaults: @escaping Defaults = GuardRegistry.standardDefaults
    ) {
        self.clocks = clocks
        self.metrics = metrics
        self.logger = logger
        self.seed = seed
        self.defaults = defaults
    }

    /// The API's defaults; what is slow by nature is never called slow, and pulls, which hold a place for minutes, get fewer places.
    ///
    /// An engine is judged by its last six calls: at rest there are so few that a hundred good ones of an hour ago would hide that it is
    /// away. Three failures in a row are enough, and nothing that a user can get wrong is a failure.
    public static let standardDefaults: Defaults = { key in
        let isEngine = key.dependency == "docker"
        var settings = BreakerSettings(window: .calls(isEngine ? 6 : 100), minimumCalls: isEngine ? 3 : 10)
        // Far above what the loop needs at its busiest; PostgreSQL's calls are batches of our own, which its bulkhead holds back.
        switch key.dependency {
        // Looking at a thousand environments takes some thousand reads, at once after every start.
        case "docker": settings.rate = key.operation == .read ? .init(perSecond: 2000, burst: 4000) : .init(perSecond: 100, burst: 200)
        case "kubernetes": settings.rate = .init(perSecond: 500, burst: 1000)
        default: break
        }
        switch key.operation {
        case .pull:
            settings.slowCall = nil
            settings.maxConcurrent = 4
        case .exec: settings.slowCall = nil
        case .stream: settings.maxConcurrent = 64
        default: break
        }
        return settings
    }

    /// The guard for that key, always the same one.
    public func `guard`(for key: GuardKey) -> CallGuard {
        contents.withLock { contents in
            if let existing = contents.guards[key] { return existing }
            let made = CallGuard(
                key: key, settings: contents.configured[key] ?? defaults(key), clocks: clocks, metrics: metrics, logger: logger,
                seed: seed ^ Self.hash(key.name), onChange: { [weak self] change in self?.publish(change) })
            contents.guards[key] = made
            return made
        }
    }

    /// Sets a guard's settings, also before its first use; nil goes back to the defaults.
    public func configure(_ key: GuardKey, _ settings: BreakerSettings?) {
        let existing = contents.withLock { contents in
            contents.configured[key] = settings
            return contents.guards[key]
        }
        existing?.configure(settings ?? defaults(key))
    }

    /// All guards, sorted by key.
    public var guards: [CallGuard] {
        contents.withLock { contents in contents.guards.values.sorted { $0.key < $1.key } }
    }

    /// All guards as they are now, sorted by key.
    public var snapshots: [GuardSnapshot] { guards.map(\.snapshot) }

    /// Transitions from now on, until the consuming task ends. A consumer that falls behind by more than 256 loses the oldest:
    /// take a change as a reason to look at `snapshots`.
    public func changes() -> AsyncStream<GuardChange> {
        let (stream, continuation) = AsyncStream.makeStream(of: GuardChange.self, bufferingPolicy: .bufferingNewest(256))
        let id = contents.withLock { contents in
            contents.nextListener += 1
            contents.listeners.append((contents.nextListener, continuation))
            return contents.nextListener
        }
        continuation.onTermination = { [weak self] _ in
            self?.contents.withLock { contents in contents.listeners.removeAll { $0.id == id } }
        }
        return stream
    }

    private func publish(_ change: GuardChange) {
        for listener in contents.withLock({ contents in contents.listeners }) { listener.continuation.yield(change) }
    }

    /// FNV-1a: the same in every process, unlike Swift's own hashes.
    private static func hash(_ text: String) -> UInt64 {
        text.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }
}
