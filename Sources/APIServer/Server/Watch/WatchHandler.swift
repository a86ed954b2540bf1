import APIServerCore
import HTTPMessages
import Kernel
import Store

/// Watches: one JSON object a line, flushed each, until the client leaves or the time is up.
struct WatchHandler: Sendable {
    let store: any ObjectStore
    let reads: ReadHandler
    let clock: WatchClock
    let limits: WatchLimits

    func watch(_ context: RequestContext, _ resource: ServedResource) async throws(APIStatus) -> HTTPReply {
        let representation = try context.representation(allowsShapes: true, stream: true)
        let query = try ListQuery(context.options, resource: resource, namespace: context.info.namespace, isWatch: true)
        let start = try await start(query, resource, namespace: context.info.namespace)
        let timeout = query.timeout.flatMap { $0 > 0 ? Duration.seconds(min($0, 86_400)) : nil } ?? limits.randomTimeout
        let stream = WatchStream(
            resource: resource, filter: query.filter, sendsBookmarks: query.allowsBookmarks,
            marksInitialEnd: query.sendsInitialEvents == true && query.allowsBookmarks,
            encoder: try WatchEncoder(resource: resource, representation: representation, options: context.options))
        let clock = clock
        return HTTPReply(
            status: 200, headers: ["Content-Type": MediaType.json],
            body: .stream { writer in
                switch start {
                case .expired(let status): try await writer.write(WatchEncoder.error(status))
                case .watching(let initial, let watch):
                    let id = clock.add(watch, timeout: timeout, wantsBookmarks: query.allowsBookmarks)
                    defer { clock.remove(id) }
                    try await stream.run(initial: initial, watch: watch, writer: writer)
                }
            })
    }

    private enum Start: Sendable {
        /// The list that is sent first, if any, and the watch from there on.
        case watching(StoreList?, StoreWatch)
        /// Inside HTTP 200, so that clients that only read events see it.
        case expired(APIStatus)
    }

    private func start(_ query: ListQuery, _ resource: ServedResource, namespace: String) async throws(APIStatus) -> Start {
        let storage = resource.definition.storage.resource
        let scope = namespace.isEmpty ? nil : namespace
        let sendsInitial = query.sendsInitialEvents ?? (query.revision == nil || query.revision == 0)
        do throws(StoreError) {
            if sendsInitial {
                if let revision = query.revision, revision > 0 { try await waitFor(revision) }
                let list = store.list(storage, namespace: scope)
                return .watching(list, try store.watch(storage, namespace: scope, after: list.revision))
            }
            guard let revision = query.revision, revision > 0 else {
                return .watching(nil, try store.watch(storage, namespace: scope, after: store.currentRevision))
            }
            if revision > store.currentRevision { try await waitFor(revision) }
            return .watching(nil, try store.watch(storage, namespace: scope, after: revision))
        } catch {
            if case .compacted(let oldest) = error {
                return .expired(.tooOldResourceVersion(requested: query.revision ?? 0, oldest: oldest))
            }
            throw APIStatus(error, resource.definition.groupResource, name: "")
        }
    }

    /// Watching from a revision to come: it arrives soon, or the client has it from another server.
    private func waitFor(_ revision: Int64) async throws(StoreError) {
        _ = await store.waitUntil(revision: revision, timeout: ReadHandler.revisionWait)
    }
}
