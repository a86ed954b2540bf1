import Kernel

/// The forms that don't mind when what they ask for is so already, for level-based callers: done twice, they do what done once does.
extension ContainerEngine {
    /// Creates the container, or gives the one of that name when it carries all these labels.
    /// - Throws: `conflict` when the name belongs to something else, which is left alone.
    public func ensureContainer(
        name: String, _ spec: EngineContainerSpec, matching labels: [String: String]
    ) async throws(DockerError) -> EngineCreated {
        do {
            return try await createContainer(name: name, spec)
        } catch {
            guard case .conflict(_, let holder?) = error else { throw error }
            let existing: EngineContainer
            do {
                existing = try await container(holder)
            } catch {
                // Gone in the meantime: the next pass creates it.
                if case .notFound = error { throw .conflict("container \(name) was being removed; it is created at the next pass", holder: nil) }
                throw error
            }
            try check(existing.labels, have: labels, "container", name)
            return EngineCreated(id: existing.id)
        }
    }

    /// Creates the volume, or gives the one of that name when it carries all these labels.
    public func ensureVolume(name: String, labels: [String: String], matching required: [String: String]) async throws(DockerError) -> EngineVolume {
        let volume = try await createVolume(name: name, labels: labels)
        try check(volume.labels, have: required, "volume", name)
        return volume
    }

    /// Creates the network, or gives the one of that name when it carries all these labels.
    public func ensureNetwork(
        name: String, subnet: Subnet?, labels: [String: String], matching required: [String: String]
    ) async throws(DockerError) -> EngineNetwork {
        do {
            return try await network(try await createNetwork(name: name, subnet: subnet, labels: labels))
        } catch {
            guard case .conflict = error else { throw error }
            let existing: EngineNetwork
            do {
                existing = try await network(name)
            } catch let second {
                // No network of that name: the conflict was about the subnet.
                if case .notFound = second { throw error }
                throw second
            }
            try check(existing.labels, have: required, "network", name)
            return existing
        }
    }

    public func removeContainerIfPresent(_ id: String, force: Bool, volumes: Bool = true) async throws(DockerError) {
        do {
            try await removeContainer(id, force: force, volumes: volumes)
        } catch {
            switch error {
            case .notFound: return
            case .conflict(let message, _) where message.contains("already in progress"): return
            default: throw error
            }
        }
    }

    public func removeVolumeIfPresent(_ name: String) async throws(DockerError) {
        do { try await removeVolume(name) } catch { try ignoreNotFound(error) }
    }

    public func removeNetworkIfPresent(_ id: String) async throws(DockerError) {
        do { try await removeNetwork(id) } catch { try ignoreNotFound(error) }
    }

    public func removeImageIfPresent(_ reference: String, force: Bool = false) async throws(DockerError) {
        do { try await removeImage(reference, force: force) } catch { try ignoreNotFound(error) }
    }

    public func stopContainerIfPresent(_ id: String, grace: Duration) async throws(DockerError) {
        do { try await stopContainer(id, grace: grace) } catch { try ignoreNotFound(error) }
    }

    /// Connects, unless it is connected.
    public func ensureConnected(container: String, to network: EngineAttachment) async throws(DockerError) {
        do {
            try await connect(container: container, to: network)
        } catch {
            guard case .conflict(let message, _) = error, message.contains("already exists in network") else { throw error }
        }
    }

    /// The image, or nil when the engine hasn't got it.
    public func imageIfPresent(_ reference: String) async throws(DockerError) -> EngineImage? {
        do { return try await image(reference) } catch { try ignoreNotFound(error) }
        return nil
    }

    /// The container, or nil when there is none.
    public func containerIfPresent(_ id: String) async throws(DockerError) -> EngineContainer? {
        do { return try await container(id) } catch { try ignoreNotFound(error) }
        return nil
    }

    /// The last lines of a container's log, at most `lines`.
    public func logTail(_ id: String, lines: Int) async throws(DockerError) -> [EngineLogEntry] {
        let stream = try await logs(id, EngineLogOptions(tail: lines))
        defer { stream.cancel() }
        var entries: [EngineLogEntry] = []
        while let entry = try await stream.next() { entries.append(entry) }
        return Array(entries.suffix(max(lines, 0)))
    }

    /// Loads a small image that is in memory.
    public func loadImage(tar: [UInt8]) async throws(DockerError) -> [String] { try await loadImage(EngineUpload(whole: tar)) }

    /// Imports a small root directory that is in memory.
    public func importImage(tar: [UInt8], reference: String, changes: [String] = []) async throws(DockerError) -> String {
        try await importImage(EngineUpload(whole: tar), reference: reference, changes: changes)
    }

    /// The subnets of all networks of the engine, for choosing a free one.
    public func subnetsInUse() async throws(DockerError) -> [Subnet] {
        var subnets: [Subnet] = []
        for network in try await networks(.none) { subnets += network.subnets }
        return subnets.sorted()
    }

    private func ignoreNotFound(_ error: DockerError) throws(DockerError) {
        if case .notFound = error { return }
        throw error
    }

    private func check(_ labels: [String: String], have required: [String: String], _ kind: String, _ name: String) throws(DockerError) {
        for (key, value) in required.sorted(by: { $0.key < $1.key }) where labels[key] != value {
            let found = labels[key].map { "is \($0)" } ?? "is missing"
            throw .conflict(
                "\(kind) \(name) exists, but it isn't this one's: its label \(key) \(found) where \(value) was expected; remove or rename it if nobody needs it",
                holder: nil)
        }
    }
}
