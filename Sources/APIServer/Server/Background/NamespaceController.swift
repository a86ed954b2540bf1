import APIServerCore
import Kernel
import Store
import Telemetry

/// Gives each namespace its `default` service account, and empties those that are being deleted before they go.
struct NamespaceController: Sendable {
    private let parts: ServerParts
    private let logger: Logger

    init(_ parts: ServerParts) {
        self.parts = parts
        logger = parts.logger.with(["component": "namespace-controller"])
    }

    func run() async {
        await EmptyingQueue(
            store: parts.store, resource: "namespaces",
            keys: { change in
                switch change {
                case .list(let items): items.map(\.key)
                case .event(let event): event.kind == .deleted ? [] : [event.object.key]
                }
            },
            isToBeEmptied: { key in
                guard let object = parts.store.get(key) else { return false }
                if !object.isMarkedForDeletion { await ensureServiceAccount(key.name) }
                return object.isMarkedForDeletion
            },
            empty: { key in await empty(key.name) }
        ).run()
    }

    private static func key(_ name: String) -> StoreKey { StoreKey(resource: "namespaces", namespace: "", name: name) }

    private func ensureServiceAccount(_ namespace: String) async {
        guard let accounts = parts.registry.table.find(group: "", version: "v1", plural: "serviceaccounts"),
            parts.store.get(accounts.key(namespace: namespace, name: "default")) == nil
        else { return }
        let account: JSON = [
            "apiVersion": "v1", "kind": "ServiceAccount", "metadata": ["name": "default", "namespace": .string(namespace)],
        ]
        do throws(APIStatus) {
            _ = try await parts.writer.create(account, accounts, WriteOptions(), warnings: Warnings())
        } catch {
            if error.reason != .alreadyExists {
                logger.warning("making the default service account failed", ["namespace": namespace, "reason": error.message])
            }
        }
    }

    /// Deletes everything in the namespace, and lets it go when nothing is left.
    ///
    /// - Returns: whether it is done.
    private func empty(_ name: String) async -> Bool {
        guard let namespace = parts.store.get(Self.key(name)), namespace.isMarkedForDeletion else { return true }
        let left = await deleteContent(of: name)
        if left.isEmpty { return await finalize(name) }
        await report(left, name)
        return false
    }

    private struct Remaining {
        let resource: String
        let count: Int
        let finalizers: [String: Int]
    }

    /// - Returns: what is still there after a round, by resource.
    private func deleteContent(of name: String) async -> [Remaining] {
        var left: [Remaining] = []
        for resource in parts.registry.table.stored where resource.definition.isNamespaced {
            let storage = resource.definition.storage.resource
            let items = parts.store.list(storage, namespace: name).items
            guard !items.isEmpty else { continue }
            var options = DeleteOptions()
            options.propagation = .background
            do throws(APIStatus) {
                _ = try await parts.deletes.deleteAll(items, resource, options)
            } catch {
                logger.warning("emptying a namespace failed, trying again", ["namespace": name, "resource": storage, "reason": error.message])
            }
            let rest = parts.store.list(storage, namespace: name).items
            guard !rest.isEmpty else { continue }
            var finalizers: [String: Int] = [:]
            for object in rest {
                for finalizer in resource.json(object)?["metadata"]?["finalizers"]?.array ?? [] { finalizers[finalizer.string ?? "", default: 0] += 1 }
            }
            left.append(Remaining(resource: storage, count: rest.count, finalizers: finalizers))
        }
        return left
    }

    private func finalize(_ name: String) async -> Bool {
        guard let namespaces = parts.registry.table.find(group: "", version: "v1", plural: "namespaces") else { return false }
        do throws(APIStatus) {
            _ = try await parts.writer.update(Self.key(name), namespaces, WriteOptions(), part: .finalize, warnings: Warnings()) { old, _ throws(APIStatus) in
                var new = old
                let finalizers = (old["spec"]?["finalizers"]?.array ?? []).filter { $0.string != "kubernetes" }
                new["spec"]?["finalizers"] = .array(finalizers)
                return new
            }
            return true
        } catch {
            if error.reason == .notFound { return true }
            logger.warning("letting a namespace go failed, trying again", ["namespace": name, "reason": error.message])
            return false
        }
    }

    /// Says in the namespace's conditions what it still waits for.
    private func report(_ left: [Remaining], _ name: String) async {
        guard let namespaces = parts.registry.table.find(group: "", version: "v1", plural: "namespaces") else { return }
        let content = left.map { "\($0.resource) has \($0.count) resource instances" }.joined(separator: ", ")
        var totals: [String: Int] = [:]
        for remaining in left { for (finalizer, count) in remaining.finalizers { totals[finalizer, default: 0] += count } }
        let finalizers = totals.sorted { $0.key < $1.key }.map { "\($0.key) in \($0.value) resource instances" }.joined(separator: ", ")
        let now = parts.clocks.now
        let wanted = [
            Condition(type: "NamespaceContentRemaining", status: "True", reason: "SomeResourcesRemain", message: "Some resources are remaining: \(content)"),
            Condition(
                type: "NamespaceFinalizersRemaining", status: totals.isEmpty ? "False" : "True",
                reason: totals.isEmpty ? "ContentHasNoFinalizers" : "SomeFinalizersRemain",
                message: totals.isEmpty ? "All content-preserving finalizers finished" : "Some content in the namespace has finalizers remaining: \(finalizers)"),
        ]
        do throws(APIStatus) {
            _ = try await parts.writer.update(Self.key(name), namespaces, WriteOptions(), part: .status, warnings: Warnings()) { old, _ throws(APIStatus) in
                var new = old
                var conditions = old["status"]?["conditions"]?.array ?? []
                for condition in wanted { Self.set(condition, in: &conditions, now: now) }
                new["status"]?["conditions"] = .array(conditions)
                return new
            }
        } catch {
            if error.reason != .notFound { logger.debug("reporting on a namespace failed", ["namespace": name, "reason": error.message]) }
        }
    }

    private struct Condition: Sendable {
        let type: String
        let status: String
        let reason: String
        let message: String
    }

    private static func set(_ condition: Condition, in conditions: inout [JSON], now: Timestamp) {
        var entry: JSON = [
            "type": .string(condition.type), "status": .string(condition.status), "lastTransitionTime": .string(now.rfc3339),
            "reason": .string(condition.reason), "message": .string(condition.message),
        ]
        guard let at = conditions.firstIndex(where: { $0["type"]?.string == condition.type }) else {
            conditions.append(entry)
            return
        }
        if conditions[at]["status"]?.string == condition.status { entry["lastTransitionTime"] = conditions[at]["lastTransitionTime"] }
        conditions[at] = entry
    }
}
