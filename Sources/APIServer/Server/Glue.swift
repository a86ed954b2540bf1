import APIServerCore
import Kernel
import Store

enum FieldManagement {
    static func trackCreate(_ object: inout JSON, _ resource: ServedResource, manager: String, now: Timestamp) {}
    static func trackUpdate(
        _ object: inout JSON, old: JSON, _ resource: ServedResource, manager: String, part: ObjectPart, now: Timestamp, subresource: String? = nil
    ) throws(APIStatus) {}
    static func trackApplyCreate(_ object: inout JSON, config: JSON, _ resource: ServedResource, manager: String, now: Timestamp) throws(APIStatus) {}
    static func apply(
        _ config: JSON, to old: JSON, _ resource: ServedResource, manager: String, part: ObjectPart, force: Bool, now: Timestamp
    ) throws(APIStatus) -> JSON { old }
}

struct TableShape: Sendable {
    init(_ resource: ServedResource, version: String, _ options: QueryOptions) {}
    func table(of object: JSON, withColumns: Bool) -> JSON { .null }
    func table(of page: ListPage) -> JSON { .null }
}

extension StructuralSchema {
    /// Whether there is a default anywhere below here.
    var hasDefaultsBelow: Bool { true }
}
