import APIServerCore
import Kernel
import Store
import Telemetry

/// Keeps the rules of ClusterRoles that gather others' rules up to date.
struct RoleAggregator: Sendable {
    private let parts: ServerParts
    private static let resource = "clusterroles.rbac.authorization.k8s.io"

    init(_ parts: ServerParts) { self.parts = parts }

    /// Follows changes of cluster roles, until the task is cancelled.
    func run() async {
        await ResourceFollower(store: parts.store).follow(Self.resource) { change in
            if case .event(let event) = change, event.kind == .modified, event.previous.map({ Self.rules($0) == Self.rules(event.object) }) ?? false { return }
            do throws(APIStatus) { try await update() } catch {
                parts.logger.warning("gathering the rules of cluster roles failed; the next change of one tries again", ["reason": error.message])
            }
        }
    }

    private static func rules(_ object: StoredObject) -> JSON {
        guard case .success(let json) = Result(catching: { () throws(JSONError) in try object.json() }) else { return .null }
        return [json["rules"] ?? .null, json["metadata"]?["labels"] ?? .null, json["aggregationRule"] ?? .null]
    }

    func update() async throws(APIStatus) {
        guard let roles = parts.registry.table.find(GroupResource(group: "rbac.authorization.k8s.io", resource: "clusterroles")) else { return }
        // Gathered roles are gathered from in turn (view into edit into admin): at most so many rounds.
        for _ in 0..<4 {
            let all = parts.store.list(Self.resource, namespace: nil).items.compactMap(roles.json)
            let changed = all.compactMap { RoleAggregation.updated($0, from: all) }
            guard !changed.isEmpty else { return }
            for role in changed {
                let key = roles.key(namespace: "", name: role["metadata"]?["name"]?.string ?? "")
                let rules = role["rules"]
                _ = try await parts.writer.update(key, roles, WriteOptions(), part: .whole, warnings: Warnings()) { old, _ throws(APIStatus) in
                    var new = old
                    new["rules"] = rules
                    return new
                }
            }
        }
    }
}
