import APIServerCore
import Kernel
import Store
import Telemetry

/// Removes Events that nobody added to for a while.
struct EventExpiry: Sendable {
    let parts: ServerParts
    private static let interval = Duration.seconds(60)

    func run() async {
        while !Task.isCancelled {
            await sweep()
            do { try await Task.sleep(for: Self.interval) } catch { return }
        }
    }

    func sweep() async {
        guard let events = parts.registry.table.find(group: "", version: "v1", plural: "events") else { return }
        let now = parts.clocks.now
        let old = parts.store.list(events.definition.storage.resource, namespace: nil).items.filter { object in
            guard let seen = events.json(object).flatMap(Self.lastSeen) else { return false }
            return now - seen > parts.configuration.eventLifetime
        }
        guard !old.isEmpty else { return }
        do throws(APIStatus) {
            _ = try await parts.deletes.deleteAll(old, events, .none)
        } catch {
            parts.logger.warning("removing old events failed, trying again in a minute", ["reason": error.message])
        }
    }

    private static func lastSeen(_ event: JSON) -> Timestamp? {
        let texts = [
            event["series"]?["lastObservedTime"], event["lastTimestamp"], event["eventTime"], event["metadata"]?["creationTimestamp"],
        ]
        return texts.compactMap { $0?.string.flatMap(Timestamp.init(rfc3339:)) }.max()
    }
}
