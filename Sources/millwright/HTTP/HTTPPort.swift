import HTTPMessages
import Kernel
import Telemetry

/// The right that a route asks for, on a virtual subresource or a path.
enum RequiredRight: Sendable, Equatable {
    case resource(verb: String, resource: String, subresource: String, namespace: String, name: String)
    case path(verb: String, path: String)
}

/// Says who sends a request and whether they may: the API server's own authenticator and authoriser below `up`, TokenReview and
/// SubjectAccessReview below `manager`.
protocol AccessControl: Sendable {
    /// - Returns: the user's name.
    /// - Throws: `Problem` 401 or 403.
    func require(_ right: RequiredRight, of request: HTTPRequest) async throws(Problem) -> String
}

/// Millwright's own HTTPS port (API.md, HTTP): a table of routes behind one gate.
struct HTTPPort: Sendable {
    struct Route: Sendable {
        let method: String
        /// Path segments; one that begins with `:` matches any and is captured under that name.
        let pattern: [String]
        /// Accepted media types of the body; empty: no body is read.
        let media: [String]
        /// At most this many bytes of body.
        let bodyLimit: Int
        /// nil: open to everyone.
        let right: (@Sendable ([String: String]) -> RequiredRight)?
        let handle: @Sendable (HTTPRequest, [String: String]) async throws -> HTTPReply

        init(
            _ method: String, _ path: String, media: [String] = [], bodyLimit: Int = 0,
            right: (@Sendable ([String: String]) -> RequiredRight)?,
            handle: @escaping @Sendable (HTTPRequest, [String: String]) async throws -> HTTPReply
        ) {
            self.method = method
            pattern = path.split(separator: "/").map(String.init)
            self.media = media
            self.bodyLimit = bodyLimit
            self.right = right
            self.handle = handle
        }

        func captures(_ segments: [String]) -> [String: String]? {
            guard segments.count == pattern.count else { return nil }
            var captured: [String: String] = [:]
            for (want, have) in zip(pattern, segments) {
                if want.hasPrefix(":") { captured[String(want.dropFirst())] = have } else if want != have { return nil }
            }
            return captured
        }
    }

    let routes: [Route]
    let access: any AccessControl
    /// Host headers, without the port, that are answered; others are refused, so that a web page can't be turned into a client.
    let hostNames: Set<String>
    let logger: Logger

    func handle(_ request: HTTPRequest) async -> HTTPReply {
        do {
            return try await answer(request)
        } catch let problem as Problem {
            return problem.reply
        } catch {
            logger.error("request failed", ["method": request.method, "path": String(request.rawPath), "error": "\(error)"])
            return Problem(500, "internal error", "\(error)", fix: "see Millwright's log; if it stays so, please report it").reply
        }
    }

    private func answer(_ request: HTTPRequest) async throws -> HTTPReply {
        try checkHost(request)
        let segments = request.rawPath.split(separator: "/").compactMap { PercentEncoding.decode($0) }
        // A segment is a name; with a slash or dots inside the decoded text it would be a path again.
        guard segments.allSatisfy({ !$0.contains("/") && $0 != ".." && $0 != "." && !$0.isEmpty }) else {
            throw Problem(400, "bad path", "the path holds '..' or an escaped slash", fix: "name one object in each segment")
        }
        let matching = routes.compactMap { route in route.captures(segments).map { (route, $0) } }
        guard !matching.isEmpty else {
            throw Problem(404, "not found", "there is nothing at \(request.rawPath)", fix: "GET /openapi.json lists what is served")
        }
        guard let (route, captured) = matching.first(where: { $0.0.method == request.method }) else {
            throw Problem(405, "method not allowed", "\(request.method) is not served here", fix: "use \(matching.map(\.0.method).joined(separator: " or "))")
        }
        if let right = route.right { _ = try await access.require(right(captured), of: request) }
        try checkBody(request, route)
        return try await route.handle(request, captured)
    }

    private func checkHost(_ request: HTTPRequest) throws(Problem) {
        var host = request.headers["Host"] ?? ""
        if let colon = host.lastIndex(of: ":"), host.last != "]" { host = String(host[..<colon]) }
        guard hostNames.contains(host) else {
            throw Problem(421, "unknown host", "this server is not known as '\(host)'", fix: "use one of its own names, or start it with --host-name \(host)")
        }
    }

    private func checkBody(_ request: HTTPRequest, _ route: Route) throws(Problem) {
        guard request.body.count <= route.bodyLimit else {
            throw Problem(413, "body too large", "the body has \(request.body.count) bytes, at most \(route.bodyLimit) are taken here", fix: "send less at once")
        }
        guard !route.media.isEmpty else { return }
        let given = request.headers["Content-Type"].map { $0.prefix { $0 != ";" }.lowercased() } ?? "application/json"
        guard route.media.contains(given) else {
            throw Problem(415, "unsupported media type", "'\(given)' is not taken here", fix: "send \(route.media.joined(separator: " or "))")
        }
    }
}
