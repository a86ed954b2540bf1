/// Whom a client speaks to.
public enum HTTPEndpoint: Sendable {
    /// A unix socket's path.
    case unix(String)
    /// A name or address, in the clear or over TLS.
    case tcp(host: String, port: Int, tls: ClientTLS? = nil)
}

/// What a client believes, and who it is. All of it PEM, none of it touches the disk.
public struct ClientTLS: Sendable {
    /// The authorities that are believed; nil for the system's.
    public var authority: String?
    /// The client's own certificate with its chain, and the private key.
    public var certificateChain: String?
    public var key: String?
    /// The name that the server's certificate must have, when it isn't the host's.
    public var serverName: String?
    /// Believes every certificate: only where the user asked for it.
    public var skipsVerification: Bool

    public init(
        authority: String? = nil, certificateChain: String? = nil, key: String? = nil, serverName: String? = nil, skipsVerification: Bool = false
    ) {
        self.authority = authority
        self.certificateChain = certificateChain
        self.key = key
        self.serverName = serverName
        self.skipsVerification = skipsVerification
    }
}
