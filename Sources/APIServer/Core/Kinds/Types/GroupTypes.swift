import Kernel

/// The types of coordination.k8s.io/v1 and events.k8s.io/v1.
enum GroupTypes {
    static let coordination = "io.k8s.api.coordination.v1."
    static let events = "io.k8s.api.events.v1."

    static let all: [APIType] = [
        APIType(coordination + "Lease", kinds: [.init(group: "coordination.k8s.io", version: "v1", kind: "Lease")], "A lock with a time limit: who holds it, and since when.", [
            .metadata,
            .field(2, "spec", .reference(coordination + "LeaseSpec"), "Who holds the lease."),
        ]),
        APIType(coordination + "LeaseSpec", "Who holds a lease, and for how long.", [
            .field(1, "holderIdentity", .string, "Who holds it now.").optional,
            .field(2, "leaseDurationSeconds", .int32, "Seconds after renewTime before others may take it.").optional,
            .field(3, "acquireTime", .microTime, "When the holder took it.").optional,
            .field(4, "renewTime", .microTime, "When the holder last said that it still holds it.").optional,
            .field(5, "leaseTransitions", .int32, "How often it changed hands.").optional,
            .field(6, "strategy", .string, "How a coordinated election picks the leader.").optional,
            .field(7, "preferredHolder", .string, "Who should take it next; needs a strategy.").optional,
        ]),
        APIType(events + "Event", kinds: [.init(group: "events.k8s.io", version: "v1", kind: "Event")], "A report of something that happened to an object. The same objects as v1 Events, with newer field names.", [
            .metadata,
            .field(2, "eventTime", .microTime, "When it was first seen, to the microsecond.").required,
            .field(3, "series", .reference(events + "EventSeries"), "Set while it goes on happening.").optional,
            .field(4, "reportingController", .string, "The controller that reports, as `kubernetes.io/kubelet`."),
            .field(5, "reportingInstance", .string, "Which instance of it."),
            .field(6, "action", .string, "What was done or failed."),
            .field(7, "reason", .string, "Why, in one CamelCase word."),
            .field(8, "regarding", .reference(CoreTypes.prefix + "ObjectReference"), "What the event is about."),
            .field(9, "related", .reference(CoreTypes.prefix + "ObjectReference"), "Another object that has to do with it.").optional,
            .field(10, "note", .string, "What happened, for a person."),
            .field(11, "type", .string, "Normal or Warning."),
            .field(12, "deprecatedSource", .reference(CoreTypes.prefix + "EventSource"), "`source` of the v1 Event."),
            .field(13, "deprecatedFirstTimestamp", .time, "`firstTimestamp` of the v1 Event."),
            .field(14, "deprecatedLastTimestamp", .time, "`lastTimestamp` of the v1 Event."),
            .field(15, "deprecatedCount", .int32, "`count` of the v1 Event."),
        ]),
        APIType(events + "EventSeries", "An event that happens again and again.", [
            .field(1, "count", .int32, "How often so far.").required,
            .field(2, "lastObservedTime", .microTime, "When it was last seen.").required,
        ]),
    ]
}
