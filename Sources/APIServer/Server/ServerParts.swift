import APIServerCore
import Kernel
import Store
import Telemetry

/// What the server is made of, put together once.
final class ServerParts: Sendable {
    let store: any ObjectStore
    let configuration: APIServerConfiguration
    let logger: Logger
    let metrics: Metrics
    let clocks: any Clocks
    let registry: ResourceRegistry
    let definitions: DefinitionService
    let authorizer: Authorizer
    let authenticator: Authenticator
    let tokens: TokenAuthenticator
    let reads: ReadHandler
    let watchClock: WatchClock
    let watches: WatchHandler
    let writer: ObjectWriter
    let writes: WriteHandler
    let deletes: DeleteHandler
    let tokenRequests: TokenRequestHandler
    let readiness: Readiness

    init(store: any ObjectStore, configuration: APIServerConfiguration, logger: Logger, metrics: Metrics, clocks: any Clocks) throws {
        self.store = store
        self.configuration = configuration
        self.logger = logger.with(["part": "apiserver"])
        self.metrics = metrics
        self.clocks = clocks
        registry = ResourceRegistry(BuiltInResources.all(rules: configuration.ruleLanguage).map { ServedResource($0, isPreferred: Self.isPreferred($0)) })
        definitions = DefinitionService(store: store, registry: registry, rules: configuration.ruleLanguage, logger: logger)
        authorizer = Authorizer(store: store)
        tokens = try TokenAuthenticator(store: store, configuration: configuration, clocks: clocks)
        authenticator = Authenticator(tokens: tokens)
        reads = ReadHandler(store: store)
        watchClock = WatchClock(clocks: clocks)
        watches = WatchHandler(store: store, reads: reads, clock: watchClock, limits: WatchLimits())
        let observer = WriteObservers(definitions: definitions, authorizer: authorizer)
        writer = ObjectWriter(store: store, clocks: clocks, observer: observer, definitions: definitions)
        writes = WriteHandler(writer: writer, admission: Admission(store: store, authorizer: authorizer))
        deletes = DeleteHandler(store: store, clocks: clocks, observer: observer, reads: reads)
        tokenRequests = TokenRequestHandler(store: store, tokens: tokens, clocks: clocks)
        readiness = Readiness()
    }

    /// Of resources that share their objects, the first group's stands for them: Events of v1.
    private static func isPreferred(_ definition: ResourceDefinition) -> Bool {
        definition.storage.isIdentity
    }
}
