import Kernel

/// The answers about one resource or object, worded as Kubernetes words them.
extension APIStatus {
    /// `environments.millwright.dev "x" not found`.
    public static func notFound(_ resource: GroupResource, name: String) -> APIStatus {
        about(resource, name, code: 404, .notFound, "\(resource) \(GoQuote.quote(name)) not found")
    }

    /// For a path that leads nowhere.
    public static var noSuchPath: APIStatus {
        APIStatus(code: 404, reason: .notFound, message: "the server could not find the requested resource", details: Details())
    }

    public static func alreadyExists(_ resource: GroupResource, name: String) -> APIStatus {
        about(resource, name, code: 409, .alreadyExists, "\(resource) \(GoQuote.quote(name)) already exists")
    }

    /// For a `generateName` whose every attempt was taken.
    public static func generatedNameTaken(_ resource: GroupResource, name: String) -> APIStatus {
        about(
            resource, name, code: 409, .alreadyExists,
            "\(resource) \(GoQuote.quote(name)) already exists, the server was not able to generate a unique name for the object",
            retryAfter: 1)
    }

    /// A write on the ground of an older resourceVersion.
    public static func modified(_ resource: GroupResource, name: String) -> APIStatus {
        conflict(
            resource, name: name,
            "the object has been modified; please apply your changes to the latest version and try again")
    }

    public static func conflict(_ resource: GroupResource, name: String, _ why: String) -> APIStatus {
        about(resource, name, code: 409, .conflict, "Operation cannot be fulfilled on \(resource) \(GoQuote.quote(name)): \(why)")
    }

    /// Server-side apply met fields that other managers own; each cause is a `fieldManagerConflict`.
    ///
    /// - Parameter message: as `ApplyConflict` words it: `Apply failed with 1 conflict: conflict with "x": .spec.a`.
    public static func applyConflict(_ causes: [StatusCause], message: String) -> APIStatus {
        APIStatus(code: 409, reason: .conflict, message: message, details: Details(causes: causes))
    }

    /// `Environment.millwright.dev "x" is invalid: spec.a: …`; several causes stand in brackets, and what stands twice is said once,
    /// though each stays a cause.
    public static func invalid(_ kind: GroupKind, name: String, _ causes: [StatusCause]) -> APIStatus {
        var texts: [String] = []
        for cause in causes where !texts.contains(cause.text) { texts.append(cause.text) }
        let subject = "\(kind) \(GoQuote.quote(name)) is invalid"
        let message =
            switch texts.count {
            case 0: subject
            case 1: "\(subject): \(texts[0])"
            default: "\(subject): [\(texts.joined(separator: ", "))]"
            }
        return APIStatus(
            code: 422, reason: .invalid, message: message,
            details: Details(name: name, group: kind.group, kind: kind.kind, causes: causes))
    }

    /// `environments.millwright.dev "x" is forbidden: why`.
    public static func forbidden(_ resource: GroupResource, name: String, _ why: String) -> APIStatus {
        let subject = name.isEmpty ? "\(resource) is forbidden" : "\(resource) \(GoQuote.quote(name)) is forbidden"
        return about(resource, name, code: 403, .forbidden, "\(subject): \(why)")
    }

    /// What is answered when no role allows the request: `User "u" cannot list resource "x" in API group "g" in the namespace "n"`.
    public static func forbidden(_ attributes: RequestAttributes) -> APIStatus {
        let why = "User \(GoQuote.quote(attributes.user.name)) cannot \(attributes.action)"
        switch attributes.target {
        case .resource(let target):
            // The subject is the resource without its subresource; the action names it.
            return forbidden(GroupResource(group: target.group, resource: target.resource), name: target.name, why)
        case .path:
            return APIStatus(code: 403, reason: .forbidden, message: "forbidden: \(why)", details: Details())
        }
    }

    public static func methodNotAllowed(_ resource: GroupResource, action: String) -> APIStatus {
        about(resource, "", code: 405, .methodNotAllowed, "\(action) is not supported on resources of kind \(GoQuote.quote(resource.description))")
    }

    /// A transient failure; the client is told to try again.
    public static func serverTimeout(_ resource: GroupResource, operation: String, retryAfter: Int = 1) -> APIStatus {
        about(
            resource, operation, code: 500, .serverTimeout,
            "The \(operation) operation against \(resource) could not be completed at this time, please try again.", retryAfter: retryAfter)
    }

    /// Creating into a namespace that is being deleted.
    public static func namespaceTerminating(_ resource: GroupResource, name: String, namespace: String) -> APIStatus {
        var status = forbidden(
            resource, name: name, "unable to create new content in namespace \(namespace) because it is being terminated")
        status.details?.causes = [
            StatusCause(reason: .namespaceTerminating, message: "namespace \(namespace) is being terminated", field: "metadata.namespace")
        ]
        return status
    }

    /// The outcome of a delete whose object is gone.
    public static func deleted(_ resource: GroupResource, name: String, uid: String) -> APIStatus {
        APIStatus(
            isSuccess: true, code: 0, reason: .unknown, message: "",
            details: Details(name: name, group: resource.group, kind: resource.resource, uid: uid))
    }

    private static func about(
        _ resource: GroupResource, _ name: String, code: Int, _ reason: Reason, _ message: String, retryAfter: Int = 0
    ) -> APIStatus {
        APIStatus(
            code: code, reason: reason, message: message,
            details: Details(name: name, group: resource.group, kind: resource.resource, retryAfterSeconds: retryAfter))
    }
}
