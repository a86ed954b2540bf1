import Docker
import EventLoop
import Glibc
import Guards
import Kernel
import Platform

/// `millwright orphans`: what installations that are no more have left on a Docker engine.
enum OrphansCommand {
    static let spec = CommandSpec(
        name: "orphans", summary: "Lists what other installations left on a Docker engine, and removes it when told to.",
        options: [
            .value("installation", "ID", "Only of this installation."), .flag("remove", "Removes what is listed; needs --installation."),
            .flag("yes", "Doesn't ask."), .value("docker-host", "URL", "The engine. Default: DOCKER_HOST, or unix:///var/run/docker.sock"),
            .value("data-dir", "DIR", "The installation of this data directory is not an orphan. Default: \(DataDirectory.defaultPath)"),
        ],
        notes: """
            Whether another installation is alive can't be seen from the engine: look before you remove. Removing takes the data volumes as well.
            """
    ) { arguments in
        let loop = try EventLoop()
        try loop.start(name: "event-loop")
        let engine: DockerClient
        do {
            let endpoint = try DockerEndpoint(arguments["docker-host"] ?? Environ["DOCKER_HOST"] ?? "", environment: Environ.all)
            engine = DockerClient(target: "local", endpoint: endpoint, loop: loop, guards: GuardRegistry())
        } catch {
            throw CommandFailure(ExitStatus.configuration, "\(error)")
        }
        let wanted = arguments["installation"]
        if arguments.has("remove"), wanted == nil {
            throw CommandFailure(ExitStatus.usage, "--remove needs --installation ID: 'millwright orphans' lists them")
        }
        let own = (try? Files.text(try DataDirectory(arguments["data-dir"]).installation))?.filter { !$0.isWhitespace }
        let found: [Found]
        do throws(DockerError) { found = try await things(on: engine).filter { wanted.map($0.installation.elementsEqual) ?? ($0.installation != own) } } catch {
            throw CommandFailure(ExitStatus.unavailable, "\(error)")
        }
        guard !found.isEmpty else {
            Terminal.print(wanted.map { "nothing of installation \($0) is on this engine" } ?? "no orphans")
            return ExitStatus.success
        }
        Terminal.print(Terminal.table([["INSTALLATION", "WHAT", "NAME", "OWNER", "STATE"]] + found.map { [$0.installation, $0.kind.rawValue, $0.name, $0.owner, $0.state] }))
        guard arguments.has("remove") else {
            Terminal.note("\nTo remove those of one installation: millwright orphans --installation ID --remove")
            return ExitStatus.success
        }
        guard arguments.has("yes") || confirmed(found.count) else { return ExitStatus.failure }
        do throws(DockerError) { for thing in found { try await remove(thing, from: engine) } } catch {
            throw CommandFailure(ExitStatus.failure, "not all could be removed: \(error)")
        }
        Terminal.print("removed \(found.count)")
        return ExitStatus.success
    }

    private enum Kind: String { case container, network, volume }

    private struct Found {
        let kind: Kind
        let id: String
        let name: String
        let labels: [String: String]
        let state: String

        var installation: String { labels[MillwrightName.installationLabel] ?? "unknown" }
        var owner: String {
            guard let name = labels[MillwrightName.nameLabel] else { return labels[MillwrightName.namespaceLabel].map { "namespace \($0)" } ?? "" }
            return "\(labels[MillwrightName.kindLabel] ?? "") \(labels[MillwrightName.namespaceLabel] ?? "")/\(name)"
        }
    }

    /// In the order in which they can be removed: containers before what they use.
    private static func things(on engine: DockerClient) async throws(DockerError) -> [Found] {
        let ours = EngineFilters(labels: [MillwrightName.managedByLabel: MillwrightName.managedByValue])
        var found = try await engine.containers(ours).map { Found(kind: .container, id: $0.id, name: $0.name, labels: $0.labels, state: $0.statusText) }
        found += try await engine.networks(ours).map { Found(kind: .network, id: $0.id, name: $0.name, labels: $0.labels, state: "") }
        found += try await engine.volumes(ours).map { Found(kind: .volume, id: $0.name, name: $0.name, labels: $0.labels, state: "") }
        return found
    }

    private static func remove(_ thing: Found, from engine: DockerClient) async throws(DockerError) {
        do throws(DockerError) {
            switch thing.kind {
            case .container: try await engine.removeContainer(thing.id, force: true, volumes: true)
            case .network: try await engine.removeNetwork(thing.id)
            case .volume: try await engine.removeVolume(thing.id)
            }
        } catch .notFound {
            // Gone meanwhile: that is what was wanted.
        }
    }

    private static func confirmed(_ count: Int) -> Bool {
        guard isatty(STDIN_FILENO) == 1 else {
            Terminal.error("nothing was removed: there is no terminal to ask on; add --yes")
            return false
        }
        Terminal.write("Remove these \(count), with the data in the volumes? [y/N] ", to: STDERR_FILENO)
        return ["y", "yes"].contains(readLine()?.lowercased() ?? "")
    }
}
