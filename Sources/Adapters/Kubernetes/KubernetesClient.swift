import Guards
import HTTPMessages
import Kernel

/// Reads and writes the objects of one API server, embedded or foreign: the only way any controller reaches it.
///
/// Objects go in as JSON and come back as `KubernetesObject`. Every call has a deadline and throws a `KubernetesError`; nothing is
/// repeated here: whoever calls knows whether a repetition is safe.
public struct KubernetesClient: Sendable {
    /// Which API server this is, as guards, logs and leases name it: `local`.
    public let target: String
    let transport: any KubernetesTransport
    private let guards: GuardRegistry

    /// Every call goes through the guard `kubernetes.<target>.Read`, `.Write` or `.Watch` of the registry.
    public init(transport: any KubernetesTransport, guards: GuardRegistry, target: String = "local") {
        self.transport = transport
        self.guards = guards
        self.target = target
    }

    // MARK: Reads

    public func get(
        _ type: ResourceType, _ name: NamespacedName, deadline: Duration = .seconds(10)
    ) async throws(KubernetesError) -> KubernetesObject {
        try object(await call("GET", type.path(namespace: name.namespace, name: name.name), deadline: deadline))
    }

    /// Every page, as of one resourceVersion where the server can; begins again once when the pages expire in between.
    ///
    /// - Parameter deadline: for each page.
    public func list(
        _ type: ResourceType, _ options: ListOptions = ListOptions(), pageLimit: Int = 500, deadline: Duration = .seconds(30)
    ) async throws(KubernetesError) -> ObjectList {
        do {
            return try await pages(type, options, pageLimit, deadline)
        } catch .expired {
            // Compaction overtook the pages; a list without a limit is answered whole from one moment.
            return try await pages(type, options, nil, deadline)
        }
    }

    private func pages(
        _ type: ResourceType, _ options: ListOptions, _ limit: Int?, _ deadline: Duration
    ) async throws(KubernetesError) -> ObjectList {
        var list = ObjectList(resourceVersion: "", items: [])
        var token: String?
        repeat {
            var query = Query(options)
            query.add("limit", limit.map(String.init))
            query.add("continue", token)
            let page = try await json(call("GET", type.path(namespace: options.namespace) + query.text, deadline: deadline))
            guard let items = page["items"]?.array ?? (page["items"]?.isNull == true ? [] : nil) else {
                throw .malformedReply("the list of \(type) has no items; is this a Kubernetes API server?")
            }
            list.items.reserveCapacity(list.items.count + items.count)
            for item in items { list.items.append(KubernetesObject(completing(item, type))) }
            list.resourceVersion = page["metadata"]?["resourceVersion"]?.string ?? ""
            token = page["metadata"]?["continue"]?.string
        } while token?.isEmpty == false
        return list
    }

    /// The items of a list carry neither apiVersion nor kind; everywhere else an object does.
    private func completing(_ item: JSON, _ type: ResourceType) -> JSON {
        guard item["kind"] == nil, let members = item.object else { return item }
        var whole = JSONObject([("apiVersion", .string(type.gvk.apiVersion)), ("kind", .string(type.kind))])
        for (key, value) in members { whole[key] = value }
        return .object(whole)
    }

    // MARK: Writes

    public func create(
        _ type: ResourceType, _ json: JSON, _ options: WriteOptions = WriteOptions()
    ) async throws(KubernetesError) -> KubernetesObject {
        let namespace = json["metadata"]?["namespace"]?.string
        return try object(await call("POST", type.path(namespace: namespace) + Query(options).text, body: json, deadline: options.deadline))
    }

    /// Replaces the object, or with `subresource: "status"` its status. With a resourceVersion in it only that very state.
    public func update(
        _ type: ResourceType, _ json: JSON, subresource: String? = nil, _ options: WriteOptions = WriteOptions()
    ) async throws(KubernetesError) -> KubernetesObject {
        let metadata = json["metadata"]
        guard let name = metadata?["name"]?.string else { throw .rejected(status: 400, "an update needs metadata.name") }
        let path = type.path(namespace: metadata?["namespace"]?.string, name: name, subresource: subresource)
        return try object(await call("PUT", path + Query(options).text, body: json, deadline: options.deadline))
    }

    public func patch(
        _ type: ResourceType, _ name: NamespacedName, _ patch: KubernetesPatch, subresource: String? = nil,
        _ options: WriteOptions = WriteOptions()
    ) async throws(KubernetesError) -> KubernetesObject {
        var query = Query(options)
        let (media, body): (String, JSON)
        switch patch {
        case .merge(let change): (media, body) = ("application/merge-patch+json", change)
        case .json(let operations): (media, body) = ("application/json-patch+json", .array(operations))
        case .apply(let wanted, let force):
            // JSON is YAML, and the name every server since 1.16 knows.
            (media, body) = ("application/apply-patch+yaml", wanted)
            if force { query.add("force", "true") }
        }
        let path = type.path(namespace: name.namespace, name: name.name, subresource: subresource)
        return try object(await call("PATCH", path + query.text, body: body, media: media, deadline: options.deadline))
    }

    /// Server-side apply of the object, or of its status: what `fieldManager` wants, whole. Makes the object when it isn't there
    /// (the main resource only).
    public func apply(
        _ type: ResourceType, _ json: JSON, fieldManager: String, force: Bool = true, subresource: String? = nil,
        deadline: Duration = .seconds(10)
    ) async throws(KubernetesError) -> KubernetesObject {
        let metadata = json["metadata"]
        guard let name = metadata?["name"]?.string else { throw .rejected(status: 400, "server-side apply needs metadata.name") }
        return try await patch(
            type, NamespacedName(namespace: metadata?["namespace"]?.string ?? "", name: name), .apply(json, force: force),
            subresource: subresource, WriteOptions(fieldManager: fieldManager, deadline: deadline))
    }

    /// Asks for deletion. Returns the object as far as it still is there (finalizers, grace), nil when it is gone at once.
    @discardableResult
    public func delete(
        _ type: ResourceType, _ name: NamespacedName, _ options: DeleteOptions = DeleteOptions()
    ) async throws(KubernetesError) -> KubernetesObject? {
        var body: JSON = ["apiVersion": "v1", "kind": "DeleteOptions", "propagationPolicy": .string(options.propagation.rawValue)]
        if options.uid != nil || options.resourceVersion != nil {
            var preconditions = JSONObject()
            preconditions["uid"] = options.uid.map(JSON.string)
            preconditions["resourceVersion"] = options.resourceVersion.map(JSON.string)
            body["preconditions"] = .object(preconditions)
        }
        if let grace = options.gracePeriodSeconds { body["gracePeriodSeconds"] = .int(grace) }
        if options.dryRun { body["dryRun"] = ["All"] }
        let reply = try await json(
            call("DELETE", type.path(namespace: name.namespace, name: name.name), body: body, deadline: options.deadline))
        return reply["kind"]?.string == "Status" ? nil : KubernetesObject(reply)
    }

    // MARK: Anything else

    /// A request to a path of the server's that is no plain object: reviews, `/version`, discovery.
    public func raw(
        _ method: String, _ path: String, body: JSON? = nil, deadline: Duration = .seconds(10)
    ) async throws(KubernetesError) -> JSON {
        try json(await call(method, path, body: body, deadline: deadline))
    }

    // MARK: Parts

    private func call(
        _ method: String, _ target: String, body: JSON? = nil, media: String = "application/json", deadline: Duration
    ) async throws(KubernetesError) -> HTTPResponse {
        var headers: HTTPHeaders = ["Accept": "application/json"]
        if body != nil { headers["Content-Type"] = media }
        let request = HTTPRequest(method, target, headers: headers, body: body?.bytes ?? [])
        return try await guarded(method == "GET" ? .read : .write) { () async throws(KubernetesError) in
            let response = try await transport.send(request, timeout: deadline)
            guard (200..<300).contains(response.status) else { throw KubernetesError(response: response, to: "\(method) \(target)") }
            return response
        }
    }

    /// The one way out of this process: no call of this client is made but through here.
    func guarded<Result: Sendable>(
        _ operation: GuardKey.Operation, _ body: () async throws(KubernetesError) -> Result
    ) async throws(KubernetesError) -> Result {
        let callGuard = guards.guard(for: GuardKey(dependency: "kubernetes", target: target, operation: operation))
        do { return try await callGuard.run(body) } catch let error as KubernetesError {
            throw error
        } catch let refusal as GuardRefusal {
            throw .refused(refusal.description, retryAfter: refusal.retryAfter)
        } catch is CancellationError {
            throw .cancelled
        } catch {
            throw .unavailable("\(error)")
        }
    }

    private func json(_ response: HTTPResponse) throws(KubernetesError) -> JSON {
        do { return try JSONParser.parse(response.body) } catch {
            throw .malformedReply("the server's answer is not JSON (\(error)); is this a Kubernetes API server?")
        }
    }

    private func object(_ response: HTTPResponse) throws(KubernetesError) -> KubernetesObject { KubernetesObject(try json(response)) }
}
