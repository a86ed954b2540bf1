import Kernel

/// What `/api` and `/apis` and the documents below them say: what is served, and nothing else.
///
/// Built from the served resources in one go, and again whenever they change; the same resources give the same bytes.
public struct DiscoveryDocuments: Sendable {
    private struct Group: Sendable {
        let name: String
        /// The preferred one first.
        let versions: [(name: String, resources: [ResourceDefinition])]
    }

    private let groups: [Group]
    private let serverAddress: String

    /// - Parameters:
    ///   - resources: built-in ones and the established custom ones, in any order.
    ///   - serverAddress: host and port, for `serverAddressByClientCIDRs`.
    public init(_ resources: [ResourceDefinition], serverAddress: String) {
        self.serverAddress = serverAddress
        let builtIn = Set(resources.filter(\.isBuiltIn).map(\.group))
        let byGroup = Dictionary(grouping: resources, by: \.group)
        // The core group, Kubernetes' own, then the custom ones: what a client meets first when a name stands in several groups.
        groups = byGroup.keys.sorted { a, b in
            (a.isEmpty ? 0 : builtIn.contains(a) ? 1 : 2, a) < (b.isEmpty ? 0 : builtIn.contains(b) ? 1 : 2, b)
        }
        .map { name in
            let versions = Dictionary(grouping: byGroup[name] ?? [], by: \.version)
            return Group(
                name: name,
                versions: versions.keys.sorted { VersionPriority($0) > VersionPriority($1) }
                    .map { ($0, (versions[$0] ?? []).sorted { $0.plural < $1.plural }) })
        }
    }

    // MARK: Legacy

    /// `/api`.
    public var coreVersions: JSON {
        let versions = groups.first { $0.name.isEmpty }?.versions.map(\.name) ?? []
        return [
            "kind": "APIVersions", "versions": JSON(versions),
            "serverAddressByClientCIDRs": [["clientCIDR": "0.0.0.0/0", "serverAddress": .string(serverAddress)]],
        ]
    }

    /// `/apis`.
    public var groupList: JSON {
        ["kind": "APIGroupList", "apiVersion": "v1", "groups": .array(groups.filter { !$0.name.isEmpty }.map { .object(Self.group($0)) })]
    }

    /// `/apis/GROUP`, or nil when the group isn't served.
    public func group(_ name: String) -> JSON? {
        guard !name.isEmpty, let group = groups.first(where: { $0.name == name }) else { return nil }
        var object: JSONObject = ["kind": "APIGroup", "apiVersion": "v1"]
        for (key, value) in Self.group(group) { object[key] = value }
        return .object(object)
    }

    /// `/api/v1` or `/apis/GROUP/VERSION`, or nil when that isn't served.
    public func resources(group: String, version: String) -> JSON? {
        guard let served = groups.first(where: { $0.name == group })?.versions.first(where: { $0.name == version }) else { return nil }
        return [
            "kind": "APIResourceList", "apiVersion": "v1", "groupVersion": .string(Self.groupVersion(group, version)),
            "resources": .array(served.resources.flatMap(Self.entries)),
        ]
    }

    private static func groupVersion(_ group: String, _ version: String) -> String { group.isEmpty ? version : "\(group)/\(version)" }

    private static func group(_ group: Group) -> JSONObject {
        let versions = group.versions.map { version -> JSON in
            ["groupVersion": .string(groupVersion(group.name, version.name)), "version": .string(version.name)]
        }
        return ["name": .string(group.name), "versions": .array(versions), "preferredVersion": versions.first ?? .null]
    }

    private static func entries(_ resource: ResourceDefinition) -> [JSON] {
        var main: JSONObject = [
            "name": .string(resource.plural), "singularName": .string(resource.singular), "namespaced": .bool(resource.isNamespaced),
            "kind": .string(resource.kind), "verbs": JSON(resource.verbs.map(\.rawValue)),
        ]
        if !resource.shortNames.isEmpty { main["shortNames"] = JSON(resource.shortNames) }
        if !resource.categories.isEmpty { main["categories"] = JSON(resource.categories) }
        return [.object(main)]
            + resource.subresources.map { part in
                var entry: JSONObject = [
                    "name": .string("\(resource.plural)/\(part.name)"), "singularName": "", "namespaced": .bool(resource.isNamespaced),
                    "kind": .string(part.kind.kind), "verbs": JSON(part.verbs.map(\.rawValue)),
                ]
                if (part.kind.group, part.kind.version) != (resource.group, resource.version) {
                    entry["group"] = .string(part.kind.group)
                    entry["version"] = .string(part.kind.version)
                }
                return .object(entry)
            }
    }

    // MARK: Aggregated

    /// `/api` (the core group) or `/apis` (all others) as an APIGroupDiscoveryList.
    ///
    /// - Parameter version: `v2` or `v2beta1`; both say the same.
    public func aggregated(core: Bool, version: String) -> JSON {
        [
            "kind": "APIGroupDiscoveryList", "apiVersion": .string("apidiscovery.k8s.io/\(version)"), "metadata": .object(JSONObject()),
            "items": .array(groups.filter { $0.name.isEmpty == core }.map(Self.aggregated)),
        ]
    }

    private static func aggregated(_ group: Group) -> JSON {
        [
            "metadata": .object(group.name.isEmpty ? JSONObject() : ["name": .string(group.name)]),
            "versions": .array(
                group.versions.map { version in
                    ["version": .string(version.name), "resources": .array(version.resources.map(aggregated)), "freshness": "Current"]
                }),
        ]
    }

    private static func aggregated(_ resource: ResourceDefinition) -> JSON {
        var entry: JSONObject = [
            "resource": .string(resource.plural), "responseKind": KindFields.value(resource.groupVersionKind),
            "scope": resource.isNamespaced ? "Namespaced" : "Cluster", "singularResource": .string(resource.singular),
            "verbs": JSON(resource.verbs.map(\.rawValue)),
        ]
        if !resource.shortNames.isEmpty { entry["shortNames"] = JSON(resource.shortNames) }
        if !resource.categories.isEmpty { entry["categories"] = JSON(resource.categories) }
        if !resource.subresources.isEmpty {
            entry["subresources"] = .array(
                resource.subresources.map { part in
                    [
                        "subresource": .string(part.name), "responseKind": KindFields.value(part.kind),
                        "verbs": JSON(part.verbs.map(\.rawValue)),
                    ]
                })
        }
        return .object(entry)
    }
}
