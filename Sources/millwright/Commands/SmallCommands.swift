/// `millwright version`.
enum VersionCommand {
    static let spec = CommandSpec(name: "version", summary: "Prints the version.") { _ in
        Terminal.print("millwright \(Millwright.version) (api millwright.dev/v1alpha1)")
        return ExitStatus.success
    }
}

/// `millwright crds`.
enum CRDsCommand {
    static let spec = CommandSpec(
        name: "crds", summary: "Prints the CustomResourceDefinitions, for a cluster.",
        notes: "millwright crds | kubectl apply --server-side -f -"
    ) { _ in
        Terminal.print(EmbeddedCRDs.documents.map(\.yaml).joined(separator: "\n---\n"))
        return ExitStatus.success
    }
}
