import EventLoop
import Guards
import HTTPClient
import Kernel
import Kubernetes
import Platform

/// Creates, reads and watches ConfigMaps on any API server, by the same client for each, so that servers can be compared.
enum APIBenchmark {
    static func run(kubeconfig: String, count: Int) async throws {
        let loop = try EventLoop()
        try loop.start(name: "event-loop")
        let connection = try Kubeconfig(paths: [kubeconfig]).connection()
        func client() -> KubernetesClient { KubernetesClient(transport: HTTPKubernetesTransport(connection, loop: loop), guards: GuardRegistry()) }
        let one = client()
        let namespace = "bench-\(SystemClocks().now.seconds)"
        _ = try await one.create(.namespaces, ["apiVersion": "v1", "kind": "Namespace", "metadata": ["name": .string(namespace)]])
        for number in 0..<50 { _ = try await one.create(.configMaps, object("warm-\(number)", namespace)) }

        var creates = Samples()
        for number in 0..<count { creates.add(try await timed { _ = try await one.create(.configMaps, object("seq-\(number)", namespace)) }) }
        var gets = Samples()
        for number in 0..<count {
            gets.add(try await timed { _ = try await one.get(.configMaps, NamespacedName(namespace: namespace, name: "seq-\(number)")) })
        }
        let clients = 8
        let parallel = try await timed {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for worker in 0..<clients {
                    let own = client()
                    group.addTask {
                        for number in 0..<(count / clients) { _ = try await own.create(.configMaps, object("par-\(worker)-\(number)", namespace)) }
                    }
                }
                try await group.waitForAll()
            }
        }
        let (lag, missing) = try await watchLag(one, client(), namespace, count: min(count, 1000))
        let list = try await timed { _ = try await one.list(.configMaps, ListOptions(namespace: namespace), pageLimit: 100_000) }
        let result: JSON = [
            "create": creates.json, "get": gets.json, "createsPerSecond": .double(Double(count / clients * clients) / parallel.inSeconds),
            "watchLag": lag.json, "watchMissing": JSON(missing), "listMilliseconds": .double(list.inSeconds * 1000),
        ]
        _ = try await one.delete(.namespaces, NamespacedName(namespace: "", name: namespace))
        print(result.text)
    }

    private static func object(_ name: String, _ namespace: String) -> JSON {
        [
            "apiVersion": "v1", "kind": "ConfigMap", "metadata": ["name": .string(name), "namespace": .string(namespace), "labels": ["app": "bench"]],
            "data": ["key": "value", "text": .string(String(repeating: "0123456789", count: 30))],
        ]
    }

    /// From sending a create to its event's arrival on a watch.
    private static func watchLag(_ writer: KubernetesClient, _ reader: KubernetesClient, _ namespace: String, count: Int) async throws -> (Samples, Int) {
        let clocks = SystemClocks()
        let start = try await reader.list(.configMaps, ListOptions(namespace: namespace), pageLimit: 100_000)
        let sent = Locked<[String: MonotonicInstant]>([:])
        return try await withThrowingTaskGroup(of: Samples?.self) { group in
            group.addTask {
                var watch = try await reader.watch(.configMaps, ListOptions(namespace: namespace), from: start.resourceVersion)
                var samples = Samples()
                while samples.count < count, let event = try await watch.next() {
                    guard case .added(let object) = event, let began = sent.withLock({ $0[object.name.name] }) else { continue }
                    samples.add(clocks.monotonic - began)
                }
                await watch.cancel()
                return samples
            }
            for number in 0..<count {
                sent.withLock { $0["lag-\(number)"] = clocks.monotonic }
                _ = try await writer.create(.configMaps, object("lag-\(number)", namespace))
            }
            group.addTask {
                try await Task.sleep(for: .seconds(5))
                return nil
            }
            let samples = try await group.next() ?? nil
            group.cancelAll()
            return (samples ?? Samples(), count - (samples?.count ?? 0))
        }
    }
}
