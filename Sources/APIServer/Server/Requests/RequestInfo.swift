import HTTPMessages

/// What a request is about, read from its method, path and query alone: what authorisation, routing and metrics go by.
struct RequestInfo: Sendable, Equatable {
    /// `get`, `list`, `watch`, `create`, `update`, `patch`, `delete`, `deletecollection`; the lower-cased method elsewhere.
    var verb: String
    /// The decoded path, for non-resource rules and messages.
    var path: String
    /// The decoded path's segments.
    var segments: [String]
    var isResource = false
    var group = ""
    var version = ""
    var namespace = ""
    var resource = ""
    var subresource = ""
    var name = ""

    /// Why a path can't be served at all.
    enum Failure: Error, Equatable {
        /// An escape that isn't one, or bytes that aren't UTF-8.
        case malformed
        /// A segment that is `.` or `..`, or that hides a slash.
        case unsafe(String)
    }

    /// - Parameter query: the request's decoded query items.
    init(method: String, rawPath: Substring, query: [(name: String, value: String)]) throws(Failure) {
        var segments: [String] = []
        for raw in rawPath.split(separator: "/", omittingEmptySubsequences: true) {
            guard let segment = PercentEncoding.decode(raw) else { throw .malformed }
            guard segment != ".", segment != "..", !segment.utf8.contains(where: { $0 == 0x2F || $0 == 0 }) else {
                throw .unsafe(segment)
            }
            segments.append(segment)
        }
        self.segments = segments
        path = "/" + segments.joined(separator: "/")
        verb = method.lowercased()
        readResource(method: method, query: query)
    }

    /// `pods` or `pods/status`, as RBAC rules name it.
    var resourceWithSubresource: String { subresource.isEmpty ? resource : "\(resource)/\(subresource)" }

    /// Whether the request may stay open for long and so is counted apart.
    var isLongRunning: Bool { verb == "watch" }

    private mutating func readResource(method: String, query: [(name: String, value: String)]) {
        var rest: ArraySlice<String>
        switch segments.first {
        case "api" where segments.count > 2:
            version = segments[1]
            rest = segments[2...]
        case "apis" where segments.count > 3:
            group = segments[1]
            version = segments[2]
            rest = segments[3...]
        default: return
        }
        isResource = true
        if rest.first == "namespaces", rest.count > 1 {
            namespace = rest[rest.startIndex + 1]
            let isNamespaceItself = rest.count == 2 || ["status", "finalize"].contains(rest[rest.startIndex + 2])
            if !isNamespaceItself { rest = rest.dropFirst(2) }
        }
        resource = rest.first ?? ""
        rest = rest.dropFirst()
        name = rest.first ?? ""
        rest = rest.dropFirst()
        subresource = rest.joined(separator: "/")
        readVerb(method: method, query: query)
    }

    private mutating func readVerb(method: String, query: [(name: String, value: String)]) {
        switch method {
        case "POST": verb = "create"
        case "PUT": verb = "update"
        case "PATCH": verb = "patch"
        case "DELETE": verb = name.isEmpty ? "deletecollection" : "delete"
        case "GET", "HEAD":
            verb = name.isEmpty ? "list" : "get"
            if name.isEmpty {
                let asked = query.last { $0.name == "watch" }?.value
                if let asked, asked != "0", asked.lowercased() != "false" { verb = "watch" }
            }
        default: verb = method.lowercased()
        }
        // A collection narrowed to one name is authorised as that name.
        if name.isEmpty, ["list", "watch", "deletecollection"].contains(verb),
            let selector = query.last(where: { $0.name == "fieldSelector" })?.value
        {
            for term in selector.split(separator: ",") {
                let parts = term.split(separator: "=", omittingEmptySubsequences: true)
                if parts.count == 2, parts[0] == "metadata.name" { authorizationName = String(parts[1]) }
            }
        }
    }

    /// The name a field selector narrows a collection to; empty otherwise.
    var authorizationName = ""
}
