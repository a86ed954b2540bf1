import Docker
import Kernel
import Platform

/// An engine that passes everything on and counts what changes something.
struct CountingEngine: ContainerEngine {
    private let engine: DockerClient
    private let counts: Locked<[String: Int]>

    init(_ engine: DockerClient) {
        self.engine = engine
        counts = Locked([:])
    }

    private init(_ engine: DockerClient, _ counts: Locked<[String: Int]>) {
        self.engine = engine
        self.counts = counts
    }

    /// By method name.
    var writes: [String: Int] { counts.withLock { $0 } }
    private func count(_ name: String) { counts.withLock { $0[name, default: 0] += 1 } }

    var target: String { engine.target }
    func within(_ deadline: Duration) -> CountingEngine { CountingEngine(engine.within(deadline), counts) }

    func ping() async throws(DockerError) { try await engine.ping() }

    func info() async throws(DockerError) -> EngineInfo {
        return try await engine.info()
    }

    func events(since: Timestamp?, filters: EngineFilters) async throws(DockerError) -> EngineStream<EngineEvent> {
        return try await engine.events(since: since, filters: filters)
    }

    func containers(_ filters: EngineFilters) async throws(DockerError) -> [EngineContainerSummary] {
        return try await engine.containers(filters)
    }

    func container(_ id: String) async throws(DockerError) -> EngineContainer {
        return try await engine.container(id)
    }

    func createContainer(name: String, _ spec: EngineContainerSpec) async throws(DockerError) -> EngineCreated {
        count("createContainer")
        return try await engine.createContainer(name: name, spec)
    }

    func startContainer(_ id: String) async throws(DockerError) {
        count("startContainer")
        try await engine.startContainer(id)
    }

    func stopContainer(_ id: String, grace: Duration) async throws(DockerError) {
        count("stopContainer")
        try await engine.stopContainer(id, grace: grace)
    }

    func restartContainer(_ id: String, grace: Duration) async throws(DockerError) {
        count("restartContainer")
        try await engine.restartContainer(id, grace: grace)
    }

    func killContainer(_ id: String, signal: String) async throws(DockerError) {
        count("killContainer")
        try await engine.killContainer(id, signal: signal)
    }

    func pauseContainer(_ id: String) async throws(DockerError) {
        count("pauseContainer")
        try await engine.pauseContainer(id)
    }

    func unpauseContainer(_ id: String) async throws(DockerError) {
        count("unpauseContainer")
        try await engine.unpauseContainer(id)
    }

    func renameContainer(_ id: String, to name: String) async throws(DockerError) {
        count("renameContainer")
        try await engine.renameContainer(id, to: name)
    }

    func updateContainer(_ id: String, restartPolicy: EngineRestartPolicy) async throws(DockerError) {
        count("updateContainer")
        try await engine.updateContainer(id, restartPolicy: restartPolicy)
    }

    func removeContainer(_ id: String, force: Bool, volumes: Bool) async throws(DockerError) {
        count("removeContainer")
        try await engine.removeContainer(id, force: force, volumes: volumes)
    }

    func waitContainer(_ id: String) async throws(DockerError) -> Int {
        return try await engine.waitContainer(id)
    }

    func logs(_ id: String, _ options: EngineLogOptions) async throws(DockerError) -> EngineStream<EngineLogEntry> {
        return try await engine.logs(id, options)
    }

    func stats(_ id: String) async throws(DockerError) -> EngineStats {
        return try await engine.stats(id)
    }

    func execute(_ id: String, _ spec: EngineExecSpec, limit: Int) async throws(DockerError) -> EngineExecResult {
        return try await engine.execute(id, spec, limit: limit)
    }

    func startExec(_ id: String, _ spec: EngineExecSpec) async throws(DockerError) -> EngineExecSession {
        return try await engine.startExec(id, spec)
    }

    func putArchive(_ id: String, path: String, tar: [UInt8]) async throws(DockerError) {
        count("putArchive")
        try await engine.putArchive(id, path: path, tar: tar)
    }

    func getArchive(_ id: String, path: String, limit: Int) async throws(DockerError) -> [UInt8] {
        return try await engine.getArchive(id, path: path, limit: limit)
    }

    func image(_ reference: String) async throws(DockerError) -> EngineImage {
        return try await engine.image(reference)
    }

    func images(_ filters: EngineFilters) async throws(DockerError) -> [EngineImage] {
        return try await engine.images(filters)
    }

    func pullImage(_ reference: String, credentials: RegistryCredentials?, progress: @escaping @Sendable (EnginePullProgress) -> Void) async throws(DockerError) {
        count("pullImage")
        try await engine.pullImage(reference, credentials: credentials, progress: progress)
    }

    func loadImage(_ archive: EngineUpload) async throws(DockerError) -> [String] {
        count("loadImage")
        return try await engine.loadImage(archive)
    }

    func importImage(_ archive: EngineUpload, reference: String, changes: [String]) async throws(DockerError) -> String {
        count("importImage")
        return try await engine.importImage(archive, reference: reference, changes: changes)
    }

    func tagImage(_ source: String, as reference: String) async throws(DockerError) {
        count("tagImage")
        try await engine.tagImage(source, as: reference)
    }

    func removeImage(_ reference: String, force: Bool) async throws(DockerError) {
        count("removeImage")
        try await engine.removeImage(reference, force: force)
    }

    func createVolume(name: String, labels: [String: String]) async throws(DockerError) -> EngineVolume {
        count("createVolume")
        return try await engine.createVolume(name: name, labels: labels)
    }

    func volume(_ name: String) async throws(DockerError) -> EngineVolume {
        return try await engine.volume(name)
    }

    func volumes(_ filters: EngineFilters) async throws(DockerError) -> [EngineVolume] {
        return try await engine.volumes(filters)
    }

    func removeVolume(_ name: String) async throws(DockerError) {
        count("removeVolume")
        try await engine.removeVolume(name)
    }

    func createNetwork(name: String, subnet: Subnet?, labels: [String: String]) async throws(DockerError) -> String {
        count("createNetwork")
        return try await engine.createNetwork(name: name, subnet: subnet, labels: labels)
    }

    func network(_ id: String) async throws(DockerError) -> EngineNetwork {
        return try await engine.network(id)
    }

    func networks(_ filters: EngineFilters) async throws(DockerError) -> [EngineNetwork] {
        return try await engine.networks(filters)
    }

    func connect(container: String, to network: EngineAttachment) async throws(DockerError) {
        count("connect")
        try await engine.connect(container: container, to: network)
    }

    func disconnect(container: String, from network: String, force: Bool) async throws(DockerError) {
        count("disconnect")
        try await engine.disconnect(container: container, from: network, force: force)
    }

    func removeNetwork(_ id: String) async throws(DockerError) {
        count("removeNetwork")
        try await engine.removeNetwork(id)
    }
}
