import HTTPMessages
import Kernel

/// A container engine as Millwright uses it: the Docker Engine behind `DockerClient`, a simulated one in tests.
///
/// Every method is one guarded call with a deadline (by its class of operation, or set by `within`), and throws `DockerError`.
/// Ids and names are interchangeable wherever an id is asked for. What is there already, or gone already, is said by the error
/// (`conflict`, `notFound`); the forms that don't mind are in an extension (`ensure…`, `…IfPresent`).
public protocol ContainerEngine: Sendable {
    /// Who it is, as in guard names: `local`.
    var target: String { get }

    /// The same engine, where every call that isn't open-ended takes at most so long.
    func within(_ deadline: Duration) -> Self

    // MARK: Engine
    func ping() async throws(DockerError)
    func info() async throws(DockerError) -> EngineInfo
    /// Events from `since` (nil: from now) on, as they come; those of the very moment `since` come too. The engine keeps only its last
    /// few hundred, and none over its own restart: after each subscription, list again. Throws when the engine is lost, also when it
    /// hangs: subscribe again from the last event on.
    func events(since: Timestamp?, filters: EngineFilters) async throws(DockerError) -> EngineStream<EngineEvent>

    // MARK: Containers
    /// All containers, also stopped ones, that match; sorted by name.
    func containers(_ filters: EngineFilters) async throws(DockerError) -> [EngineContainerSummary]
    func container(_ id: String) async throws(DockerError) -> EngineContainer
    /// - Throws: `conflict` with the holder when the name is taken, `notFound` when the image is missing.
    func createContainer(name: String, _ spec: EngineContainerSpec) async throws(DockerError) -> EngineCreated
    /// Starting one that runs does nothing.
    func startContainer(_ id: String) async throws(DockerError)
    /// Asks it to end, and kills it after `grace`. Stopping one that is stopped does nothing.
    func stopContainer(_ id: String, grace: Duration) async throws(DockerError)
    func restartContainer(_ id: String, grace: Duration) async throws(DockerError)
    /// - Parameter signal: `SIGTERM`, `SIGKILL`, …
    func killContainer(_ id: String, signal: String) async throws(DockerError)
    func pauseContainer(_ id: String) async throws(DockerError)
    func unpauseContainer(_ id: String) async throws(DockerError)
    func renameContainer(_ id: String, to name: String) async throws(DockerError)
    func updateContainer(_ id: String, restartPolicy: EngineRestartPolicy) async throws(DockerError)
    /// - Parameters:
    ///   - force: also one that runs.
    ///   - volumes: also its anonymous volumes; named ones always stay.
    func removeContainer(_ id: String, force: Bool, volumes: Bool) async throws(DockerError)
    /// Waits until it isn't running, without a deadline; gives its exit code.
    func waitContainer(_ id: String) async throws(DockerError) -> Int
    func logs(_ id: String, _ options: EngineLogOptions) async throws(DockerError) -> EngineStream<EngineLogEntry>
    func stats(_ id: String) async throws(DockerError) -> EngineStats
    /// Runs a command to its end and gives what it wrote; its output is cut at `limit` bytes each. The command goes on in the
    /// container when the deadline passes: the engine has no way to stop it.
    func execute(_ id: String, _ spec: EngineExecSpec, limit: Int) async throws(DockerError) -> EngineExecResult
    /// Runs a command with its streams open.
    func startExec(_ id: String, _ spec: EngineExecSpec) async throws(DockerError) -> EngineExecSession
    /// Unpacks a tar archive into a directory of the container, running or not.
    func putArchive(_ id: String, path: String, tar: [UInt8]) async throws(DockerError)
    /// A file or directory as a tar archive. - Throws: `badRequest` when it has more than `limit` bytes.
    func getArchive(_ id: String, path: String, limit: Int) async throws(DockerError) -> [UInt8]

    // MARK: Images
    func image(_ reference: String) async throws(DockerError) -> EngineImage
    func images(_ filters: EngineFilters) async throws(DockerError) -> [EngineImage]
    /// Pulls an image; fails when nothing comes for too long, however long the whole takes.
    /// - Parameters:
    ///   - reference: with tag or digest; without either the tag is `latest`.
    ///   - progress: called for each step, must not block.
    func pullImage(
        _ reference: String, credentials: RegistryCredentials?, progress: @escaping @Sendable (EnginePullProgress) -> Void
    ) async throws(DockerError)
    /// Loads what `docker save` wrote; gives the references it had.
    func loadImage(_ archive: EngineUpload) async throws(DockerError) -> [String]
    /// Makes an image from the files of a root directory, given as a tar archive.
    /// - Parameter changes: instructions as in a Dockerfile: `CMD ["/bin/app"]`.
    func importImage(_ archive: EngineUpload, reference: String, changes: [String]) async throws(DockerError) -> String
    func tagImage(_ source: String, as reference: String) async throws(DockerError)
    func removeImage(_ reference: String, force: Bool) async throws(DockerError)

    // MARK: Volumes
    /// Creating one that exists gives the existing one, whatever its labels: the engine has no precondition.
    func createVolume(name: String, labels: [String: String]) async throws(DockerError) -> EngineVolume
    func volume(_ name: String) async throws(DockerError) -> EngineVolume
    func volumes(_ filters: EngineFilters) async throws(DockerError) -> [EngineVolume]
    func removeVolume(_ name: String) async throws(DockerError)

    // MARK: Networks
    /// - Parameter subnet: `10.213.7.0/24`. - Throws: `conflict` when the name exists or the subnet overlaps another's.
    func createNetwork(name: String, subnet: Subnet?, labels: [String: String]) async throws(DockerError) -> String
    func network(_ id: String) async throws(DockerError) -> EngineNetwork
    func networks(_ filters: EngineFilters) async throws(DockerError) -> [EngineNetwork]
    /// - Throws: `conflict` when it is connected already.
    func connect(container: String, to network: EngineAttachment) async throws(DockerError)
    func disconnect(container: String, from network: String, force: Bool) async throws(DockerError)
    func removeNetwork(_ id: String) async throws(DockerError)
}
