import DataPipelineEffects
import Docker
import EnvironmentEffects
import EnvironmentPlan
import EventLoop
import Glibc
import Guards
import HTTPMessages
import HTTPServer
import Kernel
import Kubernetes
import Platform
import Postgres
import Reconciliation
import RunScheduleEffects
import ServiceKit
import Telemetry

/// What `up` and `manager` have in common: guards, engines, Millwright's own port, and the controllers.
struct Parts {
    let settings: Settings
    let loop: EventLoop
    let logger: Logger
    let clocks = SystemClocks()
    let metrics = Metrics()
    let guards: GuardRegistry

    init(_ settings: Settings, loop: EventLoop, logger: Logger) {
        self.settings = settings
        self.loop = loop
        self.logger = logger
        guards = GuardRegistry(
            clocks: clocks, metrics: metrics, logger: logger, seed: UInt64.random(in: .min ... .max),
            defaults: { key in PostgresGuards.defaults(for: key) ?? GuardRegistry.standardDefaults(key) })
    }

    /// The engines by the names of their targets.
    func engines() throws -> [String: any ContainerEngine] {
        var engines: [String: any ContainerEngine] = [:]
        for target in settings.targets {
            guard case .docker(let url) = target.place else { continue }
            do {
                let endpoint = try DockerEndpoint(url, environment: Environ.all)
                engines[target.name] = DockerClient(target: target.name, endpoint: endpoint, loop: loop, guards: guards)
            } catch {
                throw CommandFailure(ExitStatus.configuration, "target \(target.name): \(error)")
            }
        }
        return engines
    }

    /// - Parameter client: of the controllers, with their own rights.
    func common(
        client: KubernetesClient, database: PostgresConnector, tls: ServerTLS, authority: String, installation: String, access: any AccessControl
    ) async throws -> [any Service] {
        let engines = try engines()
        let controller = environments(engines, client: client, installation: installation)
        var routes = SystemRoutes(metrics: metrics, missing: { await missing(client) }).routes
        routes += PlanRoute(previews: ["Environment": preview(controller.flow)], access: access).routes
        routes += EnvironmentRoutes(containers: EnvironmentContainers(client: client, engines: engines, installation: installation)).routes
        routes.append(SystemRoutes.openAPI(of: routes))
        let listen = settings.httpListen
        let http = HTTPPort(
            routes: routes, access: access, hostNames: Set(["127.0.0.1", "[::1]", "localhost", listen.host] + settings.hostNames), logger: logger)
        var limits = HTTPLimits()
        limits.oversizeReply = Problem(413, "body too large", "the body is larger than anything taken here", fix: "send less at once").reply
        let server = HTTPServer(
            loop: loop, name: "http", address: listen.host, port: listen.port, tls: tls, limits: limits, logger: logger, metrics: metrics, handler: http.handle)
        let port = try await PortService.bind(server, listen, option: "http-listen")
        let host = listen.host.contains(":") ? "[\(listen.host)]" : listen.host
        let endpoint = SetupService(name: "endpoint", logger: logger) { () async throws(KubernetesError) in
            try await SystemObjects.announce(url: "https://\(host):\(port)", authority: authority, installation: installation, by: client)
        }
        try Files.write(Array("\(installation)\n".utf8), to: settings.dataDirectory.installation, mode: 0o644)
        let portServices = PortService(name: "http port", server: server).services + [endpoint]
        guard settings.runsControllers else { return portServices }
        return portServices + controller.services + (try pipelines(client: client, database: database))
    }

    /// Of this process, the same after a restart: the lock on the data directory says that the process before has ended, so what it held is ours at once.
    private var identity: String {
        var host = [CChar](repeating: 0, count: 256)
        gethostname(&host, host.count - 1)
        let name = String(decoding: host.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return "\(name)-\(SHA256.hex(settings.dataDirectory.path, length: 10))"
    }

    private func pipelines(client: KubernetesClient, database: PostgresConnector) throws -> [any Service] {
        guard let executable = Files.resolved("/proc/self/exe") else {
            throw CommandFailure(ExitStatus.configuration, "/proc is not mounted: millwright can't find its own binary to start pipeline workers")
        }
        let places = PipelinePlaces(
            root: settings.pipelineRoot, allowed: settings.allowances.hostPaths, user: (settings.pipelineUser.uid, settings.pipelineUser.gid))
        let leadership = Leadership(client, namespace: SystemObjects.namespace, identity: identity, clocks: clocks, logger: logger, metrics: metrics)
        var pipelineSettings = DataPipelineController.Settings(
                places: places, identity: identity, executable: executable, version: Millwright.version,
                threads: max(1, min(8, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))))
        pipelineSettings.checkpointsEveryBatch = Environ["MILLWRIGHT_CHECKPOINT_EVERY_BATCH"] == "1"
        let controller = DataPipelineController(
            pipelineSettings, leadership: leadership, client: client, pool: PostgresPool(database), audit: LogAuditSink(logger), clocks: clocks, logger: logger, metrics: metrics)
        let schedules = RunScheduleController(
            client: client, runs: controller.runs, leadership: leadership, identity: identity, audit: LogAuditSink(logger), clocks: clocks, logger: logger, metrics: metrics)
        // Given back last, when nobody here acts any more.
        return leadership.services + controller.services + schedules.services
    }

    /// What readiness lacks: the controllers can do nothing without the API server.
    private func missing(_ client: KubernetesClient) async -> [String] {
        do throws(KubernetesError) {
            _ = try await client.raw("GET", "/version", deadline: .seconds(3))
            return []
        } catch {
            return ["the API server does not answer: \(error)"]
        }
    }

    private func environments(_ engines: [String: any ContainerEngine], client: KubernetesClient, installation: String) -> EnvironmentController {
        var policy = EnvironmentPolicy(installation: installation)
        policy.hostPaths = settings.allowances.hostPaths.map { .init(namespace: $0.namespace, prefix: $0.prefix) }
        policy.hostIPs = settings.allowances.hostAddresses.sorted()
        policy.privileged = settings.allowances.privileged.sorted()
        let targets = settings.targets.compactMap { target -> EnvironmentTarget? in
            guard case .docker(let url) = target.place, let engine = engines[target.name] else { return nil }
            return EnvironmentTarget(name: target.name, engine: engine, isLocal: url.hasPrefix("unix:"))
        }
        return EnvironmentController(
            EnvironmentController.Settings(
                policy: policy, targets: targets, pool: settings.networkPool, leaseNamespace: SystemObjects.namespace,
                identity: identity),
            client: client, loop: loop, audit: LogAuditSink(logger), clocks: clocks, logger: logger, metrics: metrics)
    }

    private func preview(_ flow: EnvironmentFlow) -> PlanRoute.Preview {
        { [clocks, logger] document throws(ActionFailure) in
            let pass = PassContext(
                key: Metadata(of: document).namespacedName, correlation: "plan", now: clocks.now, deadline: clocks.monotonic + .seconds(30), clocks: clocks, logger: logger)
            return PlanPreview(try await flow.preview(document, in: pass).plan)
        }
    }
}
