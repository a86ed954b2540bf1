import APIServerCore
import HTTPMessages
import Kernel
import Store

/// Deletes objects: at once, or by a mark while finalizers hold them.
struct DeleteHandler: Sendable {
    let store: any ObjectStore
    let clocks: any Clocks
    let observer: any WriteObserver
    let reads: ReadHandler
    private static let attempts = 16
    /// Deletions of a collection that run side by side: they share the store's commits.
    private static let width = 128

    enum Outcome: Sendable {
        case removed(StoredObject, uid: String)
        /// Marked now or before.
        case marked(StoredObject)
        case dryRun(JSON, isRemoved: Bool)
    }

    func delete(_ context: RequestContext, _ resource: ServedResource) async throws(APIStatus) -> HTTPReply {
        let representation = try context.representation(allowsShapes: true)
        let options = try Self.options(context)
        let key = resource.key(namespace: context.info.namespace, name: context.info.name)
        if resource.definition.holdsUntilEmptied, Bootstrap.namespaces.contains(key.name) {
            throw .forbidden(resource.definition.groupResource, name: key.name, "this namespace may not be deleted")
        }
        switch try await delete(key, resource, options) {
        case .removed(_, let uid):
            return Reply.json(
                APIStatus.deleted(resource.definition.groupResource, name: key.name, uid: uid).json, as: Representation(encoding: representation.encoding),
                pretty: context.options.flag("pretty"))
        case .marked(let object): return try ObjectReply.make(object, resource, context, representation)
        case .dryRun(let object, let isRemoved):
            guard isRemoved else { return try ObjectReply.make(object, resource, context, representation) }
            let uid = object["metadata"]?["uid"]?.string ?? ""
            return Reply.json(
                APIStatus.deleted(resource.definition.groupResource, name: key.name, uid: uid).json, as: Representation(encoding: representation.encoding))
        }
    }

    func deleteCollection(_ context: RequestContext, _ resource: ServedResource) async throws(APIStatus) -> HTTPReply {
        let representation = try context.representation()
        let options = try Self.options(context)
        let query = try ListQuery(context.options, resource: resource, namespace: context.info.namespace, isWatch: false)
        let page = try await reads.page(query, resource, namespace: context.info.namespace)
        let deleted = try await deleteAll(page.items, resource, options)
        return try ListReply.make(
            ListPage(revision: store.currentRevision, items: deleted, next: nil, remaining: nil), resource, context, representation)
    }

    /// Deletes many side by side; what someone else removed meanwhile counts as deleted.
    func deleteAll(_ items: [StoredObject], _ resource: ServedResource, _ options: DeleteOptions) async throws(APIStatus) -> [StoredObject] {
        let results = await withTaskGroup(of: (Int, Result<StoredObject?, APIStatus>).self) { group in
            var results = [Result<StoredObject?, APIStatus>](repeating: .success(nil), count: items.count)
            var next = 0
            func add() {
                guard next < items.count else { return }
                let (at, item) = (next, items[next])
                next += 1
                group.addTask {
                    do throws(APIStatus) {
                        switch try await delete(item.key, resource, options) {
                        case .removed(let object, _), .marked(let object): return (at, .success(object))
                        case .dryRun: return (at, .success(item))
                        }
                    } catch {
                        return (at, error.reason == .notFound ? .success(nil) : .failure(error))
                    }
                }
            }
            for _ in 0..<Self.width { add() }
            while let (at, result) = await group.next() {
                results[at] = result
                add()
            }
            return results
        }
        var deleted: [StoredObject] = []
        for result in results { if let object = try result.get() { deleted.append(object) } }
        return deleted
    }

    /// The one way anything is deleted.
    func delete(_ key: StoreKey, _ resource: ServedResource, _ options: DeleteOptions) async throws(APIStatus) -> Outcome {
        let definition = resource.definition
        for _ in 0..<Self.attempts {
            guard let stored = store.get(key), let object = resource.json(stored) else {
                throw .notFound(definition.groupResource, name: key.name)
            }
            try Self.check(options, object, definition.groupResource, key.name)
            let held = definition.holdsUntilEmptied && !(object["spec"]?["finalizers"]?.array ?? []).isEmpty
            let decision = Deletion.decide(object, options, isHeld: held, now: clocks.now)
            let write: StoreWrite
            var isRemoved = false
            switch decision {
            case .pending: return .marked(stored)
            case .remove:
                if options.dryRun { return .dryRun(object, isRemoved: true) }
                isRemoved = true
                write = .delete(stored)
            case .mark(var marked):
                if definition.holdsUntilEmptied { marked["status"] = ["phase": "Terminating"] }
                if options.dryRun { return .dryRun(marked, isRemoved: false) }
                write = .update(key, from: stored.revision, ObjectPreparation.storedBytes(marked, resource))
            }
            do throws(StoreError) {
                let result = try await store.commit(write)
                observer.wrote(result, removed: isRemoved)
                return isRemoved ? .removed(result, uid: object["metadata"]?["uid"]?.string ?? "") : .marked(result)
            } catch {
                if case .conflict = error { continue }
                throw APIStatus(error, definition.groupResource, name: key.name)
            }
        }
        throw .modified(definition.groupResource, name: key.name)
    }

    private static func check(_ options: DeleteOptions, _ object: JSON, _ resource: GroupResource, _ name: String) throws(APIStatus) {
        let metadata = object["metadata"]
        if let uid = options.uid, let actual = metadata?["uid"]?.string, actual != uid {
            throw .conflict(resource, name: name, "the UID in the precondition (\(uid)) does not match the UID in record (\(actual)). The object might have been deleted and then recreated")
        }
        if let version = options.resourceVersion, let actual = metadata?["resourceVersion"]?.string, actual != version {
            throw .conflict(
                resource, name: name,
                "the ResourceVersion in the precondition (\(version)) does not match the ResourceVersion in record (\(actual)). The object might have been modified")
        }
    }

    private static func options(_ context: RequestContext) throws(APIStatus) -> DeleteOptions {
        var body: JSON?
        if !context.request.body.isEmpty {
            body = try BodyDecoder.decode(context.request, tracksDuplicates: false, protobuf: ProtobufBody.decode(as: .deleteOptions)).json
        }
        do throws(FieldError) {
            return try DeleteOptions(body: body, query: context.options)
        } catch {
            throw .invalid(
                GroupKind(group: "meta.k8s.io", kind: "DeleteOptions"), name: "",
                [StatusCause(reason: .invalid, message: error.message, field: error.path)])
        }
    }
}
