import Kernel

/// Events stand under v1 and events.k8s.io/v1 with different field names; they are stored as v1, and changed into the other and back.
enum EventForms {
    /// v1's names and those of events.k8s.io/v1. All others are the same in both.
    private static let renamed: [(v1: String, events: String)] = [
        ("involvedObject", "regarding"), ("message", "note"), ("source", "deprecatedSource"), ("firstTimestamp", "deprecatedFirstTimestamp"),
        ("lastTimestamp", "deprecatedLastTimestamp"), ("count", "deprecatedCount"), ("reportingComponent", "reportingController"),
    ]

    static let core = StorageForm(resource: "events")
    static let events = StorageForm(resource: "events", encode: { toCore($0) }, decode: { toEvents($0) })

    static func toCore(_ event: JSON) -> JSON {
        rename(event, apiVersion: "v1") { name in renamed.first { $0.events == name }?.v1 }
    }

    static func toEvents(_ event: JSON) -> JSON {
        rename(event, apiVersion: "events.k8s.io/v1") { name in renamed.first { $0.v1 == name }?.events }
    }

    private static func rename(_ event: JSON, apiVersion: String, _ other: (String) -> String?) -> JSON {
        guard case .object(let members) = event else { return event }
        var result: JSONObject = ["apiVersion": .string(apiVersion)]
        for (name, value) in members where name != "apiVersion" { result[other(name) ?? name] = value }
        return .object(result)
    }
}
