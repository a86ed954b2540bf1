import HTTPMessages
import Kernel
import Testing

/// Sends requests as someone, and reads JSON answers.
struct Client: Sendable {
    let server: any ConformanceServer
    var token: String? = TestIdentity.admin
    var headers: [(name: String, value: String)] = []

    func with(_ name: String, _ value: String) -> Client {
        var copy = self
        copy.headers.append((name: name, value: value))
        return copy
    }

    func acting(as token: String?) -> Client {
        var copy = self
        copy.token = token
        return copy
    }

    func request(_ method: String, _ target: String, _ body: [UInt8] = [], type: String? = "application/json") -> HTTPRequest {
        var request = HTTPRequest(method, target, headers: ["Host": "127.0.0.1", "User-Agent": "conformance/1"], body: body)
        if let token { request.headers["Authorization"] = "Bearer \(token)" }
        if !body.isEmpty, let type { request.headers["Content-Type"] = type }
        for (name, value) in headers { request.headers.add(name, value) }
        return request
    }

    func raw(_ method: String, _ target: String, _ body: [UInt8] = [], type: String? = "application/json") async throws -> HTTPResponse {
        try await server.send(request(method, target, body, type: type))
    }

    /// - Returns: status and body.
    func send(_ method: String, _ target: String, _ body: JSON? = nil, type: String = "application/json") async throws -> Answer {
        Answer(try await raw(method, target, body?.bytes ?? [], type: type))
    }

    func get(_ target: String) async throws -> Answer { try await send("GET", target) }
    func post(_ target: String, _ body: JSON) async throws -> Answer { try await send("POST", target, body) }
    func put(_ target: String, _ body: JSON) async throws -> Answer { try await send("PUT", target, body) }
    func delete(_ target: String, _ body: JSON? = nil) async throws -> Answer { try await send("DELETE", target, body) }
    func merge(_ target: String, _ body: JSON) async throws -> Answer { try await send("PATCH", target, body, type: "application/merge-patch+json") }
    func apply(_ target: String, _ body: JSON) async throws -> Answer { try await send("PATCH", target, body, type: "application/apply-patch+yaml") }

    func watch(_ target: String) async throws -> ServerStream { try await server.stream(request("GET", target)) }
}

struct Answer: Sendable {
    let status: Int
    let headers: HTTPHeaders
    let body: [UInt8]

    init(_ response: HTTPResponse) {
        status = response.status
        headers = response.headers
        body = response.body
    }

    var json: JSON {
        guard case .success(let json) = Result(catching: { () throws(JSONError) in try JSONParser.parse(body) }) else { return .null }
        return json
    }
    var text: String { String(decoding: body, as: UTF8.self) }
    var reason: String { json["reason"]?.string ?? "" }
    var message: String { json["message"]?.string ?? "" }
    var causes: [JSON] { json["details"]?["causes"]?.array ?? [] }
    var items: [JSON] { json["items"]?.array ?? [] }
    var version: String { json["metadata"]?["resourceVersion"]?.string ?? "" }
    var uid: String { json["metadata"]?["uid"]?.string ?? "" }

    /// The answer, once its status is what it must be.
    @discardableResult
    func expect(_ status: Int, _ place: SourceLocation = #_sourceLocation) -> Answer {
        #expect(self.status == status, "\(text.prefix(600))", sourceLocation: place)
        return self
    }
}
