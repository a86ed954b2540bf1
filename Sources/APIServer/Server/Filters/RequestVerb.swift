/// The verbs that name a series of a metric: others are outside data.
enum RequestVerb {
    static let known: Set<String> = ["get", "list", "watch", "create", "update", "patch", "delete", "deletecollection", "head", "post", "put", "options"]
}
