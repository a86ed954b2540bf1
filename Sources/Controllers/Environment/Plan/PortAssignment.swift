import Kernel
import Resources

/// Finds host ports for instances: a fixed one as it is written, else one that is chosen once and kept.
struct PortAssignment {
    /// Below what Linux takes for outgoing connections, above what services use.
    static let range = 20000..<30000

    private let desired: DesiredEnvironment
    private let taken: [ObservedEnvironment.TakenPort]
    /// What other instances have or had, by ordinal.
    private var reserved: [(ordinal: Int, port: Int, transport: ContainerPort.Transport)] = []

    init(desired: DesiredEnvironment, observed: ObservedEnvironment) {
        self.desired = desired
        taken = observed.takenPorts
        for container in observed.containers {
            for port in container.ports { reserved.append((container.ordinal ?? -1, port.hostPort, port.transport)) }
        }
        for instance in desired.recorded {
            for port in desired.spec?.ports ?? [] {
                if let host = instance.hostPorts["\(port.containerPort)/\(port.transport.rawValue)"] {
                    reserved.append((instance.ordinal, host, port.transport))
                }
            }
        }
    }

    /// One port for each of `spec.ports`. The choice is a function of the object, so that a pass which was killed before anyone knew
    /// chooses the same.
    mutating func assign(_ ordinal: Int, instead old: ObservedContainer?) -> Result<[Int], EnvironmentIssue> {
        var assigned: [Int] = []
        for (index, port) in (desired.spec?.ports ?? []).enumerated() {
            if port.hostPort != 0 {
                if let other = taken.first(where: { $0.port == port.hostPort && $0.transport == port.transport }) {
                    return .failure(Self.conflict(other, at: index, host: port.hostIP))
                }
                assigned.append(port.hostPort)
                continue
            }
            guard let free = freePort(port, ordinal, old) else {
                return .failure(
                    EnvironmentIssue(
                        .portConflict,
                        "spec.ports[\(index)]: no port from \(Self.range.lowerBound) to \(Self.range.upperBound - 1) is free on the engine's host; remove what publishes them, or set hostPort"))
            }
            assigned.append(free)
            reserved.append((ordinal, free, port.transport))
        }
        return .success(assigned)
    }

    private func freePort(_ port: ContainerPort, _ ordinal: Int, _ old: ObservedContainer?) -> Int? {
        let key = "\(port.containerPort)/\(port.transport.rawValue)"
        var kept: [Int] = []
        if let had = old?.ports.first(where: { $0.containerPort == port.containerPort && $0.transport == port.transport })?.hostPort {
            kept.append(had)
        }
        if let recorded = desired.recorded.first(where: { $0.ordinal == ordinal })?.hostPorts[key] { kept.append(recorded) }
        if let keep = kept.first(where: { isFree($0, port.transport, ordinal) && Self.range.contains($0) }) { return keep }
        let digest = SHA256.digest("\(desired.identity.installation)/\(desired.identity.uid)/\(ordinal)/\(key)".utf8)
        let start = digest.prefix(4).reduce(0) { $0 << 8 | Int($1) }
        let size = Self.range.count
        // 7919 is prime and no divisor of the range's size: every port is met once.
        return (0..<size).lazy.map { Self.range.lowerBound + (start + $0 * 7919) % size }.first { isFree($0, port.transport, ordinal) }
    }

    private func isFree(_ port: Int, _ transport: ContainerPort.Transport, _ ordinal: Int) -> Bool {
        port > 0 && !taken.contains { $0.port == port && $0.transport == transport }
            && !reserved.contains { $0.port == port && $0.transport == transport && $0.ordinal != ordinal }
    }

    /// Whether a container was given a port, by choice and not by the document, that someone else has.
    func mustMove(_ container: ObservedContainer) -> Int? {
        for port in desired.spec?.ports ?? [] where port.hostPort == 0 {
            guard let had = container.ports.first(where: { $0.containerPort == port.containerPort && $0.transport == port.transport }) else { continue }
            if taken.contains(where: { $0.port == had.hostPort && $0.transport == had.transport }) { return had.hostPort }
        }
        return nil
    }

    private static func conflict(_ other: ObservedEnvironment.TakenPort, at index: Int, host: String?) -> EnvironmentIssue {
        let holder = other.holder.map { "container \($0)" } ?? "another process of the host (see: ss -ltnp 'sport = :\(other.port)')"
        return EnvironmentIssue(
            .portConflict,
            "spec.ports[\(index)].hostPort: \(other.port) is used by \(holder); stop that, choose another port, or leave hostPort out to get a free one")
    }
}
