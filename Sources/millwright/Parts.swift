import Docker
import EnvironmentEffects
import EventLoop
import Guards
import HTTPMessages
import HTTPServer
import Kernel
import Kubernetes
import Platform
import Postgres
import Reconciliation
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
        client: KubernetesClient, tls: ServerTLS, authority: String, installation: String, access: any AccessControl
    ) async throws -> [any Service] {
        let engines = try engines()
        var routes = SystemRoutes(metrics: metrics, missing: { [] }).routes
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
        return PortService(name: "http port", server: server).services + [endpoint]
    }
}
