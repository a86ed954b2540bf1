import Kernel
import Resources

/// What the installation serves and what it lets a namespace do, from its flags.
public struct EnvironmentPolicy: Sendable, Equatable {
    /// Of `--allow-host-path NS=PREFIX`.
    public struct HostPathGrant: Sendable, Equatable {
        public var namespace: String
        /// Absolute; itself and everything below it.
        public var prefix: String

        public init(namespace: String, prefix: String) {
            self.namespace = namespace
            self.prefix = prefix
        }
    }

    public var installation: String
    public var defaultRuntime = EnvironmentSpec.Runtime.docker
    /// Names of the Docker targets there are.
    public var dockerTargets: [String] = ["local"]
    public var hostPaths: [HostPathGrant] = []
    /// Namespaces of `--allow-host-ip`.
    public var hostIPs: [String] = []
    /// Namespaces of `--allow-privileged`.
    public var privileged: [String] = []

    public init(installation: String) { self.installation = installation }

    /// Whether the path, taken as it is written (symbolic links are checked where the files are), is below a granted prefix.
    public func allowsHostPath(_ path: String, namespace: String) -> Bool {
        let parts = Self.components(path)
        guard !parts.contains("..") else { return false }
        return hostPaths.contains { grant in
            grant.namespace == namespace && parts.starts(with: Self.components(grant.prefix))
        }
    }

    private static func components(_ path: String) -> [Substring] { path.split(separator: "/").filter { $0 != "." } }

    /// Kept without being asked for: what images need that start as root and change their user.
    static let keptCapabilities = ["CHOWN", "DAC_OVERRIDE", "FOWNER", "NET_BIND_SERVICE", "SETGID", "SETUID"]
    /// May be added by any namespace: they say nothing about the host.
    static let harmlessCapabilities = keptCapabilities + ["FSETID", "KILL", "SETPCAP", "SYS_CHROOT"]

    /// Why the namespace may not have this, with the way out; nil when it may.
    func refusal(of spec: EnvironmentSpec, namespace: String) -> String? {
        for (index, volume) in spec.volumes.enumerated() {
            if case .hostPath(let path, _) = volume.source, !allowsHostPath(path, namespace: namespace) {
                return
                    "spec.volumes[\(index)].hostPath.path: \(path) is not allowed in namespace \(namespace); start Millwright with --allow-host-path \(namespace)=\(path), or use volumeClaimTemplates"
            }
        }
        for (index, port) in spec.ports.enumerated() {
            if let address = port.hostIP, !Self.isLoopback(address), !hostIPs.contains(namespace) {
                return
                    "spec.ports[\(index)].hostIP: \(address) is not a loopback address, which namespace \(namespace) may not use; leave it out, or start Millwright with --allow-host-ip \(namespace)"
            }
        }
        guard !privileged.contains(namespace) else { return nil }
        if spec.securityContext.privileged {
            return "spec.securityContext.privileged: is not allowed in namespace \(namespace); remove it, or start Millwright with --allow-privileged \(namespace)"
        }
        for (index, capability) in spec.securityContext.addedCapabilities.enumerated() where !Self.harmlessCapabilities.contains(capability) {
            return
                "spec.securityContext.capabilities.add[\(index)]: \(capability) is not allowed in namespace \(namespace); remove it, or start Millwright with --allow-privileged \(namespace)"
        }
        return nil
    }

    static func isLoopback(_ address: String) -> Bool { address.hasPrefix("127.") || address == "::1" }
}
