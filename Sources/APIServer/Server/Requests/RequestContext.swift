import APIServerCore
import HTTPMessages
import Platform

/// One authenticated request on its way through the handlers.
struct RequestContext: Sendable {
    let request: HTTPRequest
    let info: RequestInfo
    let options: QueryOptions
    /// Who asks, after impersonation.
    let user: UserInfo
    let warnings: Warnings

    /// The reply's form; 406 when the client accepts nothing we have.
    func representation(allowsShapes: Bool = false, stream: Bool = false) throws(APIStatus) -> Representation {
        guard let chosen = Representation.negotiate(request.headers["Accept"], allowsShapes: allowsShapes, stream: stream) else {
            throw .notAcceptable(accepted: stream ? [MediaType.json] : Representation.offered)
        }
        return chosen
    }

    /// The manager that owns what this request sets, when it names none: the client's own name, `kubectl`.
    var fieldManager: String {
        if let named = options["fieldManager"], !named.isEmpty { return named }
        let agent = request.headers["User-Agent"] ?? ""
        let product = agent.prefix { $0 != "/" && $0 != " " }
        let printable = product.unicodeScalars.filter { $0.value > 0x20 && $0.value != 0x7F }
        let name = String(String.UnicodeScalarView(printable)).prefix(128)
        return name.isEmpty ? "unknown" : String(name)
    }
}
