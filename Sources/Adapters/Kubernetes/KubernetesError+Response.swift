import HTTPMessages
import Kernel

extension KubernetesError {
    /// What an answer that is no success says: from the Status object in it, or from the bare HTTP status when there is none.
    ///
    /// - Parameter call: method and path, for messages where the server gives none.
    init(response: HTTPResponse, to call: String) {
        let body: JSON
        do { body = try JSONParser.parse(response.body) } catch { body = .null }
        self.init(
            status: body["kind"]?.string == "Status" ? body : .null, code: response.status,
            retryAfter: response.headers["Retry-After"].flatMap(Int64.init), call: call)
    }

    /// - Parameters:
    ///   - status: a `Status` object, or null.
    ///   - code: the HTTP status, or the code of an ERROR event of a watch.
    ///   - retryAfter: in seconds.
    init(status: JSON, code: Int, retryAfter: Int64?, call: String) {
        let details = status["details"]
        let text = status["message"]?.string.flatMap { $0.isEmpty ? nil : $0 } ?? "\(call) was answered with HTTP status \(code)"
        let reason = status["reason"]?.string ?? ""
        let seconds = details?["retryAfterSeconds"]?.int ?? retryAfter
        switch code {
        case 404: self = .notFound(text)
        case 409 where reason == "AlreadyExists": self = .alreadyExists(text)
        case 409: self = .conflict(text, causes: Self.causes(details))
        case 410: self = .expired(text, continueToken: status["metadata"]?["continue"]?.string)
        case 401: self = .unauthorized(text)
        case 403: self = .forbidden(text)
        case 413: self = .tooLarge(text)
        case 422: self = .invalid(text, causes: Self.causes(details))
        case 429: self = .tooManyRequests(text, retryAfter: Self.pause(seconds ?? 1))
        case 503: self = seconds.map { .tooManyRequests(text, retryAfter: Self.pause($0)) } ?? .unavailable(text)
        // A resourceVersion from the future, or a handler that took too long: the server says that it may be repeated.
        case 504: self = .timeout(text)
        case 500 where reason == "ServerTimeout": self = .timeout(text)
        case 500...599: self = .unavailable(text)
        default: self = .rejected(status: code, text)
        }
    }

    /// A server can't make us wait for more than five minutes.
    private static func pause(_ seconds: Int64) -> Duration { .seconds(min(max(seconds, 0), 300)) }

    private static func causes(_ details: JSON?) -> [FieldError] {
        (details?["causes"]?.array ?? []).map { FieldError(path: $0["field"]?.string ?? "", message: $0["message"]?.string ?? "") }
    }
}
