/// One change to one object, with the condition under which it may happen.
public struct StoreWrite: Sendable {
    /// What must be true of the object when the change is made, else nothing happens.
    public enum Precondition: Sendable, Equatable {
        /// It doesn't exist: `StoreError.exists` otherwise.
        case absent
        /// It has exactly this revision: `StoreError.conflict` or `.missing` otherwise.
        case revision(Int64)
        /// It doesn't exist, and no object of its resource has been written after this revision: `.exists` or `.conflict` otherwise. For what
        /// was decided by looking at all of them; whoever waits for the conflict's revision sees what was missed.
        case absentAmongUnchanged(since: Int64)
        /// It exists, and no object of its resource, itself included, has been written after this revision: `.missing` or `.conflict` otherwise.
        case unchangedAmongUnchanged(since: Int64)
    }

    public enum Change: Sendable {
        /// The whole new object: compact JSON that begins `{"apiVersion":…,"kind":…,"metadata":{…`, WITHOUT `resourceVersion`.
        case put([UInt8])
        /// Removes it. The bytes are its last state, in the same form: what the deletion's watch event carries.
        case delete(lastBytes: [UInt8])
    }

    public let key: StoreKey
    public let precondition: Precondition
    public let change: Change

    public init(key: StoreKey, precondition: Precondition, change: Change) {
        self.key = key
        self.precondition = precondition
        self.change = change
    }

    public static func create(_ key: StoreKey, _ bytes: [UInt8]) -> StoreWrite {
        StoreWrite(key: key, precondition: .absent, change: .put(bytes))
    }

    public static func update(_ key: StoreKey, from revision: Int64, _ bytes: [UInt8]) -> StoreWrite {
        StoreWrite(key: key, precondition: .revision(revision), change: .put(bytes))
    }

    public static func delete(_ key: StoreKey, at revision: Int64, lastBytes: [UInt8]) -> StoreWrite {
        StoreWrite(key: key, precondition: .revision(revision), change: .delete(lastBytes: lastBytes))
    }

    /// Deletes the object in the state that was read.
    public static func delete(_ object: StoredObject) -> StoreWrite {
        .delete(object.key, at: object.revision, lastBytes: object.unversionedBytes)
    }

    var bytes: [UInt8] {
        switch change {
        case .put(let bytes), .delete(let bytes): bytes
        }
    }

    /// Why it can never be carried out, whatever the store holds; nil when it can.
    func refusal(maximumBytes: Int) -> StoreError? {
        if bytes.count > maximumBytes { return .tooLarge(limit: maximumBytes) }
        for (part, text) in [("resource", key.resource), ("namespace", key.namespace), ("name", key.name)] where text.utf8.contains(0) {
            return .invalid("the \(part) has a NUL character; use letters, digits, '-', '.' and ':'")
        }
        if case .delete = change, precondition.wantsAbsence {
            return .invalid("\(key) cannot be deleted under the condition that it is absent; give the revision that was read")
        }
        if VersionSplice.insert(0, into: bytes) == nil {
            return .invalid("\(key) is not a JSON object with metadata; send the whole object")
        }
        return nil
    }
}

extension StoreWrite.Precondition {
    var wantsAbsence: Bool {
        switch self {
        case .absent, .absentAmongUnchanged: true
        case .revision, .unchangedAmongUnchanged: false
        }
    }
}
