import Kernel
import Kubernetes
import Platform
import ServiceKit
import Telemetry

/// The right to do what has no target of its own (pipelines, schedules): of all processes of an installation one has it, by the Lease
/// `millwright-leader`.
///
/// Everybody keeps informers up to date; who doesn't lead begins no pass. What was begun before the right was lost is interrupted, and what
/// can't be is idempotent by name or fenced by an epoch of its own.
public final class Leadership: Sendable {
    public static let leaseName = "millwright-leader"

    private let lease: LeaderLease
    private let listeners: Locked<[@Sendable (Bool) -> Void]>

    /// - Parameters:
    ///   - namespace: where the Lease is; it must exist.
    ///   - identity: of this process, unlike any other's; the same after a restart takes the lease back at once.
    public init(
        _ client: KubernetesClient, namespace: String, identity: String, settings: LeaderLease.Settings = .init(), clocks: any WaitingClocks, logger: Logger,
        metrics: Metrics
    ) {
        let listeners = Locked<[@Sendable (Bool) -> Void]>([])
        self.listeners = listeners
        lease = LeaderLease(
            client, name: NamespacedName(namespace: namespace, name: Self.leaseName), identity: identity, settings: settings, clocks: clocks, logger: logger,
            metrics: metrics
        ) { held in for listener in listeners.withLock({ $0 }) { listener(held) } }
    }

    /// Whether this process may act now.
    public var isHeld: Bool { lease.isHeld }

    /// Called from the lease's own task when the right comes (true) and when it goes (false); must not block. Before `services` run.
    public func onChange(_ listener: @escaping @Sendable (Bool) -> Void) { listeners.withLock { $0.append(listener) } }

    /// Before the services of those who follow it: so the lease is given back when they have ended.
    public var services: [any Service] { lease.services }
}
