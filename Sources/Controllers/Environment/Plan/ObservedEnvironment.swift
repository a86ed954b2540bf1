import Kernel
import Resources

/// What is, as far as one Environment is concerned. Lists are sorted; dictionaries are only looked up.
public struct ObservedEnvironment: Sendable, Equatable {
    public struct Volume: Sendable, Equatable {
        public var name: String
        /// From its labels; nil for a volume of that name that isn't ours.
        public var claim: String?
        public var ordinal: Int?

        public init(name: String, claim: String? = nil, ordinal: Int? = nil) {
            self.name = name
            self.claim = claim
            self.ordinal = ordinal
        }
    }

    public enum Network: Sendable, Equatable {
        case absent
        case ours(id: String)
        /// Its name is taken by something that isn't this installation's.
        case foreign(id: String)
    }

    public struct Image: Sendable, Equatable {
        public var id: String
        public var digest: String?

        public init(id: String, digest: String? = nil) {
            self.id = id
            self.digest = digest
        }
    }

    /// A container that isn't ours but has the name we need.
    public struct NameHolder: Sendable, Equatable {
        public var name: String
        public var id: String

        public init(name: String, id: String) {
            self.name = name
            self.id = id
        }
    }

    /// What someone else has on the engine's host.
    public struct TakenPort: Sendable, Equatable {
        public var port: Int
        public var transport: ContainerPort.Transport
        /// The container that has it; nil when it is some process.
        public var holder: String?

        public init(port: Int, transport: ContainerPort.Transport, holder: String? = nil) {
            self.port = port
            self.transport = transport
            self.holder = holder
        }
    }

    /// Something that was tried and failed, so that it isn't tried again at once.
    public struct Failure: Sendable, Equatable {
        public enum Subject: Sendable, Equatable {
            case pull(image: String)
            /// Creating, filling or starting one instance at one revision.
            case run(ordinal: Int, revision: String)
        }

        public var subject: Subject
        public var issue: EnvironmentIssue
        public var at: Timestamp
        /// In a row.
        public var count: Int

        public init(subject: Subject, issue: EnvironmentIssue, at: Timestamp, count: Int) {
            self.subject = subject
            self.issue = issue
            self.at = at
            self.count = count
        }
    }

    /// Everything with our labels, by ordinal, then name.
    public var containers: [ObservedContainer] = []
    public var nameHolders: [NameHolder] = []
    public var network = Network.absent
    /// Of this Environment's name and of the claims it shares, by name.
    public var volumes: [Volume] = []
    /// Names of volumes that lived with a container of this Environment which somebody removed without them; secrets may be on them.
    public var abandonedVolumes: [String] = []
    /// nil: the engine doesn't have it.
    public var image: Image?
    public var takenPorts: [TakenPort] = []
    public var failures: [Failure] = []
    /// How many other Environments of the namespace want the network.
    public var otherEnvironments = 0

    public init() {}

    func failure(_ subject: Failure.Subject) -> Failure? { failures.first { $0.subject == subject } }
}
