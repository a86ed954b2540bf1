import Guards
import HTTPMessages
import Kernel

extension KubernetesClient {
    /// One watch connection: everything after `resourceVersion`, until the server ends it, which every server does after a while.
    /// `Reflector` makes an endless one of these.
    ///
    /// - Parameter timeout: asked of the server; the connection counts as dead when it is silent for a good while longer than the
    ///   bookmarks that a living one brings every minute.
    public func watch(
        _ type: ResourceType, _ options: ListOptions = ListOptions(), from resourceVersion: String, timeout: Duration = .seconds(1800),
        idleTimeout: Duration = .seconds(180)
    ) async throws(KubernetesError) -> WatchSession {
        var query = Query(options)
        query.add("watch", "true")
        query.add("allowWatchBookmarks", "true")
        query.add("resourceVersion", resourceVersion)
        query.add("timeoutSeconds", String(max(timeout.components.seconds, 1)))
        let target = type.path(namespace: options.namespace) + query.text
        let request = HTTPRequest("GET", target, headers: ["Accept": "application/json"])
        let stream = try await guarded(.watch) { () async throws(KubernetesError) -> any KubernetesByteStream in
            let stream = try await transport.stream(request, idleTimeout: idleTimeout)
            guard stream.status != 200 else { return stream }
            var body: [UInt8] = []
            while body.count < 65_536, let piece = try await stream.next() { body += piece }
            await stream.cancel()
            throw KubernetesError(response: HTTPResponse(status: stream.status, headers: stream.headers, body: body), to: "GET \(target)")
        }
        return WatchSession(stream: stream)
    }
}

/// The events of one watch connection. One reader.
public struct WatchSession: Sendable {
    private let stream: any KubernetesByteStream
    private var lines = LineSplitter()

    init(stream: any KubernetesByteStream) { self.stream = stream }

    /// The next event; nil when the server has ended the watch properly.
    ///
    /// - Throws: `expired` when the watch can't go on from where it was: list again.
    public mutating func next() async throws(KubernetesError) -> WatchEvent? {
        while true {
            if let line = lines.next() { return try event(line) }
            guard let piece = try await stream.next() else { return nil }
            guard lines.append(piece) else {
                await stream.cancel()
                throw .malformedReply("a watch event is larger than \(LineSplitter.maximumLine >> 20) MiB")
            }
        }
    }

    public func cancel() async { await stream.cancel() }

    private func event(_ line: some Sequence<UInt8>) throws(KubernetesError) -> WatchEvent {
        let json: JSON
        do { json = try JSONParser.parse(line) } catch { throw .malformedReply("a watch event is not JSON (\(error))") }
        guard let type = json["type"]?.string, let object = json["object"] else {
            throw .malformedReply("a watch event has no type or no object")
        }
        switch type {
        case "ADDED": return .added(KubernetesObject(object))
        case "MODIFIED": return .modified(KubernetesObject(object))
        case "DELETED": return .deleted(KubernetesObject(object))
        case "BOOKMARK": return .bookmark(resourceVersion: object["metadata"]?["resourceVersion"]?.string ?? "")
        case "ERROR":
            throw KubernetesError(status: object, code: Int(clamping: object["code"]?.int ?? 500), retryAfter: nil, call: "the watch")
        default: throw .malformedReply("a watch event has the unknown type \(type)")
        }
    }
}

extension GuardKey.Operation {
    /// Opening of watches, which then go on by themselves.
    static let watch = GuardKey.Operation(rawValue: "Watch")
}
