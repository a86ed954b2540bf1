import Docker
import EnvironmentPlan
import EventLoop
import Kernel
import Kubernetes
import Platform
import Reconciliation
import ServiceKit
import Telemetry

/// Keeps all Environments of an installation: puts the flow, the informers, the leases, the probes and the engines' events together.
public final class EnvironmentController: Sendable {
    public struct Settings: Sendable {
        public var policy: EnvironmentPolicy
        public var targets: [EnvironmentTarget]
        public var pool: AddressPool
        /// Where the leases `millwright-target-NAME` are; the namespace must exist. nil: no leases, this process is the only one.
        public var leaseNamespace: String?
        /// Of this process, unlike any other's.
        public var identity: String
        /// Passes side by side; a pull of an image holds one as long as it takes.
        public var concurrency: Int

        public init(
            policy: EnvironmentPolicy, targets: [EnvironmentTarget], pool: AddressPool, leaseNamespace: String?, identity: String,
            concurrency: Int = 8
        ) {
            self.policy = policy
            self.targets = targets
            self.pool = pool
            self.leaseNamespace = leaseNamespace
            self.identity = identity
            self.concurrency = concurrency
        }
    }

    public let flow: EnvironmentFlow
    private let controller: Controller<PlanningReconciler<EnvironmentFlow>>
    private let informers: [Informer]
    private let leases: [LeaderLease]
    private let events: EventRecorder
    private let prober: Prober
    private let watchers: [EngineWatcher]

    public convenience init(
        _ settings: Settings, client: KubernetesClient, loop: EventLoop, audit: any AuditSink, clocks: any WaitingClocks, logger: Logger,
        metrics: Metrics
    ) {
        self.init(
            settings, client: client, transport: NetworkProbeTransport(loop: loop, clocks: clocks), audit: audit, clocks: clocks, logger: logger,
            metrics: metrics)
    }

    init(
        _ settings: Settings, client: KubernetesClient, transport: any ProbeTransport, audit: any AuditSink, clocks: any WaitingClocks,
        logger: Logger, metrics: Metrics, random: any RandomNumberGenerator & Sendable = SystemRandomNumberGenerator()
    ) {
        let environments = Informer(
            client, .environments, indexes: EnvironmentFlow.indexes, clocks: clocks, logger: logger, metrics: metrics, random: random)
        let configMaps = Informer(client, .configMaps, clocks: clocks, logger: logger, metrics: metrics, random: random)
        let secrets = Informer(client, .secrets, clocks: clocks, logger: logger, metrics: metrics, random: random)
        informers = [environments, configMaps, secrets]

        let bell = Bell()
        let memory = EnvironmentMemory()
        var engines: [String: any ContainerEngine] = [:]
        var targets: [String: EnvironmentTarget] = [:]
        for target in settings.targets {
            engines[target.name] = target.engine
            targets[target.name] = target
        }
        prober = Prober(engines: engines, transport: transport, clocks: clocks) { bell.ring($0) }
        var policy = settings.policy
        policy.dockerTargets = settings.targets.map(\.name)
        flow = EnvironmentFlow(
            policy: policy, targets: targets, pool: settings.pool, memory: memory, prober: prober, environments: environments,
            config: ConfigReader(configMaps: configMaps, secrets: secrets), clocks: clocks)
        events = EventRecorder(client, component: "millwright-environment", instance: settings.identity, clocks: clocks, logger: logger, metrics: metrics)

        leases = settings.leaseNamespace.map { namespace in
            settings.targets.map { target in
                LeaderLease(
                    client, name: NamespacedName(namespace: namespace, name: LeaderLease.name(forTarget: target.name)),
                    identity: settings.identity, clocks: clocks, logger: logger, metrics: metrics
                ) { held in
                    if held { bell.ringAll() } else { bell.interrupt() }
                }
            }
        } ?? []
        var queue = WorkQueueState<NamespacedName>.Settings()
        queue.concurrency = settings.concurrency
        let held = Dictionary(uniqueKeysWithValues: zip(settings.targets.map(\.name), leases))
        let known = Set(settings.targets.map(\.name))
        let first = settings.targets.first?.name
        controller = Controller(
            .init(name: "environment", queue: queue, mayAct: { object in
                guard !held.isEmpty else { return true }
                let json = object.json()
                let target = json["status"]?["target"]?.string ?? json["spec"]?["target"]?.string ?? "local"
                // What names no target of ours is told so by whoever holds the first.
                return (known.contains(target) ? held[target] : first.flatMap { held[$0] })?.isHeld ?? true
            }),
            informer: environments, dependencies: [configMaps, secrets],
            reconciler: PlanningReconciler(
                flow, informer: environments, statuses: StatusWriter(client, .environments, clocks: clocks),
                executor: GuardedExecutor(audit: audit, metrics: metrics), events: events),
            clocks: clocks, logger: logger, metrics: metrics, random: random)
        watchers = settings.targets.map { target in
            EngineWatcher(
                target: target, installation: settings.policy.installation, memory: memory, clocks: clocks,
                logger: logger.with(["target": target.name]), wake: { bell.ring($0) }, wakeAll: { bell.ringAll() }, random: random)
        }
        bell.connect(controller)
        for (informer, index) in [(configMaps, EnvironmentFlow.configMapIndex), (secrets, EnvironmentFlow.secretIndex)] {
            informer.onChange { change in
                for key in environments.keys(index: index, value: change.key.description) { bell.ring(key) }
            }
        }
    }

    /// What runs, in the order of starting.
    public var services: [any Service] {
        var services: [any Service] = informers
        services += events.services
        services.append(ClosureService("environment probes") { ready in
            ready()
            await self.prober.run()
        })
        for watcher in watchers {
            services.append(ClosureService("events of engine \(watcher.target.name)") { ready in
                ready()
                await watcher.run()
            })
        }
        services += controller.services
        for lease in leases { services += lease.services }
        return services
    }

    /// Nothing is in line or under way, for tests.
    public var isIdle: Bool { controller.isIdle }
}

/// Makes passes due from parts that are made before the controller is.
private final class Bell: Sendable {
    private let controller = Locked<Controller<PlanningReconciler<EnvironmentFlow>>?>(nil)

    func connect(_ controller: Controller<PlanningReconciler<EnvironmentFlow>>) { self.controller.withLock { $0 = controller } }
    func ring(_ key: NamespacedName) { controller.withLock { $0 }?.enqueue(key) }
    func ringAll() { controller.withLock { $0 }?.enqueueAll() }
    func interrupt() { controller.withLock { $0 }?.interrupt() }
}
