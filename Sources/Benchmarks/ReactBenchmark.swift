import EventLoop
import Guards
import HTTPClient
import HTTPMessages
import HTTPServer
import Kernel
import Kubernetes
import Platform

/// From a change of a document to the first call that reaches the Docker engine: Millwright talks to the engine through a proxy of ours that
/// notes when each request comes.
enum ReactBenchmark {
    /// - Parameters:
    ///   - socket: where the proxy listens; Millwright is started with `--docker-host unix://` and this.
    ///   - kubeconfig: waited for.
    static func run(socket: String, kubeconfig: String, count: Int) async throws {
        let loop = try EventLoop()
        try loop.start(name: "event-loop")
        let engine = HTTPClient(loop: loop, endpoint: .unix("/var/run/docker.sock"))
        let looks = Locked<[MonotonicInstant]>([])
        let clocks = SystemClocks()
        let proxy = HTTPServer(loop: loop, name: "proxy", address: socket) { request in
            if request.target.contains("/containers/json") { looks.withLock { $0.append(clocks.monotonic) } }
            return await forward(request, to: engine)
        }
        _ = try await proxy.start()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await proxy.run() }
            let samples = try await measure(kubeconfig, count, loop, clocks, looks)
            print(JSON.object(["documentChangeToDockerCall": samples.json]).text)
            await proxy.stop()
            group.cancelAll()
        }
    }

    private static func measure(
        _ kubeconfig: String, _ count: Int, _ loop: EventLoop, _ clocks: SystemClocks, _ looks: Locked<[MonotonicInstant]>
    ) async throws -> Samples {
        while !Files.exists(kubeconfig) { try await Task.sleep(for: .milliseconds(50)) }
        let connection = try Kubeconfig(paths: [kubeconfig]).connection()
        let client = KubernetesClient(transport: HTTPKubernetesTransport(connection, loop: loop), guards: GuardRegistry())
        let name = NamespacedName(namespace: "react", name: "line-1")
        try await until { (try? await client.apply(.namespaces, ["apiVersion": "v1", "kind": "Namespace", "metadata": ["name": "react"]], fieldManager: "bench")) != nil }
        let environment: JSON = [
            "apiVersion": "millwright.dev/v1alpha1", "kind": "Environment", "metadata": ["name": "line-1", "namespace": "react"],
            "spec": ["image": "millwright-demo:1", "ports": [["name": "http", "containerPort": 8088]], "terminationGracePeriodSeconds": 1],
        ]
        // The definitions of our kinds come a moment after the port.
        try await until { (try? await client.apply(.environments, environment, fieldManager: "bench")) != nil }
        try await until { (try? await client.get(.environments, name).json())?["status"]?["phase"] == "Running" }
        var samples = Samples()
        for number in 0..<count {
            // Long after the last pass, so that what comes next is the answer to the change.
            try await until { try await isAtRest(client, name) }
            try await Task.sleep(for: .milliseconds(500))
            let began = clocks.monotonic
            _ = try await client.patch(.environments, name, .merge(["spec": ["hostname": .string("line-\(number)"), "suspend": .bool(number % 2 == 0)]]))
            try await until { looks.withLock { $0.contains { $0 >= began } } }
            if let seen = looks.withLock({ $0.first { $0 >= began } }) { samples.add(seen - began) }
        }
        _ = try await client.delete(.environments, name)
        try await until { (try? await client.get(.environments, name)) == nil }
        return samples
    }

    private static func isAtRest(_ client: KubernetesClient, _ name: NamespacedName) async throws -> Bool {
        let object = try await client.get(.environments, name).json()
        let reconciling = object["status"]?["conditions"]?.array?.compactMap { Condition($0) }["Reconciling"]
        return reconciling?.status == .false && object["status"]?["observedGeneration"]?.int == object["metadata"]?["generation"]?.int
    }

    private static func until(_ condition: () async throws -> Bool) async throws {
        while try await !condition() { try await Task.sleep(for: .milliseconds(2)) }
    }

    private static func forward(_ request: HTTPRequest, to engine: HTTPClient) async -> HTTPReply {
        var request = request
        request.headers["Connection"] = nil
        do {
            if request.target.contains("/events") {
                let stream = try await engine.stream(request, idleTimeout: nil)
                return HTTPReply(
                    status: stream.status, headers: ["Content-Type": "application/json"],
                    body: .stream { writer in
                        try await withTaskCancellationHandler {
                            while let bytes = try await stream.next() { try await writer.write(bytes) }
                        } onCancel: {
                            stream.cancel()
                        }
                    })
            }
            let response = try await engine.send(request, timeout: .seconds(60))
            // The engine says its version in a header; how the bytes travel is each connection's own matter.
            let ownMatter = ["connection", "content-length", "transfer-encoding", "date"]
            let headers = HTTPHeaders(response.headers.fields.filter { !ownMatter.contains($0.name.lowercased()) })
            return HTTPReply(status: response.status, headers: headers, body: .bytes(response.body))
        } catch {
            return HTTPReply(status: 502, contentType: "text/plain", Array("\(error)".utf8))
        }
    }
}
