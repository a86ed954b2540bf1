import Kernel

/// A parameter of the query or the path.
struct OpenAPIParameter {
    let name: String
    let type: String
    let description: String
    var place = "query"

    static let pretty = OpenAPIParameter(name: "pretty", type: "string", description: "If 'true', the answer is indented.")
    static let dryRun = OpenAPIParameter(name: "dryRun", type: "string", description: "All: check everything, change nothing.")
    static let fieldManager = OpenAPIParameter(
        name: "fieldManager", type: "string", description: "Name under which the fields that are set are owned, at most 128 characters.")
    static let fieldValidation = OpenAPIParameter(
        name: "fieldValidation", type: "string",
        description: "What happens with unknown and duplicate fields: Ignore drops them, Warn drops them with a warning, Strict refuses the request.")
    static let force = OpenAPIParameter(
        name: "force", type: "boolean", description: "For apply: take fields over from other managers instead of failing with a conflict.")
    static let listing = [
        OpenAPIParameter(name: "allowWatchBookmarks", type: "boolean", description: "A watch may send BOOKMARK events."),
        OpenAPIParameter(name: "continue", type: "string", description: "Token of the page before."),
        OpenAPIParameter(name: "fieldSelector", type: "string", description: "Only objects whose fields match."),
        OpenAPIParameter(name: "labelSelector", type: "string", description: "Only objects whose labels match."),
        OpenAPIParameter(name: "limit", type: "integer", description: "Most objects in one page."),
        OpenAPIParameter(name: "resourceVersion", type: "string", description: "The version to read at or to watch from."),
        OpenAPIParameter(name: "resourceVersionMatch", type: "string", description: "How resourceVersion is meant: Exact or NotOlderThan."),
        OpenAPIParameter(name: "sendInitialEvents", type: "boolean", description: "A watch begins with what there is."),
        OpenAPIParameter(name: "timeoutSeconds", type: "integer", description: "Seconds after which a list or watch ends."),
        OpenAPIParameter(name: "watch", type: "boolean", description: "Watch instead of list."),
    ]
    static let deleting = [
        OpenAPIParameter(name: "gracePeriodSeconds", type: "integer", description: "Seconds to end in good order; 0 is at once."),
        OpenAPIParameter(name: "orphanDependents", type: "boolean", description: "Deprecated: use propagationPolicy."),
        OpenAPIParameter(name: "propagationPolicy", type: "string", description: "Orphan, Background or Foreground."),
    ]
    static func path(_ name: String, _ description: String) -> OpenAPIParameter {
        OpenAPIParameter(name: name, type: "string", description: description, place: "path")
    }

    func json(_ dialect: OpenAPIDialect) -> JSON {
        var out: JSONObject = ["name": .string(name), "in": .string(place), "description": .string(description)]
        if place == "path" { out["required"] = true }
        if dialect == .v3 {
            out["schema"] = ["type": .string(type), "uniqueItems": true]
        } else {
            out["type"] = .string(type)
            out["uniqueItems"] = true
        }
        return .object(out)
    }
}
