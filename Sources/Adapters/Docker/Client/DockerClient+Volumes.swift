import HTTPMessages
import Kernel

extension DockerClient {
    public func createVolume(name: String, labels: [String: String]) async throws(DockerError) -> EngineVolume {
        let body: JSON = ["Name": .string(name), "Driver": "local", "Labels": jsonMap(labels)]
        let reply = try await reply(.post(EnginePath("volumes", "create"), "create volume \(name)", body))
        return try EngineVolume(EngineFields(parsing: reply.body, "answer to a volume's creation"))
    }

    public func volume(_ name: String) async throws(DockerError) -> EngineVolume {
        let reply = try await reply(.get(EnginePath("volumes", name), "inspect volume \(name)"))
        return try EngineVolume(EngineFields(parsing: reply.body, "volume inspection"))
    }

    public func volumes(_ filters: EngineFilters) async throws(DockerError) -> [EngineVolume] {
        let reply = try await reply(.get(EnginePath("volumes").with(filters), "list volumes"))
        let fields = try EngineFields(parsing: reply.body, "list of volumes")
        var result: [EngineVolume] = []
        for volume in try fields.list("Volumes") { result.append(try EngineVolume(EngineFields(volume, "list of volumes: Volumes"))) }
        return result.sorted { $0.name < $1.name }
    }

    public func removeVolume(_ name: String) async throws(DockerError) {
        _ = try await reply(.delete(EnginePath("volumes", name), "remove volume \(name)"))
    }
}
