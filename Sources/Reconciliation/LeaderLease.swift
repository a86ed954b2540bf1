import Kernel
import Kubernetes
import Platform
import ServiceKit
import Telemetry

/// Holds a Lease of coordination.k8s.io, so that one process alone plans and acts for what the lease stands for.
///
/// `isHeld` is false before the lease could have passed to another, also when the server can't be reached or this process was
/// stopped for a while. Given back at shutdown, so that another takes over at once.
public final class LeaderLease: Sendable {
    public struct Settings: Sendable, Equatable {
        /// Others wait that long without a sign of life. Whole seconds.
        public var duration: Duration
        /// After that without a renewal we don't count as the holder any more; less than `duration`.
        public var renewDeadline: Duration
        public var renewInterval: Duration
        /// Between attempts while another holds it or the server can't be reached.
        public var retryInterval: Duration

        /// As Kubernetes' own components have it.
        public init(
            duration: Duration = .seconds(15), renewDeadline: Duration = .seconds(10), renewInterval: Duration = .seconds(5),
            retryInterval: Duration = .seconds(2)
        ) {
            self.duration = duration
            self.renewDeadline = min(renewDeadline, duration)
            self.renewInterval = renewInterval
            self.retryInterval = retryInterval
        }
    }

    /// `millwright-target-local`: the right to plan and act for one target.
    public static func name(forTarget target: String) -> String { "millwright-target-\(target)" }

    public let name: NamespacedName
    public let identity: String
    private let client: KubernetesClient
    private let settings: Settings
    private let clocks: any WaitingClocks
    private let logger: Logger
    private let metrics: Metrics
    private let onChange: @Sendable (Bool) -> Void
    private let state: Locked<LeaseState>
    /// The server can't be reached: said once.
    private let isAway = Locked(false)

    /// - Parameters:
    ///   - identity: of this process, unlike any other's: host name and a random part.
    ///   - onChange: called from the lease's own task when the hold begins (true) or ends (false); must not block.
    public init(
        _ client: KubernetesClient, name: NamespacedName, identity: String, settings: Settings = Settings(), clocks: any WaitingClocks,
        logger: Logger, metrics: Metrics, onChange: @escaping @Sendable (Bool) -> Void = { _ in }
    ) {
        self.client = client
        self.name = name
        self.identity = identity
        self.settings = settings
        self.clocks = clocks
        self.logger = logger.with(["lease": name.description])
        self.metrics = metrics
        self.onChange = onChange
        state = Locked(LeaseState(identity: identity, settings: settings))
    }

    /// Whether this process may act now.
    public var isHeld: Bool {
        let now = clocks.monotonic
        return state.withLock { $0.isHeld(at: now) }
    }

    public var services: [any Service] {
        GracefulService("lease \(name)") { stop, ready in
            ready()
            await self.run(until: stop)
        }.services
    }

    /// Tries to get and keep the lease until told to stop, then gives it back.
    public func run(until stop: StopSignal) async {
        var wasHeld = false
        await withTaskGroup(of: Void.self) { group in
            let pause = Wakeup()
            group.addTask {
                await stop.wait()
                pause.wake()
            }
            while !stop.isStopping, !Task.isCancelled {
                let attempt = clocks.monotonic
                await attemptOnce(until: attempt + settings.renewDeadline / 2)
                tell(&wasHeld)
                if stop.isStopping { break }
                let now = clocks.monotonic
                let (held, end) = state.withLock { ($0.isHeld(at: now), $0.heldUntil) }
                var wait = held ? settings.renewInterval : settings.retryInterval
                // Not sleeping through the end of our own hold.
                if held, let end { wait = min(wait, max(end - now, .milliseconds(10))) }
                await pause.wait(atMost: wait, clocks: clocks)
                tell(&wasHeld)
            }
            group.cancelAll()
        }
        if !Task.isCancelled { await release() }
        state.withLock { $0.lost() }
        tell(&wasHeld)
    }

    private func tell(_ wasHeld: inout Bool) {
        let held = isHeld
        guard held != wasHeld else { return }
        wasHeld = held
        metrics.set("millwright_lease_held", [("lease", name.name)], to: held ? 1 : 0, help: "Whether this process holds the lease.")
        if held { logger.info("lease acquired") } else { logger.warning("lease no longer held; nothing is done for what it stands for") }
        onChange(held)
    }

    private func attemptOnce(until deadline: MonotonicInstant) async {
        do throws(KubernetesError) {
            let document: JSON?
            do throws(KubernetesError) { document = try await client.get(.leases, name, deadline: left(deadline)).json() } catch {
                guard case .notFound = error else { throw error }
                document = nil
            }
            let now = clocks.monotonic
            switch state.withLock({ $0.decide(document.map(LeaseRecord.init), now: now) }) {
            case .wait: break
            case .acquire(let transitions): try await write(over: document, transitions: transitions, isNew: true, deadline)
            case .renew(let transitions): try await write(over: document, transitions: transitions, isNew: !isHeld, deadline)
            }
            isAway.withLock { $0 = false }
        } catch {
            switch error {
            // Another was faster; what they wrote is read at the next attempt.
            case .conflict, .alreadyExists: logger.debug("another candidate wrote the lease first")
            case .cancelled: break
            default:
                let wasAway = isAway.withLock { isAway in
                    defer { isAway = true }
                    return isAway
                }
                if !wasAway { logger.warning("the lease can't be read or written, and is tried again every \(settings.retryInterval.manifest): \(error)") }
            }
        }
    }

    private func left(_ deadline: MonotonicInstant) -> Duration { max(deadline - clocks.monotonic, .milliseconds(100)) }

    private func write(over document: JSON?, transitions: Int64, isNew: Bool, _ deadline: MonotonicInstant) async throws(KubernetesError) {
        let begin = clocks.monotonic
        let now = clocks.now.rfc3339Micro
        var lease: JSON =
            document ?? [
                "apiVersion": "coordination.k8s.io/v1", "kind": "Lease",
                "metadata": ["name": .string(name.name), "namespace": .string(name.namespace)],
            ]
        let acquired = isNew ? now : lease["spec"]?["acquireTime"]?.string ?? now
        lease["spec"] = [
            "holderIdentity": .string(identity), "leaseDurationSeconds": .int(max(settings.duration.components.seconds, 1)),
            "acquireTime": .string(acquired), "renewTime": .string(now), "leaseTransitions": .int(transitions),
        ]
        if document == nil {
            _ = try await client.create(.leases, lease, WriteOptions(deadline: left(deadline)))
        } else {
            // With the resourceVersion that was read: of two candidates one gets a conflict.
            _ = try await client.update(.leases, lease, WriteOptions(deadline: left(deadline)))
        }
        state.withLock { $0.succeeded(begunAt: begin) }
    }

    private func release() async {
        guard isHeld else { return }
        do throws(KubernetesError) {
            var lease = try await client.get(.leases, name, deadline: .seconds(2)).json()
            guard lease["spec"]?["holderIdentity"]?.string == identity else { return }
            lease["spec"]?["holderIdentity"] = nil
            lease["spec"]?["renewTime"] = .string(clocks.now.rfc3339Micro)
            _ = try await client.update(.leases, lease, WriteOptions(deadline: .seconds(2)))
            logger.info("lease given back")
        } catch {
            logger.warning("the lease could not be given back and runs out by itself: \(error)")
        }
    }
}
