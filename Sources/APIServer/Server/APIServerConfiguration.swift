import APIServerCore
import Kernel

/// How the API server is set up.
public struct APIServerConfiguration: Sendable {
    /// Millwright's own version, `1.2.3`: build metadata of `/version`.
    public var version: String
    /// Names and addresses that a request's Host header may carry, without ports; `*` allows any. Loopback's are always allowed.
    public var hosts: [String]
    /// `HOST:PORT` that clients reach the server at, for discovery.
    public var externalAddress: String
    /// Bearer tokens known from the start, by their hashes.
    public var staticTokens: [StaticToken]
    /// The EC P-256 private key (PEM) that service account tokens are signed with; without one no tokens are given or taken.
    public var serviceAccountKey: String?
    /// `iss` of service account tokens.
    public var issuer: String
    /// `aud` of service account tokens when none is asked for; a request's token must be for one of them.
    public var audiences: [String]
    /// CustomResourceDefinitions that are brought up to date at each start.
    public var customResourceDefinitions: [JSON]
    /// Short requests at once, overall and for each user; beyond them 429.
    public var maximumInFlight: Int
    public var maximumInFlightPerUser: Int
    /// How long Events are kept.
    public var eventLifetime: Duration
    /// The language of definitions' CEL rules: the time zones it knows are this machine's.
    public var ruleLanguage: RuleLanguage

    public init(
        version: String = "0.0.0", hosts: [String] = [], externalAddress: String = "127.0.0.1:7443", staticTokens: [StaticToken] = [], serviceAccountKey: String? = nil,
        issuer: String = "https://kubernetes.default.svc", audiences: [String] = ["https://kubernetes.default.svc"],
        customResourceDefinitions: [JSON] = [], maximumInFlight: Int = 400, maximumInFlightPerUser: Int = 200,
        eventLifetime: Duration = .seconds(3600), ruleLanguage: RuleLanguage = .plain
    ) {
        self.version = version
        self.hosts = hosts
        self.externalAddress = externalAddress
        self.staticTokens = staticTokens
        self.serviceAccountKey = serviceAccountKey
        self.issuer = issuer
        self.audiences = audiences
        self.customResourceDefinitions = customResourceDefinitions
        self.maximumInFlight = maximumInFlight
        self.maximumInFlightPerUser = maximumInFlightPerUser
        self.eventLifetime = eventLifetime
        self.ruleLanguage = ruleLanguage
    }
}
