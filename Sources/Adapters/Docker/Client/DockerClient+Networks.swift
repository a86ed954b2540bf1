import HTTPMessages
import Kernel

extension DockerClient {
    public func createNetwork(name: String, subnet: Subnet?, labels: [String: String]) async throws(DockerError) -> String {
        // The engine allows several networks of one name unless asked not to (always so from API 1.44 on).
        var body: JSON = ["Name": .string(name), "CheckDuplicate": true, "Driver": "bridge", "Labels": jsonMap(labels)]
        if let subnet { body["IPAM"] = ["Driver": "default", "Config": [["Subnet": .string(subnet.description)]]] }
        let reply = try await reply(.post(EnginePath("networks", "create"), "create network \(name)", body))
        return try EngineFields(parsing: reply.body, "answer to a network's creation").required("Id")
    }

    public func network(_ id: String) async throws(DockerError) -> EngineNetwork {
        let reply = try await reply(.get(EnginePath("networks", id), "inspect network \(id)"))
        return try EngineNetwork(EngineFields(parsing: reply.body, "network inspection"))
    }

    public func networks(_ filters: EngineFilters) async throws(DockerError) -> [EngineNetwork] {
        let reply = try await reply(.get(EnginePath("networks").with(filters), "list networks"))
        var result: [EngineNetwork] = []
        for fields in try EngineFields.elements(parsing: reply.body, "list of networks") { result.append(try EngineNetwork(fields)) }
        return result.sorted { ($0.name, $0.id) < ($1.name, $1.id) }
    }

    public func connect(container: String, to network: EngineAttachment) async throws(DockerError) {
        let body: JSON = ["Container": .string(container), "EndpointConfig": network.endpoint]
        let path = EnginePath("networks", network.network, "connect")
        _ = try await reply(.post(path, "connect container \(container) to network \(network.network)", body))
    }

    public func disconnect(container: String, from network: String, force: Bool) async throws(DockerError) {
        let body: JSON = ["Container": .string(container), "Force": .bool(force)]
        _ = try await reply(.post(EnginePath("networks", network, "disconnect"), "disconnect container \(container) from network \(network)", body))
    }

    public func removeNetwork(_ id: String) async throws(DockerError) {
        _ = try await reply(.delete(EnginePath("networks", id), "remove network \(id)"))
    }
}
