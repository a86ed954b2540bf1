import Docker
import EventLoop
import Glibc
import Guards
import Kernel
import Kubernetes
import Platform

/// `millwright orphans`: what nobody looks after on a Docker engine: of installations that are no more, and of this one what lost its object.
enum OrphansCommand {
    static let spec = CommandSpec(
        name: "orphans", summary: "Lists what other installations left on a Docker engine and what of this one has no object any more; removes it when told to.",
        options: [
            .value("installation", "ID", "Only of this installation."), .flag("remove", "Removes what is listed; needs --installation."),
            .flag("yes", "Doesn't ask."), .value("docker-host", "URL", "The engine. Default: DOCKER_HOST, or unix:///var/run/docker.sock"),
            .value("data-dir", "DIR", "The installation of this data directory is this one. Default: \(DataDirectory.defaultPath)"),
            .value("kubeconfig", "FILE", "The server of this installation. Default: the kubeconfig of the data directory, KUBECONFIG, ~/.kube/config"),
        ],
        notes: """
            Whether another installation is alive can't be seen from the engine: look before you remove. Removing takes its data volumes as well.
            Of this installation its server says what still has an object; data volumes are kept on purpose and not listed. While no server answers,
            naming this installation lists everything of it, for taking it down.
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
        let all: [Found]
        do throws(DockerError) { all = try await things(on: engine) } catch {
            throw CommandFailure(ExitStatus.unavailable, "\(error)")
        }
        var found = all.filter { thing in thing.installation != own && wanted.map { thing.installation == $0 } ?? true }
        if let own, wanted ?? own == own {
            let ours = all.filter { $0.installation == own }
            // Asked after the engine was looked at: whatever was there by then has its object by now, or lost it.
            switch ours.isEmpty ? .known(LiveObjects()) : await liveObjects(arguments, of: own) {
            case .known(let live): found += ours.filter { !live.hasOwner(of: $0) }.map { $0.with(state: "its object is gone") }
            case .unknown(let why) where wanted == own:
                Terminal.note("no server of this installation answers (\(why)): everything of it is listed, also what still has its object")
                found += ours
            case .unknown(let why):
                Terminal.note("what of this installation has lost its object isn't listed, as no server of it answers: \(why)")
            }
        }
        guard !found.isEmpty else {
            Terminal.print(wanted.map { "nothing of installation \($0) is left behind on this engine" } ?? "no orphans")
            return ExitStatus.success
        }
        Terminal.print(Terminal.table([["INSTALLATION", "WHAT", "NAME", "OWNER", "STATE"]] + found.map { [$0.installation, $0.kind.rawValue, $0.name, $0.owner, $0.state] }))
        guard arguments.has("remove") else {
            Terminal.note("\nTo remove those of one installation: millwright orphans --installation ID --remove")
            return ExitStatus.success
        }
        guard arguments.has("yes") || confirmed(found.count, withVolumes: found.contains { $0.kind == .volume }) else { return ExitStatus.failure }
        do throws(DockerError) { for thing in found { try await remove(thing, from: engine) } } catch {
            throw CommandFailure(ExitStatus.failure, "not all could be removed: \(error)")
        }
        Terminal.print("removed \(found.count)")
        return ExitStatus.success
    }

    // MARK: What has an owner

    /// The Environments there are.
    private struct LiveObjects {
        var uids: Set<String> = []
        var namespaces: Set<String> = []

        func hasOwner(of thing: Found) -> Bool {
            switch thing.kind {
            case .container: thing.labels[MillwrightName.uidLabel].map(uids.contains) ?? true
            case .network: thing.labels[MillwrightName.namespaceLabel].map(namespaces.contains) ?? true
            // Without a uid on purpose: the data outlives its object.
            case .volume: true
            }
        }
    }

    private enum Answer {
        case known(LiveObjects)
        case unknown(String)
    }

    private static func liveObjects(_ arguments: Arguments, of installation: String) async -> Answer {
        do {
            let client = try ServerConnection(arguments).client
            let key = NamespacedName(namespace: SystemObjects.namespace, name: SystemObjects.endpointConfigMap)
            // Another cluster's objects would make all of ours look lost.
            guard try await client.get(.configMaps, key).json()["data"]?["installation"]?.string == installation else {
                return .unknown("the kubeconfig's server belongs to another installation; name the right one by --kubeconfig")
            }
            var live = LiveObjects()
            for object in try await client.list(.environments).items {
                live.uids.insert(object.uid)
                live.namespaces.insert(object.name.namespace)
            }
            return .known(live)
        } catch {
            return .unknown("\(error)")
        }
    }

    private enum Kind: String { case container, network, volume }

    private struct Found {
        let kind: Kind
        let id: String
        let name: String
        let labels: [String: String]
        var state: String

        var installation: String { labels[MillwrightName.installationLabel] ?? "unknown" }
        func with(state note: String) -> Found {
            var copy = self
            copy.state = state.isEmpty ? note : "\(state); \(note)"
            return copy
        }

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

    private static func confirmed(_ count: Int, withVolumes: Bool) -> Bool {
        guard isatty(STDIN_FILENO) == 1 else {
            Terminal.error("nothing was removed: there is no terminal to ask on; add --yes")
            return false
        }
        Terminal.write("Remove these \(count)\(withVolumes ? ", with the data in the volumes" : "")? [y/N] ", to: STDERR_FILENO)
        return ["y", "yes"].contains(readLine()?.lowercased() ?? "")
    }
}
