import Kernel

/// Namespace: born Active, held by the `kubernetes` finalizer until it is empty, labelled with its own name.
struct NamespaceStrategy: ResourceStrategy {
    static let nameLabel = "kubernetes.io/metadata.name"
    static let finalizer = "kubernetes"

    func prepareForCreate(_ object: inout JSON) {
        label(&object)
        object["status"] = ["phase": "Active"]
        var finalizers = object["spec"]?["finalizers"]?.array ?? []
        if !finalizers.contains(.string(Self.finalizer)) { finalizers.append(.string(Self.finalizer)) }
        object[path: ["spec", "finalizers"]] = .array(finalizers)
    }

    /// Finalizers change through /finalize, the status through /status.
    func prepareForUpdate(_ object: inout JSON, old: JSON) {
        label(&object)
        object["spec"] = old["spec"]
        object["status"] = old["status"]
    }

    func validateCreate(_ object: JSON) -> [StatusCause] {
        var causes: [StatusCause] = []
        for (position, finalizer) in (object["spec"]?["finalizers"]?.array ?? []).enumerated() {
            guard let name = finalizer.string, name != Self.finalizer, !name.contains("/") else { continue }
            causes.append(.invalid("spec.finalizers[\(position)]", finalizer, "name is neither a standard finalizer name nor is it fully qualified"))
        }
        return causes
    }

    private func label(_ object: inout JSON) {
        guard let name = object["metadata"]?["name"]?.string, !name.isEmpty else { return }
        object[path: ["metadata", "labels", Self.nameLabel]] = .string(name)
    }
}
