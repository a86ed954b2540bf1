import Kernel

/// The answers about a request as such, worded as Kubernetes words them.
extension APIStatus {
    public static var unauthorized: APIStatus { APIStatus(code: 401, reason: .unauthorized, message: "Unauthorized") }

    public static func badRequest(_ message: String) -> APIStatus { APIStatus(code: 400, reason: .badRequest, message: message) }

    /// The verb isn't served at this path at all.
    public static var methodNotAllowed: APIStatus {
        APIStatus(
            code: 405, reason: .methodNotAllowed, message: "the server does not allow this method on the requested resource",
            details: Details())
    }

    public static func notAcceptable(accepted: [String]) -> APIStatus {
        APIStatus(
            code: 406, reason: .notAcceptable,
            message: "only the following media types are accepted: \(accepted.joined(separator: ", "))")
    }

    public static func unsupportedMediaType(accepted: [String]) -> APIStatus {
        APIStatus(
            code: 415, reason: .unsupportedMediaType,
            message: "the body of the request was in an unknown format - accepted media types include: \(accepted.joined(separator: ", "))")
    }

    /// - Parameter limit: in bytes.
    public static func requestEntityTooLarge(limit: Int) -> APIStatus {
        requestEntityTooLarge("limit is \(limit)")
    }

    public static func requestEntityTooLarge(_ why: String) -> APIStatus {
        APIStatus(code: 413, reason: .requestEntityTooLarge, message: "Request entity too large: \(why)")
    }

    /// The request took too long, and may still be under way.
    public static func timeout(_ message: String, retryAfter: Int = 0) -> APIStatus {
        APIStatus(code: 504, reason: .timeout, message: "Timeout: \(message)", details: Details(retryAfterSeconds: retryAfter))
    }

    /// A read asked for a revision that doesn't exist yet.
    public static func resourceVersionTooLarge(requested: Int64, current: Int64) -> APIStatus {
        APIStatus(
            code: 504, reason: .timeout, message: "Timeout: Too large resource version: \(requested), current: \(current)",
            details: Details(
                causes: [StatusCause(reason: .resourceVersionTooLarge, message: "Too large resource version")], retryAfterSeconds: 1))
    }

    public static func tooManyRequests(_ message: String, retryAfter: Int) -> APIStatus {
        APIStatus(code: 429, reason: .tooManyRequests, message: message, details: Details(retryAfterSeconds: retryAfter))
    }

    /// The revision a watch asked for was compacted away.
    public static func tooOldResourceVersion(requested: Int64, oldest: Int64) -> APIStatus {
        expired("too old resource version: \(requested) (\(oldest))")
    }

    /// The pages of a list can't be continued: the client begins anew, or goes on inconsistently with the fresh token in the reply.
    public static func expiredContinue(freshToken: String) -> (status: APIStatus, continueToken: String) {
        (
            expired(
                "The provided continue parameter is too old to display a consistent list result: begin a new list without it, or go on "
                    + "with the continue token in this reply and accept that changes made meanwhile may be missing or seen twice."),
            freshToken
        )
    }

    public static func expired(_ message: String) -> APIStatus { APIStatus(code: 410, reason: .expired, message: message) }
    public static func gone(_ message: String) -> APIStatus { APIStatus(code: 410, reason: .gone, message: message) }

    public static func internalError(_ message: String) -> APIStatus {
        APIStatus(
            code: 500, reason: .internalError, message: "Internal error occurred: \(message)",
            details: Details(causes: [StatusCause(reason: .unspecified, message: message)]))
    }

    public static func serviceUnavailable(_ message: String, retryAfter: Int = 0) -> APIStatus {
        APIStatus(
            code: 503, reason: .serviceUnavailable, message: message,
            details: retryAfter > 0 ? Details(retryAfterSeconds: retryAfter) : nil)
    }
}
