import APIServerCore
import Kernel
import Store

/// Makes every change to every object, for clients and for the server's own controllers alike: checks, defaults, versions, stores.
struct ObjectWriter: Sendable {
    let store: any ObjectStore
    let clocks: any Clocks
    /// Told of every change that was stored, before the client is.
    let observer: any WriteObserver
    let definitions: DefinitionService
    /// Patches and unconditional updates meet other writers at most so often.
    private static let attempts = 16
    private static let nameAttempts = 8
    /// A definition meets every writer of any definition.
    private static let definitionAttempts = 64
    /// How long what another server wrote may take to be seen here.
    private static let catchUpTimeout = Duration.seconds(5)

    // MARK: Create

    /// - Parameter object: decoded, of this kind, its name and namespace settled; managed fields already in it when it was applied.
    func create(
        _ object: JSON, _ resource: ServedResource, _ options: WriteOptions, warnings: Warnings, isApplied: Bool = false
    ) async throws(APIStatus) -> Written {
        let definition = resource.definition
        let base = object["metadata"]?["generateName"]?.string ?? ""
        let isGenerated = (object["metadata"]?["name"]?.string ?? "").isEmpty && !base.isEmpty
        if definition.isCustomResourceDefinition { await definitions.turns.begin() }
        defer { if definition.isCustomResourceDefinition { definitions.turns.end() } }
        let attempts = definition.isCustomResourceDefinition ? Self.definitionAttempts : Self.nameAttempts
        for attempt in 1...attempts {
            let since = store.currentRevision
            var fresh = object
            if isGenerated { fresh["metadata"]?["name"] = .string(RandomNames.name(prefix: base)) }
            try ObjectPreparation.forCreate(&fresh, resource, now: clocks.now)
            if definition.isCustomResourceDefinition { definitions.complete(&fresh, now: clocks.now) }
            if !isApplied { fresh = resource.fields.update(fresh, from: nil, manager: options.fieldManager, now: clocks.now) }
            for text in definition.strategy.warnings(fresh) { warnings.add(text) }
            let name = fresh["metadata"]?["name"]?.string ?? ""
            let key = resource.key(namespace: fresh["metadata"]?["namespace"]?.string ?? "", name: name)
            if options.dryRun {
                guard store.get(key) == nil else { throw .alreadyExists(definition.groupResource, name: name) }
                return .dryRun(fresh, isNew: true)
            }
            do throws(StoreError) {
                // Which names a definition gets was decided by looking at all of them.
                let condition: StoreWrite.Precondition = definition.isCustomResourceDefinition ? .absentAmongUnchanged(since: since) : .absent
                let bytes = ObjectPreparation.storedBytes(fresh, resource)
                let stored = try await store.commit(StoreWrite(key: key, precondition: condition, change: .put(bytes)))
                observer.wrote(stored, removed: false)
                return .created(stored)
            } catch {
                if case .conflict(let current) = error, attempt < attempts {
                    _ = await store.waitUntil(revision: current, timeout: Self.catchUpTimeout)
                    continue
                }
                guard error == .exists, isGenerated else { throw APIStatus(error, definition.groupResource, name: name) }
                if attempt >= Self.nameAttempts { throw .generatedNameTaken(definition.groupResource, name: name) }
            }
        }
        throw .generatedNameTaken(definition.groupResource, name: base)
    }

    // MARK: Update

    /// Changes an object: read, change, check, store under the condition that it is still what was read; again when it isn't.
    ///
    /// - Parameters:
    ///   - isConditional: whether `change` depends on the very version that the client saw, so that a conflict is the client's to resolve.
    ///   - isApplied: whether `change` gives the object with its managed fields; else what changed is booked on the options' manager.
    ///   - change: from the object as served to the one to store.
    ///
    /// Not optimised: inlined with its closure into a caller, it makes the compiler (Swift 6.3.1, release) stop with an ownership error.
    /// What costs time is in the functions it calls.
    @_optimize(none)
    func update(
        _ key: StoreKey, _ resource: ServedResource, _ options: WriteOptions, part: ObjectPart, isConditional: Bool = false,
        isApplied: Bool = false, subresource: String? = nil, warnings: Warnings,
        change: @Sendable (JSON, StoredObject) throws(APIStatus) -> JSON
    ) async throws(APIStatus) -> Written {
        let definition = resource.definition
        if definition.isCustomResourceDefinition { await definitions.turns.begin() }
        defer { if definition.isCustomResourceDefinition { definitions.turns.end() } }
        for _ in 0..<(definition.isCustomResourceDefinition ? Self.definitionAttempts : Self.attempts) {
            let since = store.currentRevision
            guard let stored = store.get(key), let old = resource.json(stored) else {
                throw .notFound(definition.groupResource, name: key.name)
            }
            var new = try change(old, stored)
            try ObjectPreparation.forUpdate(&new, old: old, resource, part: part, warnings: warnings)
            if definition.isCustomResourceDefinition, part == .whole { definitions.complete(&new, now: clocks.now) }
            if !isApplied {
                let through = subresource ?? part.subresource
                new = resource.fields.update(new, from: old, manager: options.fieldManager, subresource: through, now: clocks.now)
            }
            for text in definition.strategy.warnings(new) where part == .whole { warnings.add(text) }
            if ObjectComparison.isUnchanged(new, from: old) { return options.dryRun ? .dryRun(old, isNew: false) : .unchanged(stored) }
            if options.dryRun { return .dryRun(new, isNew: false) }
            let bytes = ObjectPreparation.storedBytes(new, resource)
            let isGone = ObjectPreparation.isReleased(new)
            do throws(StoreError) {
                let write: StoreWrite = isGone
                    ? .delete(key, at: stored.revision, lastBytes: bytes)
                    // What was read of it shows that all before it could be seen.
                    : definition.isCustomResourceDefinition && part == .whole
                    ? StoreWrite(key: key, precondition: .unchangedAmongUnchanged(since: max(since, stored.revision)), change: .put(bytes))
                    : .update(key, from: stored.revision, bytes)
                let result = try await store.commit(write)
                observer.wrote(result, removed: isGone)
                return isGone ? .removed(result) : .updated(result)
            } catch {
                // Of a definition another one may have changed: what the client saw of this one need not be out of date.
                guard case .conflict(let current) = error, !isConditional || definition.isCustomResourceDefinition else {
                    throw APIStatus(error, definition.groupResource, name: key.name)
                }
                if definition.isCustomResourceDefinition { _ = await store.waitUntil(revision: current, timeout: Self.catchUpTimeout) }
            }
        }
        throw .modified(definition.groupResource, name: key.name)
    }
}
