import APIServerCore
import HTTPMessages
import Kernel
import Platform
import Telemetry

/// What every request goes through, in order: host, path, who asks, whose name they act in, how many they run, whether they may.
struct FilterChain: Sendable {
    private let parts: ServerParts
    private let routes: Routes
    private let hosts: HostPolicy
    private let limiter: InFlightLimiter

    init(_ parts: ServerParts) {
        self.parts = parts
        routes = Routes(parts)
        hosts = HostPolicy(["localhost", "127.0.0.1", "::1"] + parts.configuration.hosts)
        limiter = InFlightLimiter(overall: parts.configuration.maximumInFlight, perUser: parts.configuration.maximumInFlightPerUser)
    }

    func respond(to request: HTTPRequest) async -> HTTPReply {
        let started = parts.clocks.monotonic
        let id = Self.correlation(request)
        return await Correlation.$id.withValue(id) {
            let warnings = Warnings()
            var record = Record()
            var reply: HTTPReply
            do throws(APIStatus) {
                reply = try await answer(request, warnings, &record)
            } catch {
                reply = Reply.status(error, for: request)
                if error.code >= 500 { parts.logger.warning("request failed", ["path": record.path, "status": String(error.code), "reason": error.message]) }
            }
            reply.headers["Audit-Id"] = id
            if reply.headers["Cache-Control"] == nil { reply.headers["Cache-Control"] = "no-cache, private" }
            for text in warnings.headers { reply.headers.add("Warning", text) }
            if request.method == "HEAD" { reply.body = .bytes([]) }
            note(record, reply.status, parts.clocks.monotonic - started)
            return reply
        }
    }

    /// What logs and metrics say about a request.
    private struct Record {
        var path = ""
        var verb = ""
        var group = ""
        var version = ""
        var resource = ""
        var subresource = ""
        var user = ""
    }

    private func answer(_ request: HTTPRequest, _ warnings: Warnings, _ record: inout Record) async throws(APIStatus) -> HTTPReply {
        guard hosts.allows(request.headers["Host"]) else {
            throw .badRequest(
                "this server doesn't answer to the host \(GoQuote.quote(String((request.headers["Host"] ?? "").prefix(100)))): "
                    + "use an address it listens on, or add the name to those it allows")
        }
        guard let query = request.query else { throw .badRequest("the query has a malformed percent escape") }
        let info: RequestInfo
        do throws(RequestInfo.Failure) {
            info = try RequestInfo(method: request.method, rawPath: request.rawPath, query: query)
        } catch {
            throw .badRequest("the path has an element that can't be a name: no element may be '.', '..', hold a slash or a malformed escape")
        }
        record.path = info.path
        record.verb = info.verb
        (record.group, record.version, record.resource, record.subresource) = (info.group, info.version, info.resource, info.subresource)
        guard request.body.count <= BodyDecoder.maximumBytes else { throw .requestEntityTooLarge(limit: BodyDecoder.maximumBytes) }
        let user = try await user(request, info)
        record.user = user.name
        let context = RequestContext(request: request, info: info, options: QueryOptions(query), user: user, warnings: warnings)
        guard !info.isLongRunning else {
            try parts.authorizer.require(Self.attributes(context))
            return try await routes.respond(context)
        }
        // Whether the server is well must be seen also before there are roles.
        if Self.isOpen(info) { return try await routes.respond(context) }
        guard limiter.enter(user.name) else {
            throw .tooManyRequests("too many requests are running at once; try again in a second, with fewer side by side", retryAfter: 1)
        }
        noteInFlight()
        defer {
            limiter.leave(user.name)
            noteInFlight()
        }
        try parts.authorizer.require(Self.attributes(context))
        return try await routes.respond(context)
    }

    /// Who asks, after impersonation. Anonymous callers may see whether the server is well and which version it has, nothing else.
    private func user(_ request: HTTPRequest, _ info: RequestInfo) async throws(APIStatus) -> UserInfo {
        guard let caller = try await parts.authenticator.authenticate(request) else {
            guard Self.isOpen(info) else { throw .unauthorized }
            return .anonymous
        }
        guard let asked = try Impersonation.asked(request.headers, by: caller) else { return caller }
        for need in asked.needs { try parts.authorizer.require(need) }
        return asked.user
    }

    private static let openPaths: Set<String> = ["healthz", "livez", "readyz", "version"]
    private static func isOpen(_ info: RequestInfo) -> Bool { !info.isResource && openPaths.contains(info.segments.first ?? "") }

    static func attributes(_ context: RequestContext) -> RequestAttributes {
        let info = context.info
        guard info.isResource else {
            return RequestAttributes(user: context.user, verb: info.verb, target: .path(info.path))
        }
        return RequestAttributes(
            user: context.user, verb: info.verb,
            target: .resource(
                .init(
                    group: info.group, version: info.version, resource: info.resource, subresource: info.subresource, namespace: info.namespace,
                    name: info.name.isEmpty ? info.authorizationName : info.name)))
    }

    private func noteInFlight() {
        parts.metrics.set("apiserver_current_inflight_requests", to: Double(limiter.running), help: "Short requests that run now.")
    }

    private func note(_ record: Record, _ status: Int, _ duration: Duration) {
        let code = String(status)
        let known = parts.registry.table.find(group: record.group, version: record.version, plural: record.resource) != nil
        // Only what is served names a series: the rest is outside data.
        let resource = known ? record.resource : ""
        let group = known ? record.group : ""
        let verb = RequestVerb.known.contains(record.verb) ? record.verb : "other"
        parts.metrics.increment(
            "apiserver_request_total", [("code", code), ("group", group), ("resource", resource), ("verb", verb)], help: "Requests answered.")
        if verb != "watch" {
            parts.metrics.observe(
                "apiserver_request_duration_seconds", [("group", group), ("resource", resource), ("verb", verb)], seconds: duration.inSeconds,
                help: "Time to answer a request, watches left out.")
        }
        parts.logger.debug(
            "request", ["verb": record.verb, "path": record.path, "user": record.user, "status": code, "seconds": String(duration.inSeconds)])
    }

    /// The client's own id where it gave a sane one, for logs on both sides.
    private static func correlation(_ request: HTTPRequest) -> String {
        for name in ["Audit-Id", "X-Request-Id"] {
            guard let id = request.headers[name], !id.isEmpty, id.utf8.count <= 64 else { continue }
            let isSane = id.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) || $0 == 0x2D || $0 == 0x5F }
            if isSane { return id }
        }
        return RandomNames.uid()
    }
}
