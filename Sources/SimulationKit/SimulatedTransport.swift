import HTTPMessages
import Kernel
import Kubernetes
import Platform

/// The way from one life of the program to the simulated API server.
struct SimulatedTransport: KubernetesTransport {
    let api: SimulatedAPI
    let process: SimulatedProcess

    func send(_ request: HTTPRequest, timeout: Duration) async throws(KubernetesError) -> HTTPResponse {
        let changes = request.method != "GET"
        let fault = api.faults.call("\(request.method) \(request.rawPath)", changes: changes)
        try await pause(.microseconds(api.simulation.draw(in: 200...3000)))
        switch fault {
        case .none, .failAfter, .crashAfter: break
        case .failBefore:
            note(request, "fails before")
            throw .unavailable("simulated: connection refused")
        case .slow(let time):
            note(request, "is slow")
            let isTooSlow = time > timeout
            try await pause(min(time, timeout))
            if isTooSlow { throw changes ? .outcomeUnknown("simulated: no answer in time") : .timeout("simulated: no answer in time") }
        case .crashBefore:
            note(request, "kills the process before")
            process.kill()
            throw .cancelled
        case .conflict:
            note(request, "gets a conflict")
            return reply(409, SimulatedStore.Refusal(code: 409, reason: "Conflict", message: "simulated: somebody else was faster").json)
        }
        guard process.isAlive else { throw .cancelled }
        let response = answer(request)
        if fault == .crashAfter {
            note(request, "kills the process after")
            process.kill()
            throw .cancelled
        }
        if fault == .failAfter {
            note(request, "loses its answer")
            throw changes ? .outcomeUnknown("simulated: the answer is lost") : .unavailable("simulated: the answer is lost")
        }
        try await pause(.microseconds(api.simulation.draw(in: 100...2000)))
        return response
    }

    func stream(_ request: HTTPRequest, idleTimeout: Duration) async throws(KubernetesError) -> any KubernetesByteStream {
        try await pause(.microseconds(api.simulation.draw(in: 200...3000)))
        if api.faults.strikes(\.failBefore, at: "watch \(request.rawPath)") { throw .unavailable("simulated: connection refused") }
        guard process.isAlive else { throw .cancelled }
        guard let path = SimulatedPath(request), let from = path.query("resourceVersion").flatMap({ Int64($0) }) else {
            throw .malformedReply("simulated: not a watch: \(request.target)")
        }
        return SimulatedWatch(api: api, process: process, resource: path.resource, from: from)
    }

    private func note(_ request: HTTPRequest, _ what: String) { api.simulation.trace.note("\(request.method) \(request.rawPath) \(what)") }

    private func pause(_ time: Duration) async throws(KubernetesError) {
        do { try await api.simulation.clock.sleep(for: time) } catch { throw .cancelled }
        guard process.isAlive else { throw .cancelled }
    }

    private func reply(_ status: Int, _ json: JSON) -> HTTPResponse { HTTPResponse(status: status, body: json.bytes) }

    private func answer(_ request: HTTPRequest) -> HTTPResponse {
        guard let path = SimulatedPath(request) else {
            return reply(404, SimulatedStore.Refusal(code: 404, reason: "NotFound", message: "the server could not find the requested resource").json)
        }
        let body: JSON
        do { body = try JSONParser.parse(request.body) } catch { body = .null }
        if request.method == "GET", path.name == nil {
            let list = api.read { store in (store.revision, store.list(path.resource, namespace: path.namespace)) }
            return reply(200, ["kind": "List", "apiVersion": "v1", "metadata": ["resourceVersion": .string("\(list.0)")], "items": .array(list.1)])
        }
        if request.method != "GET" { api.counted(path.resource) }
        let result = api.change { store -> Result<JSON, SimulatedStore.Refusal> in
            do throws(SimulatedStore.Refusal) { return .success(try perform(request, path, body, &store)) } catch { return .failure(error) }
        }
        switch result {
        case .success(let object):
            if request.method != "GET" { api.simulation.trace.note("\(request.method) \(request.rawPath) -> \(object["metadata"]?["resourceVersion"]?.string ?? "")") }
            return reply(request.method == "POST" ? 201 : 200, object)
        case .failure(let refusal):
            api.simulation.trace.note("\(request.method) \(request.rawPath) -> \(refusal.code)")
            return reply(refusal.code, refusal.json)
        }
    }

    private func perform(
        _ request: HTTPRequest, _ path: SimulatedPath, _ body: JSON, _ store: inout SimulatedStore
    ) throws(SimulatedStore.Refusal) -> JSON {
        let isStatus = path.subresource == "status"
        guard let key = path.key else { return try store.create(path.resource, body) }
        switch request.method {
        case "GET": return try store.get(path.resource, key)
        case "PUT": return try store.update(path.resource, body, isStatus: isStatus)
        case "PATCH" where request.headers["Content-Type"] == "application/apply-patch+yaml":
            return try store.apply(path.resource, body, isStatus: isStatus)
        case "PATCH": return try store.merge(path.resource, key, body, isStatus: isStatus)
        default:
            return try store.delete(path.resource, key, uid: body["preconditions"]?["uid"]?.string) ?? ["kind": "Status", "status": "Success"]
        }
    }
}
