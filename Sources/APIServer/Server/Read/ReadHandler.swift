import APIServerCore
import HTTPMessages
import Kernel
import Store

/// Get and list, for every resource.
struct ReadHandler: Sendable {
    let store: any ObjectStore
    /// How long a read waits for a revision that isn't there yet, as a real server does.
    static let revisionWait = Duration.seconds(3)

    // MARK: Get

    func get(_ context: RequestContext, _ resource: ServedResource) async throws(APIStatus) -> HTTPReply {
        let representation = try context.representation(allowsShapes: true)
        if let text = context.options["resourceVersion"], !text.isEmpty { try await wait(for: ListQuery.revision(text)) }
        guard let object = store.get(resource.key(namespace: context.info.namespace, name: context.info.name)) else {
            throw .notFound(resource.definition.groupResource, name: context.info.name)
        }
        return try ObjectReply.make(object, resource, context, representation)
    }

    func scale(_ context: RequestContext, _ resource: ServedResource) throws(APIStatus) -> HTTPReply {
        let representation = try context.representation()
        guard let definition = resource.definition.scale,
            let object = store.get(resource.key(namespace: context.info.namespace, name: context.info.name)), let json = resource.json(object)
        else { throw .notFound(resource.definition.groupResource, name: context.info.name) }
        return Reply.json(ScaleSubresource.scale(of: json, definition), as: representation, pretty: context.options.flag("pretty"))
    }

    func wait(for revision: Int64) async throws(APIStatus) {
        guard revision > store.currentRevision else { return }
        guard await store.waitUntil(revision: revision, timeout: Self.revisionWait) else {
            throw .resourceVersionTooLarge(requested: revision, current: store.currentRevision)
        }
    }

    // MARK: List

    func list(_ context: RequestContext, _ resource: ServedResource) async throws(APIStatus) -> HTTPReply {
        let representation = try context.representation(allowsShapes: true)
        let query = try ListQuery(context.options, resource: resource, namespace: context.info.namespace, isWatch: false)
        do throws(APIStatus) {
            let page = try await page(query, resource, namespace: context.info.namespace)
            return try ListReply.make(page, resource, context, representation)
        } catch {
            guard error.reason == .expired, let token = query.continueToken else { throw error }
            // 410, with a token that goes on from the same place with what is there now.
            var status = error.json
            let fresh = ContinueToken(revision: nil, namespace: token.namespace, name: token.name).text
            status["metadata"]?["continue"] = .string(fresh)
            return Reply.json(status, status: error.code, as: Representation(encoding: representation.encoding))
        }
    }

    /// One page of a list: what passes the filter, from where the last page ended.
    func page(_ query: ListQuery, _ resource: ServedResource, namespace: String) async throws(APIStatus) -> ListPage {
        let list = try await snapshot(query, resource, namespace: namespace)
        var items = list.items[...]
        if let token = query.continueToken {
            let last = StoreKey(resource: resource.definition.storage.resource, namespace: token.namespace, name: token.name)
            items = items[Self.firstIndex(in: items, after: last)...]
        }
        let limit = query.limit > 0 ? Int(clamping: query.limit) : Int.max
        guard !query.filter.isEmpty else {
            let part = items.prefix(limit)
            let rest = items.count - part.count
            return ListPage(
                revision: list.revision, items: Array(part), next: rest > 0 ? token(part.last, list.revision) : nil,
                remaining: rest > 0 ? rest : nil)
        }
        var chosen: [StoredObject] = []
        var hasMore = false
        for item in items where query.filter.matches(item, resource) {
            if chosen.count == limit {
                hasMore = true
                break
            }
            chosen.append(item)
        }
        return ListPage(revision: list.revision, items: chosen, next: hasMore ? token(chosen.last, list.revision) : nil, remaining: nil)
    }

    private func token(_ last: StoredObject?, _ revision: Int64) -> String? {
        last.map { ContinueToken(revision: revision, namespace: $0.key.namespace, name: $0.key.name).text }
    }

    /// The objects at the moment that the query asks for.
    private func snapshot(_ query: ListQuery, _ resource: ServedResource, namespace: String) async throws(APIStatus) -> StoreList {
        let storage = resource.definition.storage.resource
        let scope = namespace.isEmpty ? nil : namespace
        var exact: Int64?
        if let token = query.continueToken {
            exact = token.revision
        } else if let revision = query.revision, revision > 0 {
            try await wait(for: revision)
            if query.match == .exact || (query.match == nil && query.limit > 0) { exact = revision }
        }
        guard let exact else { return store.list(storage, namespace: scope) }
        do throws(StoreError) {
            return try store.list(storage, namespace: scope, at: exact)
        } catch {
            guard case .compacted(let oldest) = error else { throw APIStatus(error, resource.definition.groupResource, name: "") }
            guard let token = query.continueToken else { throw .tooOldResourceVersion(requested: exact, oldest: oldest) }
            throw APIStatus.expiredContinue(freshToken: token.text).status
        }
    }

    private static func firstIndex(in items: ArraySlice<StoredObject>, after key: StoreKey) -> Int {
        var low = items.startIndex
        var high = items.endIndex
        while low < high {
            let middle = low + (high - low) / 2
            if items[middle].key <= key { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
