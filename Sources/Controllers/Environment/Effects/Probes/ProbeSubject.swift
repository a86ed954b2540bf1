import Docker
import EnvironmentPlan
import Kernel
import Resources

/// The one run of a container that probes ask, and how it is reached.
struct ProbeSubject: Sendable, Equatable {
    struct Way: Sendable, Equatable {
        var host: String
        var port: Int
    }

    var container: String
    var owner: NamespacedName
    var target: String
    /// When this run began: a restart begins afresh.
    var started: Timestamp?
    /// Of the container in its network; empty when it can't be reached from here.
    var address: String
    /// By container port: where it is published on the engine's host.
    var published: [Int: Way]
    var ports: [ContainerPort]
    var startup: Probe?
    var readiness: Probe?
    var liveness: Probe?

    init?(_ inspection: EngineContainer, _ container: ObservedContainer, _ desired: DesiredEnvironment, target: EnvironmentTarget) {
        guard let spec = desired.spec, spec.startupProbe != nil || spec.readinessProbe != nil || spec.livenessProbe != nil else { return nil }
        self.container = inspection.id
        owner = NamespacedName(namespace: desired.identity.namespace, name: desired.identity.name)
        self.target = target.name
        started = container.started
        address = target.isLocal ? inspection.networks[desired.identity.networkName]?.address ?? "" : ""
        published = [:]
        for port in container.ports where port.transport == .tcp && target.isLocal {
            let host = port.hostIP == "0.0.0.0" ? "127.0.0.1" : port.hostIP == "::" ? "::1" : port.hostIP
            published[port.containerPort] = Way(host: host, port: port.hostPort)
        }
        ports = spec.ports
        startup = spec.startupProbe
        readiness = spec.readinessProbe
        liveness = spec.livenessProbe
    }

    /// The ways to a port, the best first: the container itself answers only when something listens, a published port may
    /// answer before that.
    func ways(_ reference: PortReference) -> [(way: Way, isPublished: Bool)] {
        let number: Int
        switch reference {
        case .number(let port): number = port
        case .name(let name): number = ports.first { $0.name == name }?.containerPort ?? 0
        }
        var ways: [(way: Way, isPublished: Bool)] = []
        if !address.isEmpty { ways.append((Way(host: address, port: number), false)) }
        if let way = published[number] { ways.append((way, true)) }
        return ways
    }
}
