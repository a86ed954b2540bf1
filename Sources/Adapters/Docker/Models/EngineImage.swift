import Kernel

/// An image on the engine.
public struct EngineImage: Sendable, Equatable {
    /// `sha256:…` of its configuration.
    public var id: String
    /// `name:tag`.
    public var tags: [String]
    /// `name@sha256:…`, as its registry knows it; empty for one that was built or loaded here.
    public var digests: [String]
    public var created: Timestamp?
    public var size: Bytes
    public var labels: [String: String]
    /// The ports it says it listens on, as `8088/tcp`.
    public var exposedPorts: [String]

    public init(
        id: String, tags: [String] = [], digests: [String] = [], created: Timestamp? = nil, size: Bytes = Bytes(0),
        labels: [String: String] = [:], exposedPorts: [String] = []
    ) {
        self.id = id
        self.tags = tags
        self.digests = digests
        self.created = created
        self.size = size
        self.labels = labels
        self.exposedPorts = exposedPorts
    }
}

/// One step of a pull.
public struct EnginePullProgress: Sendable, Equatable {
    /// The layer, short; empty for what concerns the whole image.
    public var layer: String
    /// `Downloading`, `Extracting`, `Pull complete`, …
    public var status: String
    public var done: Bytes?
    public var total: Bytes?

    public init(layer: String = "", status: String, done: Bytes? = nil, total: Bytes? = nil) {
        self.layer = layer
        self.status = status
        self.done = done
        self.total = total
    }
}

/// How to get into a registry. Never printed.
public struct RegistryCredentials: Sendable, Equatable, CustomStringConvertible, CustomDebugStringConvertible {
    /// Without scheme: `registry.example.com:5000`; Docker Hub is `https://index.docker.io/v1/`.
    public var server: String
    public var username: String
    public var password: String
    /// Instead of a password, for registries that give one; empty for none.
    public var identityToken: String

    public init(server: String, username: String, password: String, identityToken: String = "") {
        self.server = server
        self.username = username
        self.password = password
        self.identityToken = identityToken
    }

    public var description: String { "credentials of \(username) for \(server)" }
    public var debugDescription: String { description }
}
