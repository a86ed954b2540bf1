import APIServerCore
import Kernel
import Store

extension APIStatus {
    /// What the store refused, as a client is told.
    init(_ error: StoreError, _ resource: GroupResource, name: String) {
        switch error {
        case .exists: self = .alreadyExists(resource, name: name)
        case .conflict: self = .modified(resource, name: name)
        case .missing: self = .notFound(resource, name: name)
        case .tooLarge(let limit): self = .requestEntityTooLarge("the object is larger than \(limit) bytes; make it smaller or split it")
        case .compacted(let oldest): self = .expired("the revision asked for is no longer kept (the oldest is \(oldest)): list again")
        case .unavailable(let message): self = .serviceUnavailable(message, retryAfter: 1)
        case .invalid(let message): self = .badRequest(message)
        case .cancelled: self = .timeout("the request was cancelled before it was done")
        }
    }
}
