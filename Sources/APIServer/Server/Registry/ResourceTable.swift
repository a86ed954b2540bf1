import APIServerCore
import Kernel

/// Everything that is served at one moment: an immutable value, swapped whole.
struct ResourceTable: Sendable {
    struct Address: Hashable, Sendable {
        let group: String
        let version: String
        let plural: String
    }

    private let byAddress: [Address: ServedResource]
    /// In the order discovery lists them: built-in ones first, then by group, version and name.
    let resources: [ServedResource]
    /// Counts up with every change of what is served.
    let generation: Int

    init(_ resources: [ServedResource], generation: Int) {
        self.resources = resources
        self.generation = generation
        var byAddress: [Address: ServedResource] = [:]
        for resource in resources {
            let definition = resource.definition
            byAddress[Address(group: definition.group, version: definition.version, plural: definition.plural)] = resource
        }
        self.byAddress = byAddress
    }

    func find(group: String, version: String, plural: String) -> ServedResource? {
        byAddress[Address(group: group, version: version, plural: plural)]
    }

    /// The resource of a kind, as an owner reference or an apply body names it.
    func find(_ kind: GroupVersionKind) -> ServedResource? {
        resources.first { $0.definition.groupVersionKind == kind }
    }

    func find(_ kind: GroupKind) -> ServedResource? {
        resources.first { $0.definition.groupKind == kind && $0.isPreferred }
    }

    func find(_ resource: GroupResource) -> ServedResource? {
        resources.first { $0.definition.groupResource == resource && $0.isPreferred }
    }

    /// One for each kind of stored object, whatever the versions and groups it is served in.
    var stored: [ServedResource] {
        var seen: Set<String> = []
        return resources.filter { !$0.definition.isReview && $0.isPreferred && seen.insert($0.definition.storage.resource).inserted }
    }
}
