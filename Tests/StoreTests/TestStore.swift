import EventLoop
import Kernel
import Postgres
import Store
import Telemetry

/// A store that runs, for the time of a test.
enum TestStore {
    static let keys: KeyRing = {
        do { return try KeyRing(text: String(repeating: "0f", count: 32), source: "test") } catch { preconditionFailure("\(error)") }
    }()

    /// Opens a store on a database, runs it, and stops it after the body.
    static func with<Result: Sendable>(
        _ endpoint: PostgresEndpoint, settings: PostgresStoreSettings = .init(), keys: KeyRing = keys, logger: Logger = .disabled,
        limits: PostgresConnector.Limits = .init(), _ body: @escaping @Sendable (PostgresObjectStore) async throws -> Result
    ) async throws -> Result {
        let connector = PostgresConnector(endpoint: endpoint, loop: TestLoop.shared, guards: TestServer.guards(), limits: limits)
        let store = try await PostgresObjectStore.open(connector, loop: TestLoop.shared, keys: keys, settings: settings, logger: logger)
        return try await withThrowingTaskGroup(of: Result?.self) { group in
            group.addTask {
                try await store.run()
                return nil
            }
            group.addTask { try await body(store) }
            defer { group.cancelAll() }
            while let result = try await group.next() { if let result { return result } }
            throw Eventually.Failure(description: "the store ended before the test")
        }
    }

    static func key(_ name: String, resource: String = "configmaps", namespace: String = "default") -> StoreKey {
        StoreKey(resource: resource, namespace: namespace, name: name)
    }

    static func object(_ name: String, _ value: String = "", namespace: String = "default") -> [UInt8] {
        Array(
            #"{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"\#(name)","namespace":"\#(namespace)"},"data":{"value":"\#(value)"}}"#
                .utf8)
    }

    static func create(_ name: String, _ value: String = "", resource: String = "configmaps", namespace: String = "default") -> StoreWrite {
        .create(key(name, resource: resource, namespace: namespace), object(name, value, namespace: namespace))
    }
}

extension StoredObject {
    /// What the tests' objects hold.
    var value: String {
        do { return try json()[path: ["data", "value"]]?.string ?? "" } catch { return "\(error)" }
    }
}
