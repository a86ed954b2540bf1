/// A server's identity, and whose client certificates it believes.
public struct ServerTLS: Sendable {
    /// The server's certificate and what leads to its root, PEM.
    public var certificateChain: String
    /// The private key, PEM, without a passphrase.
    public var key: String
    /// The authority of client certificates, PEM. They stay optional; one that doesn't verify fails the handshake. nil asks for none.
    public var clientCA: String?

    public init(certificateChain: String, key: String, clientCA: String? = nil) {
        self.certificateChain = certificateChain
        self.key = key
        self.clientCA = clientCA
    }
}

/// Why a server can't start.
public struct HTTPServerFailure: Error, Sendable, CustomStringConvertible {
    public let description: String
}
