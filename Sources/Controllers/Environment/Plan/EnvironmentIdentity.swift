import Kernel

/// Whose things these are, and what they are called: every name is a function of the owner, so that doing something twice finds what
/// the first time made.
public struct EnvironmentIdentity: Sendable, Equatable {
    public let installation: String
    public let namespace: String
    public let name: String
    public let uid: String
    /// One network for all environments of the namespace.
    public let networkName: String

    public init(installation: String, namespace: String, name: String, uid: String) {
        self.installation = installation
        self.namespace = namespace
        self.name = name
        self.uid = uid
        networkName = "millwright.\(namespace).\(SHA256.hex("\(installation)/\(namespace)", length: 10))"
    }

    public static let ordinalLabel = "millwright.dev/ordinal"
    public static let claimLabel = "millwright.dev/claim"
    /// On volumes that live and die with one container.
    public static let scratchLabel = "millwright.dev/scratch"
    /// The facts a container was created from, as JSON, so that a later difference can be named.
    public static let factsLabel = "millwright.dev/facts"
    /// The host's ports a container was created with, `8088/TCP=127.0.0.1:18088`, separated by commas.
    public static let portsLabel = "millwright.dev/ports"

    /// By uid: an environment that is created anew under the same name never meets its predecessor's containers.
    public func containerName(_ ordinal: Int) -> String {
        "\(namespace).\(instanceName(ordinal)).\(SHA256.hex("\(installation)/\(uid)/\(ordinal)", length: 10))"
    }

    /// What the instance is called by people and by the others of its namespace.
    public func instanceName(_ ordinal: Int) -> String { "\(name)-\(ordinal)" }

    /// Without the uid: the data outlives the Environment.
    public func volumeName(claim: String, ordinal: Int) -> String {
        let hash = SHA256.hex("\(installation)/\(namespace)/\(name)/\(claim)/\(ordinal)", length: 10)
        return "millwright.\(namespace).\(name).\(claim).\(ordinal).\(hash)"
    }

    /// Shared by the namespace.
    public func sharedVolumeName(claim: String) -> String {
        "millwright.\(namespace).\(claim).\(SHA256.hex("\(installation)/\(namespace)/\(claim)", length: 10))"
    }

    /// What everything made in this namespace carries.
    public var namespaceLabels: [String: String] {
        [
            MillwrightName.managedByLabel: MillwrightName.managedByValue, MillwrightName.installationLabel: installation,
            MillwrightName.namespaceLabel: namespace,
        ]
    }

    /// What everything made for this Environment carries.
    public var labels: [String: String] {
        namespaceLabels.merging([
            MillwrightName.kindLabel: "Environment", MillwrightName.nameLabel: name, MillwrightName.uidLabel: uid,
        ]) { $1 }
    }

    /// Of a volume that lives and dies with one container, from that container's labels.
    public static func scratchLabels(of container: [String: String]) -> [String: String] {
        let owners = [
            MillwrightName.managedByLabel, MillwrightName.installationLabel, MillwrightName.namespaceLabel, MillwrightName.kindLabel,
            MillwrightName.nameLabel, MillwrightName.uidLabel,
        ]
        return container.filter { owners.contains($0.key) }.merging([scratchLabel: "true"]) { $1 }
    }

    /// Of a data volume: not the uid, which would lie after a re-creation.
    public func volumeLabels(claim: String, ordinal: Int?) -> [String: String] {
        var labels = namespaceLabels
        labels[Self.claimLabel] = claim
        if let ordinal {
            labels[MillwrightName.kindLabel] = "Environment"
            labels[MillwrightName.nameLabel] = name
            labels[Self.ordinalLabel] = String(ordinal)
        }
        return labels
    }
}
