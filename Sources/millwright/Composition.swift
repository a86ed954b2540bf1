import APIServer
import APIServerCore
import Crypto
import Docker
import EnvironmentEffects
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
import ServiceKit
import Store
import Telemetry
import TimeZoneDatabase
import YAML

/// Puts the parts together: the one file that knows everyone.
struct Composition {
    let services: [any Service]
    /// Says to the user that all is up.
    let announce: @Sendable () -> Void

    // MARK: up

    static func embedded(_ settings: Settings, listen: Address, loop: EventLoop, logger: Logger) async throws -> Composition {
        let parts = Parts(settings, loop: loop, logger: logger)
        let keys = try KeyStore(
            directory: settings.dataDirectory.keys, names: ["localhost", "kubernetes.default.svc"] + settings.hostNames,
            addresses: Array(Set(["127.0.0.1", "::1", listen.host, settings.httpListen.host])).sorted(), now: parts.clocks.now)
        let store = try await openStore(parts, installation: nil)
        var configuration = APIServerConfiguration(
            version: Millwright.version, hosts: settings.hostNames + [listen.host], serviceAccountKey: keys.tokenKey,
            customResourceDefinitions: try EmbeddedCRDs.documents.flatMap { try YAML.parse(Array($0.yaml.utf8)) },
            ruleLanguage: RuleLanguage(timeZones: MachineTimeZones()))
        configuration.externalAddress = listen.description
        let api = try APIServer(store: store, configuration: configuration, logger: logger, metrics: parts.metrics, clocks: parts.clocks)

        let tls = ServerTLS(
            certificateChain: keys.server.certificate, key: keys.server.key, clientCA: keys.authority.certificate)
        var limits = HTTPLimits()
        limits.oversizeReply = HTTPReply(
            status: 413, contentType: "application/json", APIStatus.requestEntityTooLarge(limit: limits.maximumBodyBytes).json.bytes)
        let apiServer = HTTPServer(
            loop: loop, name: "api", address: listen.host, port: listen.port, tls: tls, limits: limits, logger: logger, metrics: parts.metrics,
            handler: api.handle)
        let port = try await PortService.bind(apiServer, listen, option: "listen")
        let address = try Address("\(listen.host.contains(":") ? "[\(listen.host)]" : listen.host):\(port)", option: "listen")
        try AdminKubeconfig.write(to: settings.dataDirectory.kubeconfig, server: address, keys: keys)

        func client(_ identity: CertificateIdentity) throws -> KubernetesClient {
            var connection = try ClusterConnection(server: "https://\(address)")
            connection.certificateAuthority = Array(keys.authority.certificate.utf8)
            connection.clientCertificate = Array(identity.certificate.utf8)
            connection.clientKey = Array(identity.key.utf8)
            return KubernetesClient(transport: HTTPKubernetesTransport(connection, loop: loop), guards: parts.guards)
        }
        let admin = try client(keys.admin)
        let definitions = configuration.customResourceDefinitions.map { Metadata(of: $0).name }
        let setup = SetupService(name: "system objects", logger: logger) { () async throws(KubernetesError) in
            try await SystemObjects.apply(by: admin)
            try await SystemObjects.waitForKinds(definitions, by: admin)
        }
        var services: [any Service] = [
            ClosureService("store") { ready in try await store.run(ready: ready) },
            ClosureService("api server") { ready in
                ready()
                try await api.run()
            },
        ]
        services += PortService(name: "api port", server: apiServer).services
        services.append(setup)
        services += try await parts.common(
            client: try client(keys.controllers), database: try connector(parts), tls: tls, authority: keys.authority.certificate, installation: store.installationID,
            access: EmbeddedAccess(authenticator: api.authenticator, authorizer: api.authorizer))
        return Composition(services: services) {
            Terminal.print(
                """
                Millwright serves the Kubernetes API on https://\(address)
                  export KUBECONFIG=\(settings.dataDirectory.kubeconfig)
                """)
        }
    }

    // MARK: manager

    static func manager(_ settings: Settings, kubeconfig: String?, loop: EventLoop, logger: Logger) async throws -> Composition {
        let parts = Parts(settings, loop: loop, logger: logger)
        let connection: ClusterConnection
        do throws(KubernetesError) { connection = try clusterConnection(kubeconfig) } catch {
            throw CommandFailure(ExitStatus.configuration, "\(error)")
        }
        let client = KubernetesClient(transport: HTTPKubernetesTransport(connection, loop: loop), guards: parts.guards)
        let installation: String
        do throws(KubernetesError) {
            let system = try await client.get(.namespaces, NamespacedName(namespace: "", name: "kube-system")).json()
            installation = Metadata(of: system).uid
            _ = try await client.get(.customResourceDefinitions, NamespacedName(namespace: "", name: "environments.millwright.dev"))
        } catch .notFound(let what) {
            throw CommandFailure(ExitStatus.failure, "\(what); bring the CRDs to the cluster first: millwright crds | kubectl apply --server-side -f -")
        } catch {
            throw CommandFailure(ExitStatus.unavailable, "the cluster \(connection.host):\(connection.port) can't be used: \(error)")
        }
        // The database must be this cluster's: one of another is refused here.
        let store = try await openStore(parts, installation: installation)
        let keys = try KeyStore(
            directory: settings.dataDirectory.keys, names: ["localhost"] + settings.hostNames,
            addresses: Array(Set(["127.0.0.1", "::1", settings.httpListen.host])).sorted(), now: parts.clocks.now)
        let tls = ServerTLS(certificateChain: keys.server.certificate, key: keys.server.key)
        let services: [any Service] = [ClosureService("store") { ready in try await store.run(ready: ready) }]
        return Composition(
            services: services
                + (try await parts.common(
                    client: client, database: try connector(parts), tls: tls, authority: keys.authority.certificate, installation: installation, access: ReviewAccess(client: client)))
        ) {
            Terminal.print("Millwright's controllers work on \(connection.host):\(connection.port)")
        }
    }

    private static func clusterConnection(_ path: String?) throws(KubernetesError) -> ClusterConnection {
        if let path { return try Kubeconfig(paths: [path]).connection() }
        if Environ["KUBERNETES_SERVICE_HOST"] != nil { return try .inCluster() }
        return try Kubeconfig(paths: Kubeconfig.standardPaths()).connection()
    }

    // MARK: Both

    private static func connector(_ parts: Parts) throws -> PostgresConnector {
        let endpoint = try parts.settings.databaseURL.map { try PostgresEndpoint(url: $0) } ?? PrivateServer.endpoint(of: parts.settings.dataDirectory.postgres)
        return PostgresConnector(endpoint: endpoint, loop: parts.loop, guards: PostgresGuards(registry: parts.guards))
    }

    private static func openStore(_ parts: Parts, installation: String?) async throws -> PostgresObjectStore {
        let directory = parts.settings.dataDirectory
        do {
            let connector = try connector(parts)
            var storeSettings = PostgresStoreSettings()
            storeSettings.installation = installation
            return try await PostgresObjectStore.open(
                connector, loop: parts.loop, keys: try KeyRing.load(file: "\(directory.keys)/encryption.key"), settings: storeSettings, logger: parts.logger,
                metrics: parts.metrics)
        } catch StoreError.invalid(let message) {
            throw CommandFailure(ExitStatus.configuration, message)
        } catch let error as StoreError {
            throw CommandFailure(ExitStatus.unavailable, "\(error)")
        } catch let error as PostgresError {
            throw CommandFailure(ExitStatus.configuration, "--database-url: \(error)")
        } catch let error as PrivateServerError {
            throw CommandFailure(ExitStatus.configuration, "\(error)")
        }
    }
}
