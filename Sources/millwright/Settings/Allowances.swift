/// What a namespace may do beyond the defaults, by flags of the installation.
struct Allowances: Sendable, Equatable {
    /// Namespace and path prefix, `--allow-host-path NS=PREFIX`.
    var hostPaths: [(namespace: String, prefix: String)] = []
    var hostAddresses: Set<String> = []
    var privileged: Set<String> = []

    static func == (a: Allowances, b: Allowances) -> Bool {
        a.hostAddresses == b.hostAddresses && a.privileged == b.privileged && a.hostPaths.elementsEqual(b.hostPaths) { $0 == $1 }
    }

    static let options: [OptionSpec] = [
        .value("allow-host-path", "NS=PREFIX", repeats: true, "Environments of namespace NS may mount host paths below PREFIX; its pipelines may read and write there."),
        .value("allow-host-ip", "NS", repeats: true, "Environments of namespace NS may publish ports on other addresses than 127.0.0.1."),
        .value("allow-privileged", "NS", repeats: true, "Environments of namespace NS may run privileged containers."),
    ]

    init() {}

    init(_ arguments: Arguments) throws {
        for text in arguments.all("allow-host-path") {
            let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2, parts[1].hasPrefix("/") else {
                throw CommandFailure(ExitStatus.usage, "--allow-host-path: '\(text)' is not NAMESPACE=/ABSOLUTE/PREFIX")
            }
            hostPaths.append((namespace: parts[0], prefix: parts[1]))
        }
        hostAddresses = Set(arguments.all("allow-host-ip"))
        privileged = Set(arguments.all("allow-privileged"))
    }
}
