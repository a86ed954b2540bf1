import Kernel

/// What every kind's schema has besides its own fields.
enum KindFields {
    static let apiVersion: JSON = [
        "description": "Group and version of the API that the document is written for, as `apps/v1`.", "type": "string",
    ]
    static let kind: JSON = ["description": "Kind of the document, in CamelCase.", "type": "string"]

    static func list(_ kinds: [GroupVersionKind]) -> JSON { .array(kinds.map(value)) }
    static func value(_ kind: GroupVersionKind) -> JSON {
        ["group": .string(kind.group), "kind": .string(kind.kind), "version": .string(kind.version)]
    }
}
