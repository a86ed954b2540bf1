import Kernel
import Store

/// What a write came to.
enum Written: Sendable {
    case created(StoredObject)
    case updated(StoredObject)
    /// Nothing differed: nothing was written.
    case unchanged(StoredObject)
    /// Its last finalizer went, and with it the object.
    case removed(StoredObject)
    /// As it would be; nothing was written.
    case dryRun(JSON, isNew: Bool)

    var isNew: Bool {
        switch self {
        case .created: true
        case .dryRun(_, let isNew): isNew
        case .updated, .unchanged, .removed: false
        }
    }
}
