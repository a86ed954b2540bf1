import Kernel

/// A write on its way: waiting for its batch, or in one. Lives on the engine.
final class PendingWrite {
    let write: StoreWrite
    let keyID: String?
    /// As it goes into the database.
    let value: [UInt8]
    let deadline: MonotonicInstant
    /// nil once the caller was answered.
    private var continuation: CheckedContinuation<Result<StoredObject, StoreError>, Never>?
    /// Whether a database may have seen it: what an answer given in despair must say.
    var wasSent = false

    init(
        write: StoreWrite, keyID: String?, value: [UInt8], deadline: MonotonicInstant,
        continuation: CheckedContinuation<Result<StoredObject, StoreError>, Never>
    ) {
        self.write = write
        self.keyID = keyID
        self.value = value
        self.deadline = deadline
        self.continuation = continuation
    }

    var isAnswered: Bool { continuation == nil }

    func answer(_ result: Result<StoredObject, StoreError>) {
        continuation?.resume(returning: result)
        continuation = nil
    }

    /// What `CommitFunction` is told to do.
    var kind: Int64 {
        if isAnswered { return CommitFunction.Kind.nothing }
        switch (write.change, write.precondition) {
        case (.delete, _): return CommitFunction.Kind.delete
        case (.put, .absent): return CommitFunction.Kind.create
        case (.put, .revision): return CommitFunction.Kind.update
        case (.put, .absentAmongUnchanged): return CommitFunction.Kind.createAmongUnchanged
        case (.put, .unchangedAmongUnchanged): return CommitFunction.Kind.updateAmongUnchanged
        }
    }

    var expected: Int64 {
        switch write.precondition {
        case .absent: 0
        case .revision(let revision), .absentAmongUnchanged(since: let revision), .unchangedAmongUnchanged(since: let revision): revision
        }
    }

    /// What a failed precondition means to the caller, from what the function answered: 0, or minus the object's revision.
    ///
    /// - Parameter base: the revision before the batch, which what stood in the way is not after.
    func refusal(_ outcome: Int64, base: Int64) -> StoreError {
        switch write.precondition {
        case .absent: .exists
        case .absentAmongUnchanged: outcome == 0 ? .conflict(current: base) : .exists
        case .unchangedAmongUnchanged: outcome == 0 ? .missing : .conflict(current: base)
        case .revision: outcome == 0 ? .missing : .conflict(current: -outcome)
        }
    }
}
