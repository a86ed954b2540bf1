import APIServerCore
import Kernel
import Store

struct TableShape: Sendable {
    init(_ resource: ServedResource, version: String, _ options: QueryOptions) {}
    func table(of object: JSON, withColumns: Bool) -> JSON { .null }
    func table(of page: ListPage) -> JSON { .null }
}

extension StructuralSchema {
    /// Whether there is a default anywhere below here.
    var hasDefaultsBelow: Bool { true }
}
