import Glibc

/// Where an engine listens, by Docker's own conventions.
public struct DockerEndpoint: Sendable, Equatable, CustomStringConvertible {
    public enum Address: Sendable, Equatable {
        case unix(path: String)
        case tcp(host: String, port: Int)
    }

    /// Certificates as PEM text. Never printed.
    public struct TLS: Sendable, Equatable, CustomStringConvertible, CustomDebugStringConvertible {
        /// Who signed the engine's certificate; nil: one of the system's authorities.
        public var authority: String?
        public var certificate: String?
        public var key: String?

        public init(authority: String?, certificate: String?, key: String?) {
            self.authority = authority
            self.certificate = certificate
            self.key = key
        }

        public var description: String { key == nil ? "TLS without a certificate of ours" : "TLS with a certificate of ours" }
        public var debugDescription: String { description }
    }

    public static let standardSocket = "/var/run/docker.sock"

    public let address: Address
    /// nil: in the clear.
    public let tls: TLS?

    public init(address: Address, tls: TLS? = nil) {
        self.address = address
        self.tls = tls
    }

    /// From `unix:///var/run/docker.sock`, `tcp://host:2376`, `http://host:2375` or `https://host:2376`; empty is the standard socket.
    ///
    /// - Parameter environment: `DOCKER_CERT_PATH` names the directory of `ca.pem`, `cert.pem` and `key.pem`; with it, or with a
    ///   `DOCKER_TLS_VERIFY` that isn't empty, `tcp://` means TLS. Without a port it is 2376 with TLS, else 2375.
    public init(_ text: String, environment: [String: String] = [:]) throws(DockerEndpointError) {
        guard !text.isEmpty else {
            self.init(address: .unix(path: Self.standardSocket))
            return
        }
        guard let mark = text.firstRange(of: "://") else {
            throw DockerEndpointError("\(text) has no scheme; write unix:///path, tcp://host:port or https://host:port")
        }
        let (scheme, rest) = (text[..<mark.lowerBound], text[mark.upperBound...])
        switch scheme {
        case "unix":
            guard rest.hasPrefix("/") else { throw DockerEndpointError("\(text): the path of a unix socket must begin with /") }
            // sun_path of sockaddr_un holds 108 bytes with the closing zero.
            guard rest.utf8.count < 108 else { throw DockerEndpointError("\(text): the path of a unix socket may have 107 bytes at most") }
            self.init(address: .unix(path: String(rest)))
        case "tcp", "http", "https":
            let verifies = !(environment["DOCKER_TLS_VERIFY"] ?? "").isEmpty || !(environment["DOCKER_CERT_PATH"] ?? "").isEmpty
            let usesTLS = scheme == "https" || (scheme == "tcp" && verifies)
            let (host, port) = try Self.split(String(rest), text, standardPort: usesTLS ? 2376 : 2375)
            self.init(address: .tcp(host: host, port: port), tls: usesTLS ? try Self.certificates(environment) : nil)
        default:
            throw DockerEndpointError("\(text): \(scheme):// is not supported; write unix:///path, tcp://host:port or https://host:port")
        }
    }

    /// From `DOCKER_HOST` and its companions.
    public init(environment: [String: String]) throws(DockerEndpointError) {
        try self.init(environment["DOCKER_HOST"] ?? "", environment: environment)
    }

    public var description: String {
        switch address {
        case .unix(let path): "unix://\(path)"
        case .tcp(let host, let port): "\(tls == nil ? "tcp" : "https")://\(host.contains(":") ? "[\(host)]" : host):\(port)"
        }
    }

    /// This machine's own engine: its host's routes are ours, and ports on its loopback can be reached.
    public var isLocal: Bool {
        switch address {
        case .unix: true
        case .tcp(let host, _): host == "localhost" || host == "::1" || host.hasPrefix("127.")
        }
    }

    private static func split(_ rest: String, _ text: String, standardPort: Int) throws(DockerEndpointError) -> (String, Int) {
        var host = rest.hasSuffix("/") ? Substring(rest.dropLast()) : Substring(rest)
        var port = standardPort
        if host.hasPrefix("["), let end = host.firstIndex(of: "]") {
            let after = host[host.index(after: end)...]
            port = try after.isEmpty ? port : number(after, text)
            host = host[host.index(after: host.startIndex)..<end]
        } else if let colon = host.firstIndex(of: ":") {
            port = try number(host[colon...], text)
            host = host[..<colon]
        }
        guard !host.isEmpty, host.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "@") }) else {
            throw DockerEndpointError("\(text): the host must be a name or an address, as in tcp://127.0.0.1:2375")
        }
        return (String(host), port)
    }

    private static func number(_ text: Substring, _ whole: String) throws(DockerEndpointError) -> Int {
        guard text.hasPrefix(":"), let port = Int(text.dropFirst()), (1...65_535).contains(port) else {
            throw DockerEndpointError("\(whole): the port must be a number from 1 to 65535")
        }
        return port
    }

    private static func certificates(_ environment: [String: String]) throws(DockerEndpointError) -> TLS {
        var directory = environment["DOCKER_CERT_PATH"] ?? ""
        let isNamed = !directory.isEmpty
        if !isNamed { directory = (environment["HOME"] ?? "/root") + "/.docker" }
        func file(_ name: String) throws(DockerEndpointError) -> String? {
            if let bytes = readFile("\(directory)/\(name)") { return String(decoding: bytes, as: UTF8.self) }
            guard !isNamed else {
                let reason = String(cString: strerror(errno))
                throw DockerEndpointError("\(directory)/\(name) can't be read (\(reason)); DOCKER_CERT_PATH must hold ca.pem, cert.pem and key.pem")
            }
            return nil
        }
        return TLS(authority: try file("ca.pem"), certificate: try file("cert.pem"), key: try file("key.pem"))
    }
}

/// Why a text names no engine, and what would be right.
public struct DockerEndpointError: Error, Sendable, Equatable, CustomStringConvertible {
    public let message: String
    init(_ message: String) { self.message = message }
    public var description: String { message }
}
