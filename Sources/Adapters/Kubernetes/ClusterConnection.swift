import Kernel

/// Where an API server is, how it proves who it is, and how we prove who we are. Made from a kubeconfig, from a pod's service
/// account, or by the embedded server for its own clients.
public struct ClusterConnection: Sendable, Equatable {
    /// How a request carries who makes it, besides a client certificate.
    public enum Bearer: Sendable, Equatable {
        case none
        case token(String)
        /// Read again whenever the file may have changed: projected tokens are renewed under the same name.
        case file(String)
    }

    public var host: String
    public var port: Int
    public var isTLS: Bool
    /// In front of every path, without a slash at its end; mostly empty.
    public var pathPrefix: String
    /// PEM; nil trusts what the system trusts.
    public var certificateAuthority: [UInt8]?
    /// The certificate is not checked. Only what a kubeconfig says in so many words sets this.
    public var skipsVerification: Bool
    /// The name the certificate must bear, where it isn't the host.
    public var serverName: String?
    /// PEM, with its chain.
    public var clientCertificate: [UInt8]?
    /// PEM.
    public var clientKey: [UInt8]?
    public var bearer: Bearer
    /// The user to act as, where the kubeconfig says so.
    public var impersonate: Impersonation?
    /// The namespace of the context; `default` where it names none.
    public var namespace: String

    public struct Impersonation: Sendable, Equatable {
        public var user: String
        public var groups: [String]
        public var uid: String?
    }

    /// - Parameter server: `https://host:port/prefix`.
    public init(server: String) throws(KubernetesError) {
        let isTLS: Bool
        let rest: Substring
        if server.hasPrefix("https://") { (isTLS, rest) = (true, server.dropFirst(8)) }
        else if server.hasPrefix("http://") { (isTLS, rest) = (false, server.dropFirst(7)) }
        else if server.contains("://") { throw .configuration("the server URL \(server) begins neither with https:// nor with http://") }
        else { (isTLS, rest) = (true, server[...]) }
        let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        var prefix = rest[authority.endIndex...]
        guard !authority.contains("@"), !prefix.contains("?"), !prefix.contains("#") else {
            throw .configuration("the server URL must be scheme, host, port and path only: credentials belong to the kubeconfig's user")
        }
        while prefix.hasSuffix("/") { prefix = prefix.dropLast() }
        guard let (host, port) = Self.split(authority) else { throw .configuration("the server URL \(server) has no usable host and port") }
        self.host = host
        self.port = port ?? (isTLS ? 443 : 80)
        self.isTLS = isTLS
        pathPrefix = String(prefix)
        skipsVerification = false
        bearer = .none
        namespace = "default"
    }

    /// `host`, `host:port`, `[::1]:6443`.
    private static func split(_ authority: Substring) -> (String, Int?)? {
        var host = authority
        var tail: Substring = ""
        if authority.hasPrefix("[") {
            guard let end = authority.firstIndex(of: "]") else { return nil }
            host = authority[authority.index(after: authority.startIndex)..<end]
            tail = authority[authority.index(after: end)...]
        } else if let colon = authority.firstIndex(of: ":") {
            host = authority[..<colon]
            tail = authority[colon...]
        }
        guard !host.isEmpty else { return nil }
        if tail.isEmpty { return (String(host), nil) }
        guard tail.hasPrefix(":"), let port = Int(tail.dropFirst()), (1...65535).contains(port) else { return nil }
        return (String(host), port)
    }

    /// For messages: never with credentials.
    public var url: String { "\(isTLS ? "https" : "http")://\(host.contains(":") ? "[\(host)]" : host):\(port)\(pathPrefix)" }
}
