import HTTPMessages
import Kernel

/// The parts of a request's path.
struct SimulatedPath {
    let resource: String
    let namespace: String?
    let name: String?
    let subresource: String?
    private let items: [(name: String, value: String)]

    init?(_ request: HTTPRequest) {
        var parts = request.rawPath.split(separator: "/").map { PercentEncoding.decode($0) ?? "" }[...]
        let group: String
        switch parts.popFirst() {
        case "api":
            group = ""
            parts = parts.dropFirst()
        case "apis":
            group = parts.popFirst() ?? ""
            parts = parts.dropFirst()
        default: return nil
        }
        var namespace: String?
        if parts.first == "namespaces", parts.count > 2 {
            namespace = parts[parts.startIndex + 1]
            parts = parts.dropFirst(2)
        }
        guard let plural = parts.popFirst() else { return nil }
        resource = GroupResource(group: group, resource: plural).description
        self.namespace = namespace
        name = parts.popFirst()
        subresource = parts.popFirst()
        items = request.query ?? []
    }

    var key: NamespacedName? { name.map { NamespacedName(namespace: namespace ?? "", name: $0) } }
    func query(_ name: String) -> String? { items.first { $0.name == name }?.value }
}
