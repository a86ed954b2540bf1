/// The types of `meta.k8s.io` that every kind shares.
enum MetaTypes {
    static let prefix = "io.k8s.apimachinery.pkg.apis.meta.v1."
    static let objectMeta = prefix + "ObjectMeta"
    static let listMeta = prefix + "ListMeta"
    static let labelSelector = prefix + "LabelSelector"
    static let status = prefix + "Status"
    static let deleteOptions = prefix + "DeleteOptions"

    static let all: [APIType] = objects + answers + selectors

    private static let objects: [APIType] = [
        APIType(objectMeta, "What every object has: its name, its labels, who owns it, and how it came to be.", [
            .field(1, "name", .string, "Name, unique among objects of the kind in the namespace. Can't be changed."),
            .field(2, "generateName", .string, "Prefix for a name that the server makes when `name` is empty."),
            .field(3, "namespace", .string, "Namespace the object is in; empty for what is cluster scoped. Can't be changed."),
            .field(4, "selfLink", .string, "No longer set."),
            .field(5, "uid", .string, "Identifies this very object among all there ever were, set by the server."),
            .field(6, "resourceVersion", .string, "Version of the object; opaque. Sent back with a write, it makes the write fail when the object has changed since."),
            .field(7, "generation", .int64, "Counts changes of what is desired. Set by the server."),
            .field(8, "creationTimestamp", .time, "When the object was made. Set by the server."),
            .field(9, "deletionTimestamp", .time, "When deletion was asked for: the object goes once its finalizers are gone. Set by the server."),
            .field(10, "deletionGracePeriodSeconds", .int64, "Seconds the object may take to end in good order. Set by the server.").optional,
            .field(11, "labels", .map(.string), "Keys and values that select and group objects."),
            .field(12, "annotations", .map(.string), "Keys and values that tools keep with the object; not for selecting."),
            .field(13, "ownerReferences", .list(.reference(prefix + "OwnerReference")), "Objects this one belongs to: when all of them are gone, so is this one.").keyed("uid"),
            .field(14, "finalizers", .list(.string), "What must be done before the object may go; whoever does it removes its entry.").set,
            .field(17, "managedFields", .list(.reference(prefix + "ManagedFieldsEntry")), "Who last set which field, as server-side apply keeps it.").atomic,
        ]),
        APIType(prefix + "OwnerReference", isAtomic: true, "An owner of an object, in the same namespace or cluster scoped.", [
            .field(5, "apiVersion", .string, "API version of the owner.").required,
            .field(6, "controller", .bool, "The owner is the one that manages this object; at most one is.").optional,
            .field(1, "kind", .string, "Kind of the owner.").required,
            .field(3, "name", .string, "Name of the owner.").required,
            .field(4, "uid", .string, "UID of the owner.").required,
            .field(7, "blockOwnerDeletion", .bool, "A foreground deletion of the owner waits for this object.").optional,
        ]),
        APIType(prefix + "ManagedFieldsEntry", "Fields of an object that one manager set by one kind of request.", [
            .field(1, "manager", .string, "Who set the fields."),
            .field(2, "operation", .string, "How: Apply or Update."),
            .field(3, "apiVersion", .string, "API version that the fields are named in."),
            .field(4, "time", .time, "When an entry was added or changed last."),
            .field(6, "fieldsType", .string, "Form of `fieldsV1`; always FieldsV1."),
            .field(7, "fieldsV1", .fields, "The fields, as a tree of keys that begin with f:, k:, v: or i:."),
            .field(8, "subresource", .string, "Subresource by which they were set, or empty."),
        ]),
        APIType(listMeta, "Metadata of a list.", [
            .field(1, "selfLink", .string, "No longer set."),
            .field(2, "resourceVersion", .string, "Version of the collection that was read; watches go on from it."),
            .field(3, "continue", .string, "When set there is more: send it back to get the next page."),
            .field(4, "remainingItemCount", .int64, "How many objects follow this page, where known.").optional,
        ]),
    ]

    private static let answers: [APIType] = [
        APIType(status, kinds: [.init(group: "", version: "v1", kind: "Status")], "The answer to a request that returns no object.", [
            .field(1, "metadata", .reference(listMeta), "Metadata of lists; empty here."),
            .field(2, "status", .string, "Success or Failure."),
            .field(3, "message", .string, "What happened, for a person."),
            .field(4, "reason", .string, "What happened, for a program."),
            .field(5, "details", .reference(prefix + "StatusDetails"), "More on the reason.").optional,
            .field(6, "code", .int32, "HTTP status code, or 0."),
        ]),
        APIType(prefix + "StatusDetails", "What a Status is about.", [
            .field(1, "name", .string, "Name of the object."),
            .field(2, "group", .string, "API group of the resource."),
            .field(3, "kind", .string, "Resource or kind."),
            .field(6, "uid", .string, "UID of the object."),
            .field(4, "causes", .list(.reference(prefix + "StatusCause")), "What is wrong, one by one.").atomic,
            .field(5, "retryAfterSeconds", .int32, "Seconds to wait before trying again."),
        ]),
        APIType(prefix + "StatusCause", "One thing that is wrong.", [
            .field(1, "reason", .string, "For a program."),
            .field(2, "message", .string, "For a person."),
            .field(3, "field", .string, "Field of the object, as `spec.ports[0].name`."),
        ]),
        APIType(deleteOptions, kinds: [.init(group: "", version: "v1", kind: "DeleteOptions")], "How to delete.", [
            .field(1, "gracePeriodSeconds", .int64, "Seconds to end in good order; 0 is at once. Absent: the kind's default.").optional,
            .field(2, "preconditions", .reference(prefix + "Preconditions"), "Delete only when these hold; else 409.").optional,
            .field(3, "orphanDependents", .bool, "Deprecated: use propagationPolicy.").optional,
            .field(4, "propagationPolicy", .string, "What happens to owned objects: Orphan leaves them, Background deletes them afterwards, Foreground before.").optional,
            .field(5, "dryRun", .list(.string), "All: check everything, change nothing.").atomic,
        ]),
        APIType(prefix + "Preconditions", "What must be true of an object for a request to be done.", [
            .field(1, "uid", .string, "The UID it must have.").optional,
            .field(2, "resourceVersion", .string, "The resourceVersion it must have.").optional,
        ]),
        APIType(prefix + "Patch", "A patch document, in one of the forms named by its Content-Type.", []),
    ]

    private static let selectors: [APIType] = [
        APIType(labelSelector, isAtomic: true, "Selects objects by labels; all requirements must hold. An empty one selects everything.", [
            .field(1, "matchLabels", .map(.string), "Labels that must have exactly these values."),
            .field(2, "matchExpressions", .list(.reference(prefix + "LabelSelectorRequirement")), "Further requirements.").atomic,
        ]),
        APIType(prefix + "LabelSelectorRequirement", "A requirement on one label.", [
            .field(1, "key", .string, "The label's key.").required,
            .field(2, "operator", .string, "In, NotIn, Exists or DoesNotExist.").required,
            .field(3, "values", .list(.string), "Values for In and NotIn; empty for the others.").atomic,
        ]),
        APIType(prefix + "FieldSelectorRequirement", "A requirement on one field.", [
            .field(1, "key", .string, "The field.").required,
            .field(2, "operator", .string, "In, NotIn, Exists or DoesNotExist.").required,
            .field(3, "values", .list(.string), "Values for In and NotIn; empty for the others.").atomic,
        ]),
    ]
}
