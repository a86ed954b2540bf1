import Kernel

/// One thing that is wrong with an object or a request: an entry of `details.causes` of a Status.
///
/// The builders word it as Kubernetes does (`Invalid value: "x": must be …`), so that what kubectl prints is what people know.
public struct StatusCause: Sendable, Equatable {
    /// The closed list of machine-readable reasons that clients compare with.
    public enum Reason: String, Sendable {
        case notFound = "FieldValueNotFound"
        case required = "FieldValueRequired"
        case duplicate = "FieldValueDuplicate"
        case invalid = "FieldValueInvalid"
        case notSupported = "FieldValueNotSupported"
        case forbidden = "FieldValueForbidden"
        case tooLong = "FieldValueTooLong"
        case tooShort = "FieldValueTooShort"
        case tooMany = "FieldValueTooMany"
        case tooFew = "FieldValueTooFew"
        case typeInvalid = "FieldValueTypeInvalid"
        case internalError = "InternalError"
        case fieldManagerConflict = "FieldManagerConflict"
        case resourceVersionTooLarge = "ResourceVersionTooLarge"
        case namespaceTerminating = "NamespaceTerminating"
        /// No reason is given: the cause is its message alone.
        case unspecified = ""
    }

    public var reason: Reason
    /// The text without the field: `Required value: name is needed`.
    public var message: String
    /// `spec.ports[0].name`, or empty.
    public var field: String

    public init(reason: Reason, message: String, field: String = "") {
        self.reason = reason
        self.message = message
        self.field = field
    }

    /// `spec.a: Required value: …`, as it stands in a Status' message.
    public var text: String { field.isEmpty ? message : "\(field): \(message)" }

    public var json: JSON {
        var object = JSONObject()
        if reason != .unspecified { object["reason"] = .string(reason.rawValue) }
        object["message"] = .string(message)
        if !field.isEmpty { object["field"] = .string(field) }
        return .object(object)
    }
}

extension StatusCause {
    public static func required(_ field: String, _ detail: String = "") -> StatusCause {
        StatusCause(reason: .required, message: "Required value" + tail(detail), field: field)
    }

    public static func invalid(_ field: String, _ value: JSON, _ detail: String) -> StatusCause {
        StatusCause(reason: .invalid, message: "Invalid value: \(shown(value))" + tail(detail), field: field)
    }

    public static func typeInvalid(_ field: String, _ value: JSON, _ detail: String) -> StatusCause {
        StatusCause(reason: .typeInvalid, message: "Invalid value: \(shown(value))" + tail(detail), field: field)
    }

    public static func notSupported(_ field: String, _ value: JSON, supported: [String]) -> StatusCause {
        let list = supported.map(GoQuote.quote).joined(separator: ", ")
        return StatusCause(
            reason: .notSupported, message: "Unsupported value: \(shown(value))" + tail(list.isEmpty ? "" : "supported values: \(list)"),
            field: field)
    }

    public static func forbidden(_ field: String, _ detail: String) -> StatusCause {
        StatusCause(reason: .forbidden, message: "Forbidden" + tail(detail), field: field)
    }

    public static func duplicate(_ field: String, _ value: JSON) -> StatusCause {
        StatusCause(reason: .duplicate, message: "Duplicate value: \(shown(value))", field: field)
    }

    public static func notFound(_ field: String, _ value: JSON) -> StatusCause {
        StatusCause(reason: .notFound, message: "Not found: \(shown(value))", field: field)
    }

    /// - Parameter limit: in bytes.
    public static func tooLong(_ field: String, limit: Int) -> StatusCause {
        StatusCause(
            reason: .tooLong, message: "Too long: may not be more than \(limit) \(limit == 1 ? "byte" : "bytes")", field: field)
    }

    public static func tooMany(_ field: String, actual: Int, limit: Int) -> StatusCause {
        StatusCause(
            reason: .tooMany, message: "Too many: \(actual): must have at most \(limit) \(limit == 1 ? "item" : "items")", field: field)
    }

    private static func tail(_ detail: String) -> String { detail.isEmpty ? "" : ": \(detail)" }

    /// A value as Kubernetes shows it in a message: strings quoted as Go does, everything else as JSON.
    static func shown(_ value: JSON) -> String {
        switch value {
        case .string(let text): GoQuote.quote(text)
        default: value.text
        }
    }
}
