import HTTPMessages
import Kernel

/// One kind as a server names it in URLs: what discovery finds, and what our own kinds are known by.
public struct ResourceType: Sendable, Hashable, CustomStringConvertible {
    public let group: String
    public let version: String
    public let kind: String
    /// The plural, lower-case name in URLs.
    public let plural: String
    public let isNamespaced: Bool

    public init(group: String, version: String, kind: String, plural: String, isNamespaced: Bool = true) {
        self.group = group
        self.version = version
        self.kind = kind
        self.plural = plural
        self.isNamespaced = isNamespaced
    }

    public var gvk: GroupVersionKind { GroupVersionKind(group: group, version: version, kind: kind) }
    public var groupResource: GroupResource { GroupResource(group: group, resource: plural) }
    public var description: String { groupResource.description }

    /// The path of the collection (`namespace` nil or empty: all namespaces), of one object, or of a subresource of it.
    public func path(namespace: String? = nil, name: String? = nil, subresource: String? = nil) -> String {
        var path = group.isEmpty ? "/api/\(version)" : "/apis/\(group)/\(version)"
        if isNamespaced, let namespace, !namespace.isEmpty { path += "/namespaces/\(PercentEncoding.encode(namespace))" }
        path += "/\(plural)"
        if let name { path += "/\(PercentEncoding.encode(name))" }
        if let subresource { path += "/\(subresource)" }
        return path
    }
}

extension ResourceType {
    public static let environments = ResourceType(group: "millwright.dev", version: "v1alpha1", kind: "Environment", plural: "environments")
    public static let dataPipelines = ResourceType(group: "millwright.dev", version: "v1alpha1", kind: "DataPipeline", plural: "datapipelines")
    public static let dataPipelineRuns = ResourceType(group: "millwright.dev", version: "v1alpha1", kind: "DataPipelineRun", plural: "datapipelineruns")
    public static let runSchedules = ResourceType(group: "millwright.dev", version: "v1alpha1", kind: "RunSchedule", plural: "runschedules")
    public static let namespaces = ResourceType(group: "", version: "v1", kind: "Namespace", plural: "namespaces", isNamespaced: false)
    public static let configMaps = ResourceType(group: "", version: "v1", kind: "ConfigMap", plural: "configmaps")
    public static let secrets = ResourceType(group: "", version: "v1", kind: "Secret", plural: "secrets")
    public static let serviceAccounts = ResourceType(group: "", version: "v1", kind: "ServiceAccount", plural: "serviceaccounts")
    public static let events = ResourceType(group: "", version: "v1", kind: "Event", plural: "events")
    public static let leases = ResourceType(group: "coordination.k8s.io", version: "v1", kind: "Lease", plural: "leases")
    public static let customResourceDefinitions = ResourceType(
        group: "apiextensions.k8s.io", version: "v1", kind: "CustomResourceDefinition", plural: "customresourcedefinitions", isNamespaced: false)
}
