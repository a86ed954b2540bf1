import Kernel

/// The types of the core group, version v1.
enum CoreTypes {
    static let prefix = "io.k8s.api.core.v1."

    static let all: [APIType] = namespaces + data + accounts + events

    private static func kind(_ kind: String) -> [GroupVersionKind] { [GroupVersionKind(group: "", version: "v1", kind: kind)] }

    private static let namespaces: [APIType] = [
        APIType(prefix + "Namespace", kinds: kind("Namespace"), "A scope for names: most objects live in one, and go with it.", [
            .metadata,
            .field(2, "spec", .reference(prefix + "NamespaceSpec"), "What the namespace is asked to be."),
            .field(3, "status", .reference(prefix + "NamespaceStatus"), "What the namespace is."),
        ]),
        APIType(prefix + "NamespaceSpec", "What a namespace is asked to be.", [
            .field(1, "finalizers", .list(.string), "What must be done before the namespace may go.").atomic
        ]),
        APIType(prefix + "NamespaceStatus", "What a namespace is.", [
            .field(1, "phase", .string, "Active, or Terminating while its contents are being deleted."),
            .field(2, "conditions", .list(.reference(prefix + "NamespaceCondition")), "How far its deletion got.").keyed("type"),
        ]),
        APIType(prefix + "NamespaceCondition", "One aspect of a namespace's state.", [
            .field(1, "type", .string, "Which aspect.").required,
            .field(2, "status", .string, "True, False or Unknown.").required,
            .field(4, "lastTransitionTime", .time, "When status changed last."),
            .field(5, "reason", .string, "Why, in one word."),
            .field(6, "message", .string, "Why, for a person."),
        ]),
    ]

    private static let data: [APIType] = [
        APIType(prefix + "ConfigMap", kinds: kind("ConfigMap"), "Settings for workloads to read: keys with values, 1 MiB together.", [
            .metadata,
            .field(2, "data", .map(.string), "Keys (letters, digits, '-', '_', '.') with text values. No key may also be in binaryData."),
            .field(3, "binaryData", .map(.bytes), "Keys with values that need not be text, base64-encoded. No key may also be in data."),
            .field(4, "immutable", .bool, "When true, nothing but metadata can be changed any more.").optional,
        ]),
        APIType(prefix + "Secret", kinds: kind("Secret"), "Values that must not be seen by everyone: keys with values, 1 MiB together.", [
            .metadata,
            .field(2, "data", .map(.bytes), "Keys (letters, digits, '-', '_', '.') with base64-encoded values."),
            .field(4, "stringData", .map(.string), "Keys with plain values, written into data; never shown."),
            .field(3, "type", .string, "What the keys mean to programs; Opaque unless said otherwise. Can't be changed."),
            .field(5, "immutable", .bool, "When true, nothing but metadata can be changed any more.").optional,
        ]),
    ]

    private static let accounts: [APIType] = [
        APIType(prefix + "ServiceAccount", kinds: kind("ServiceAccount"), "An identity for programs, which roles are bound to and tokens are issued for.", [
            .metadata,
            .field(2, "secrets", .list(.reference(prefix + "ObjectReference")), "Secrets that its workloads may use.").keyed("name"),
            .field(3, "imagePullSecrets", .list(.reference(prefix + "LocalObjectReference")), "Secrets for pulling images.").atomic,
            .field(4, "automountServiceAccountToken", .bool, "Whether workloads get a token without asking.").optional,
        ]),
        APIType(prefix + "LocalObjectReference", isAtomic: true, "Names an object in the same namespace.", [
            .field(1, "name", .string, "Name of the object.")
        ]),
        APIType(prefix + "ObjectReference", isAtomic: true, "Points to an object, or to a part of one.", [
            .field(1, "kind", .string, "Kind of the object."),
            .field(2, "namespace", .string, "Namespace of the object."),
            .field(3, "name", .string, "Name of the object."),
            .field(4, "uid", .string, "UID of the object."),
            .field(5, "apiVersion", .string, "API version of the object."),
            .field(6, "resourceVersion", .string, "The version that is meant, where it matters."),
            .field(7, "fieldPath", .string, "The part that is meant, as `spec.containers{web}`."),
        ]),
    ]

    private static let events: [APIType] = [
        APIType(prefix + "Event", kinds: kind("Event"), "A report of something that happened to an object. Kept for a while only, and not to be relied on.", [
            .metadata(required: true),
            .field(2, "involvedObject", .reference(prefix + "ObjectReference"), "What the event is about.").required,
            .field(3, "reason", .string, "Why, in one CamelCase word."),
            .field(4, "message", .string, "What happened, for a person."),
            .field(5, "source", .reference(prefix + "EventSource"), "Who reports."),
            .field(6, "firstTimestamp", .time, "When it was first seen."),
            .field(7, "lastTimestamp", .time, "When it was last seen."),
            .field(8, "count", .int32, "How often it was seen."),
            .field(9, "type", .string, "Normal or Warning."),
            .field(10, "eventTime", .microTime, "When it was first seen, to the microsecond."),
            .field(11, "series", .reference(prefix + "EventSeries"), "Set while it goes on happening.").optional,
            .field(12, "action", .string, "What was done or failed."),
            .field(13, "related", .reference(prefix + "ObjectReference"), "Another object that has to do with it.").optional,
            .field(14, "reportingComponent", .string, "The controller that reports, as `kubernetes.io/kubelet`."),
            .field(15, "reportingInstance", .string, "Which instance of it."),
        ]),
        APIType(prefix + "EventSource", "Who reports an event.", [
            .field(1, "component", .string, "The program."),
            .field(2, "host", .string, "The machine."),
        ]),
        APIType(prefix + "EventSeries", "An event that happens again and again.", [
            .field(1, "count", .int32, "How often so far."),
            .field(2, "lastObservedTime", .microTime, "When it was last seen."),
        ]),
    ]
}

extension APIField {
    /// The standard `metadata` field.
    static var metadata: APIField { metadata(required: false) }
    static func metadata(required: Bool) -> APIField {
        let field = APIField(1, "metadata", .reference(MetaTypes.objectMeta), "Name, labels and the rest of an object's metadata.")
        return required ? field.required : field
    }
}
