import Kernel

/// A `v1.Status`: the API server's answer when something went wrong, and when a delete went well.
///
/// Thrown by everything in the API server that refuses a request. The builders in `APIStatus+Builders.swift` word it as Kubernetes does.
public struct APIStatus: Error, Sendable, Equatable {
    /// Machine-readable classes of answers; clients branch on these.
    public enum Reason: String, Sendable {
        case unknown = ""
        case unauthorized = "Unauthorized"
        case forbidden = "Forbidden"
        case notFound = "NotFound"
        case alreadyExists = "AlreadyExists"
        case conflict = "Conflict"
        case gone = "Gone"
        case expired = "Expired"
        case invalid = "Invalid"
        case badRequest = "BadRequest"
        case methodNotAllowed = "MethodNotAllowed"
        case notAcceptable = "NotAcceptable"
        case unsupportedMediaType = "UnsupportedMediaType"
        case requestEntityTooLarge = "RequestEntityTooLarge"
        case timeout = "Timeout"
        case serverTimeout = "ServerTimeout"
        case tooManyRequests = "TooManyRequests"
        case internalError = "InternalError"
        case serviceUnavailable = "ServiceUnavailable"
    }

    /// What the status is about. `kind` is the resource's plural but in Invalid answers, where it is the kind (as in Kubernetes).
    public struct Details: Sendable, Equatable {
        public var name: String
        public var group: String
        public var kind: String
        public var uid: String
        public var causes: [StatusCause]
        /// Seconds; 0 says nothing.
        public var retryAfterSeconds: Int

        public init(
            name: String = "", group: String = "", kind: String = "", uid: String = "", causes: [StatusCause] = [],
            retryAfterSeconds: Int = 0
        ) {
            self.name = name
            self.group = group
            self.kind = kind
            self.uid = uid
            self.causes = causes
            self.retryAfterSeconds = retryAfterSeconds
        }
    }

    public var isSuccess: Bool
    public var code: Int
    public var reason: Reason
    public var message: String
    public var details: Details?

    public init(isSuccess: Bool = false, code: Int, reason: Reason, message: String, details: Details? = nil) {
        self.isSuccess = isSuccess
        self.code = code
        self.reason = reason
        self.message = message
        self.details = details
    }

    /// Seconds for a `Retry-After` header, or nil.
    public var retryAfterSeconds: Int? { (details?.retryAfterSeconds).flatMap { $0 > 0 ? $0 : nil } }

    public var json: JSON {
        var object: JSONObject = [
            "kind": "Status", "apiVersion": "v1", "metadata": .object(JSONObject()),
            "status": isSuccess ? "Success" : "Failure",
        ]
        if !message.isEmpty { object["message"] = .string(message) }
        if reason != .unknown { object["reason"] = .string(reason.rawValue) }
        if let details { object["details"] = details.json }
        if code != 0 { object["code"] = .int(Int64(code)) }
        return .object(object)
    }

    /// The event that ends a running watch: `{"type":"ERROR","object":{…}}`.
    public var watchEvent: JSON { ["type": "ERROR", "object": json] }

    /// A Status that came from elsewhere: in an ERROR event or an error reply. Nil when it is none.
    public init?(_ json: JSON) {
        guard json["kind"]?.string == "Status" else { return nil }
        let details = json["details"].map { details in
            Details(
                name: details["name"]?.string ?? "", group: details["group"]?.string ?? "", kind: details["kind"]?.string ?? "",
                uid: details["uid"]?.string ?? "",
                causes: (details["causes"]?.array ?? []).map { cause in
                    StatusCause(
                        reason: cause["reason"]?.string.flatMap(StatusCause.Reason.init(rawValue:)) ?? .unspecified,
                        message: cause["message"]?.string ?? "", field: cause["field"]?.string ?? "")
                },
                retryAfterSeconds: Int(details["retryAfterSeconds"]?.int ?? 0))
        }
        self.init(
            isSuccess: json["status"]?.string == "Success", code: Int(json["code"]?.int ?? 0),
            reason: json["reason"]?.string.flatMap(Reason.init(rawValue:)) ?? .unknown, message: json["message"]?.string ?? "",
            details: details)
    }
}

extension APIStatus: CustomStringConvertible {
    public var description: String { message }
}

extension APIStatus.Details {
    var json: JSON {
        var object = JSONObject()
        for (key, value) in [("name", name), ("group", group), ("kind", kind), ("uid", uid)] where !value.isEmpty {
            object[key] = .string(value)
        }
        if !causes.isEmpty { object["causes"] = .array(causes.map(\.json)) }
        if retryAfterSeconds > 0 { object["retryAfterSeconds"] = .int(Int64(retryAfterSeconds)) }
        return .object(object)
    }
}
