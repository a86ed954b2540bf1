import Kernel
import Kubernetes
import Platform

/// Shows a status: by server-side apply with one field manager, only when it differs, and counters at most every five seconds.
public final class StatusWriter: Sendable {
    public enum Outcome: Sendable {
        case unchanged
        /// Only counters differ, and they were written a moment ago: due after that long.
        case deferred(Duration)
        case written(KubernetesObject)
    }

    /// Between two writes that only move counters (API.md, Status).
    public static let counterInterval: Duration = .seconds(5)

    /// What we wrote last to an object, and what the server made of it.
    private struct LastWrite {
        let uid: String
        let proposed: JSON
        let resulting: JSON
        let at: MonotonicInstant
    }

    private let client: KubernetesClient
    private let type: ResourceType
    private let fieldManager: String
    private let clocks: any Clocks
    private let last = Locked<[NamespacedName: LastWrite]>([:])

    public init(_ client: KubernetesClient, _ type: ResourceType, fieldManager: String = "millwright", clocks: any Clocks) {
        self.client = client
        self.type = type
        self.fieldManager = fieldManager
        self.clocks = clocks
    }

    /// - Parameter object: as last read or written, with its present status.
    /// - Throws: `conflict` when it is another object of the same name, `notFound` when it is gone.
    public func write(_ proposal: StatusProposal, to object: JSON, deadline: Duration = .seconds(10)) async throws(KubernetesError) -> Outcome {
        let metadata = Metadata(of: object)
        let (key, present) = (metadata.namespacedName, object["status"] ?? .null)
        if present == proposal.status { return .unchanged }
        let now = clocks.monotonic
        if let write = last.withLock({ $0[key] }), write.uid == metadata.uid {
            // The server changed or dropped something of what we said (a default, a field it doesn't know): saying it again changes nothing.
            if write.proposed == proposal.status, write.resulting == present { return .unchanged }
            let age = now - write.at
            if age < Self.counterInterval, !proposal.counters.isEmpty,
                Self.without(proposal.counters, proposal.status) == Self.without(proposal.counters, present)
            {
                return .deferred(Self.counterInterval - age)
            }
        }
        var named: JSON = ["name": .string(metadata.name), "uid": .string(metadata.uid)]
        if !metadata.namespace.isEmpty { named["namespace"] = .string(metadata.namespace) }
        let body: JSON = [
            "apiVersion": .string(type.gvk.apiVersion), "kind": .string(type.kind), "metadata": named, "status": proposal.status,
        ]
        let written = try await client.apply(type, body, fieldManager: fieldManager, subresource: "status", deadline: deadline)
        let resulting = written.json()["status"] ?? .null
        last.withLock { $0[key] = LastWrite(uid: metadata.uid, proposed: proposal.status, resulting: resulting, at: now) }
        return .written(written)
    }

    public func forget(_ key: NamespacedName) { last.withLock { $0[key] = nil } }

    /// The value without what the paths lead to; `*` stands for every element or member.
    static func without(_ paths: [[String]], _ value: JSON) -> JSON {
        paths.reduce(into: value) { remove($1[...], &$0) }
    }

    private static func remove(_ path: ArraySlice<String>, _ value: inout JSON) {
        guard let first = path.first else { return }
        let rest = path.dropFirst()
        switch value {
        case .array(var elements) where first == "*":
            if rest.isEmpty { elements = [] } else { for at in elements.indices { remove(rest, &elements[at]) } }
            value = .array(elements)
        case .object(var members):
            for key in first == "*" ? members.keys : [first] {
                if rest.isEmpty { members[key] = nil } else { members.update(key) { remove(rest, &$0) } }
            }
            value = .object(members)
        default: break
        }
    }
}
