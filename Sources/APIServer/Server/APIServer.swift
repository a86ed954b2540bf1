import APIServerCore
import Crypto
import HTTPMessages
import Kernel
import Platform
import Store
import Telemetry

/// A Kubernetes-compatible API server over an object store: generic and driven by schemas, built-in kinds and custom ones alike.
///
/// `handle` answers requests from the moment it is made; `run()` does the work that goes on beside them (namespaces, garbage,
/// definitions, expiry) and brings up what must exist from the start. `readyz` says no until that is there.
public final class APIServer: Sendable {
    private let chain: FilterChain
    private let services: BackgroundServices
    /// Who asks: for Millwright's other ports too.
    public let authenticator: Authenticator
    /// What they may do: for Millwright's other ports too.
    public let authorizer: Authorizer
    /// Answers one request; never throws and never traps.
    public let handle: HTTPHandler

    /// - Throws: when the service account key is no EC P-256 private key.
    public init(
        store: any ObjectStore, configuration: APIServerConfiguration, logger: Logger, metrics: Metrics, clocks: any Clocks = SystemClocks()
    ) throws {
        let parts = try ServerParts(store: store, configuration: configuration, logger: logger, metrics: metrics, clocks: clocks)
        authenticator = parts.authenticator
        authorizer = parts.authorizer
        services = BackgroundServices(parts)
        chain = FilterChain(parts)
        let chain = chain
        handle = { request in await chain.respond(to: request) }
    }

    /// Runs the controllers until the task is cancelled; then open watches end, so that their clients go elsewhere.
    public func run() async throws { try await services.run() }

    /// Whether everything that must exist from the start does: what `/readyz` says.
    public var isReady: Bool { services.isReady }

    /// Removes the Events that are too old now, as `run()` does once a minute.
    func sweepEvents() async { await services.sweepEvents() }
}
