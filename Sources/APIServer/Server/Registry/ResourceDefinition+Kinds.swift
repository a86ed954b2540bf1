import APIServerCore

extension ResourceDefinition {
    var isCustomResourceDefinition: Bool { group == "apiextensions.k8s.io" && plural == "customresourcedefinitions" }

    /// A namespace goes only when what is in it has gone: `spec.finalizers` hold it.
    var holdsUntilEmptied: Bool { group.isEmpty && plural == "namespaces" }
}
