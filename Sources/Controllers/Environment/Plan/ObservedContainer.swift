import Kernel
import Resources

/// One container as the engine has it, with what probes and history say about it.
public struct ObservedContainer: Sendable, Equatable {
    public enum State: String, Sendable, CaseIterable { case created, running, paused, restarting, removing, exited, dead }

    /// What Millwright's own probes found; without a probe of a kind its part is as passed.
    public struct Probes: Sendable, Equatable {
        public enum Readiness: Sendable, Equatable {
            case ready
            /// Not yet, or not any more; the last probe's answer.
            case unready(String)
        }

        public var readiness: Readiness
        /// Set when the startup or liveness probe has failed for good: the container is to be restarted.
        public var failed: String?

        public init(readiness: Readiness = .ready, failed: String? = nil) {
            self.readiness = readiness
            self.failed = failed
        }
    }

    public var id: String
    public var name: String
    /// From its label; nil when that makes no sense.
    public var ordinal: Int?
    public var revision: String
    public var facts: ContainerFacts?
    public var state: State
    public var exitCode: Int
    /// What the engine says about a start that failed.
    public var error: String
    public var wasOutOfMemory: Bool
    public var started: Timestamp?
    public var finished: Timestamp?
    /// How often the engine or Millwright started it again.
    public var restarts: Int
    public var restartPolicy: EngineRestart
    /// From its label.
    public var ports: [DesiredContainer.Port]
    /// Names of the networks it is in.
    public var networks: [String]
    public var probes: Probes
    /// When its process ended lately by itself, oldest first.
    public var deaths: [Timestamp]
    /// The end of its log, when it doesn't run.
    public var lastLines: Hidden<String>

    public init(
        id: String, name: String, ordinal: Int?, revision: String, facts: ContainerFacts? = nil, state: State, exitCode: Int = 0,
        error: String = "", wasOutOfMemory: Bool = false, started: Timestamp? = nil, finished: Timestamp? = nil, restarts: Int = 0,
        restartPolicy: EngineRestart = .unlessStopped, ports: [DesiredContainer.Port] = [], networks: [String] = [], probes: Probes = Probes(),
        deaths: [Timestamp] = [], lastLines: String = ""
    ) {
        self.id = id
        self.name = name
        self.ordinal = ordinal
        self.revision = revision
        self.facts = facts
        self.state = state
        self.exitCode = exitCode
        self.error = error
        self.wasOutOfMemory = wasOutOfMemory
        self.started = started
        self.finished = finished
        self.restarts = restarts
        self.restartPolicy = restartPolicy
        self.ports = ports
        self.networks = networks
        self.probes = probes
        self.deaths = deaths
        self.lastLines = Hidden(lastLines)
    }

    /// What its labels say; nil for a container of another owner.
    public static func labels(
        _ labels: [String: String]
    ) -> (ordinal: Int?, revision: String, facts: ContainerFacts?, ports: [DesiredContainer.Port]) {
        let ports = (labels[EnvironmentIdentity.portsLabel] ?? "").split(separator: ",").compactMap { item -> DesiredContainer.Port? in
            let sides = item.split(separator: "=", maxSplits: 1)
            guard sides.count == 2, let slash = sides[0].firstIndex(of: "/"), let colon = sides[1].lastIndex(of: ":"),
                let container = Int(sides[0][..<slash]),
                let transport = ContainerPort.Transport(rawValue: String(sides[0][sides[0].index(after: slash)...])),
                let host = Int(sides[1][sides[1].index(after: colon)...])
            else { return nil }
            return DesiredContainer.Port(containerPort: container, transport: transport, hostIP: String(sides[1][..<colon]), hostPort: host)
        }
        return (
            labels[EnvironmentIdentity.ordinalLabel].flatMap { Int($0) }.flatMap { $0 >= 0 ? $0 : nil },
            labels[MillwrightName.revisionLabel] ?? "", labels[EnvironmentIdentity.factsLabel].flatMap(ContainerFacts.init(label:)), ports
        )
    }

    /// Has a process, or will have one without anybody's doing.
    var isUp: Bool { state == .running || state == .restarting || state == .paused }

    var isReady: Bool { state == .running && probes.readiness == .ready && probes.failed == nil }

    /// The first characters, as the docker command shows them.
    public var shortID: String { String(id.prefix(12)) }
}
