import Guards
import HTTPMessages
import Kernel
import Kubernetes
import Platform
import Reconciliation
import Resilience
import Telemetry

/// The loop's own cost per object: the queue's decisions, and an informer that reads a collection and follows its changes.
enum LoopBenchmark {
    static func run(count: Int) async {
        let queue = queueOperations(count: count * 100)
        let informer = await informer(count: count)
        print(JSON.object(["queueOperationsPerSecond": .double(queue.rounded()), "informer": informer]).text)
    }

    /// add, take and finish of keys of which one in ten fails: operations a second.
    private static func queueOperations(count: Int) -> Double {
        let clocks = SystemClocks()
        var queue = WorkQueueState<NamespacedName>(.init(concurrency: 8))
        var random = SeededGenerator(seed: 1)
        let keys = (0..<1000).map { NamespacedName(namespace: "plant", name: "env-\($0)") }
        let start = clocks.monotonic
        for number in 0..<count {
            // Time goes by fast, so that backoffs come due.
            let now = MonotonicInstant(nanoseconds: Int64(number) * 10_000_000)
            queue.add(keys[number % keys.count], cause: .object, now: now)
            guard let ticket = queue.take(now: now) else { continue }
            queue.finish(ticket, number % 10 == 0 ? .retry("") : .settled, now: now, using: &random)
        }
        return Double(count * 3) / (clocks.monotonic - start).inSeconds
    }

    private static func informer(count: Int) async -> JSON {
        let (clocks, transport) = (SystemClocks(), CollectionTransport(count: count))
        let client = KubernetesClient(transport: transport, guards: GuardRegistry())
        let informer = Informer(client, .environments, clocks: clocks, logger: .disabled, metrics: Metrics())
        let start = clocks.monotonic
        return await withTaskGroup(of: Void.self) { group in
            group.addTask { await informer.run(ready: {}) }
            await informer.waitUntilSynced()
            let listed = clocks.monotonic
            await informer.wait(forRevision: transport.lastRevision)
            let followed = clocks.monotonic
            group.cancelAll()
            return [
                "objects": JSON(informer.count), "bytesHeld": JSON(informer.objects.reduce(0) { $0 + $1.bytes.count }),
                "listMilliseconds": .double((listed - start).inSeconds * 1000),
                "eventsPerSecond": .double((Double(count) / (followed - listed).inSeconds).rounded()),
            ]
        }
    }
}

/// An API server that is nothing but one collection and one change of each of its objects.
private struct CollectionTransport: KubernetesTransport {
    let count: Int
    var lastRevision: Int64 { Int64(2 * count) }

    private func object(_ number: Int, _ revision: Int) -> JSON {
        [
            "apiVersion": "millwright.dev/v1alpha1", "kind": "Environment",
            "metadata": [
                "name": .string("env-\(number)"), "namespace": "plant", "uid": .string("uid-\(number)"), "generation": 1,
                "resourceVersion": .string("\(revision)"),
                "managedFields": [["manager": "kubectl", "fieldsV1": ["f:spec": ["f:image": [:], "f:replicas": [:], "f:ports": [:]]]]],
            ],
            "spec": [
                "image": "inductiveautomation/ignition:8.1.48", "replicas": 1, "suspend": true, "ports": [["name": "http", "containerPort": 8088]],
                "env": [["name": "ACCEPT_IGNITION_EULA", "value": "Y"]], "volumeMounts": [["name": "data", "mountPath": "/data"]],
            ],
            "status": ["phase": "Suspended", "conditions": [["type": "Ready", "status": "True", "reason": "Suspended", "message": "suspended"]]],
        ]
    }

    func send(_ request: HTTPRequest, timeout: Duration) async throws(KubernetesError) -> HTTPResponse {
        let list: JSON = [
            "kind": "EnvironmentList", "apiVersion": "millwright.dev/v1alpha1", "metadata": ["resourceVersion": .string("\(count)")],
            "items": .array((0..<count).map { object($0, $0 + 1) }),
        ]
        return HTTPResponse(status: 200, body: list.bytes)
    }

    func stream(_ request: HTTPRequest, idleTimeout: Duration) async throws(KubernetesError) -> any KubernetesByteStream {
        Events(lines: (0..<count).map { JSON.object(["type": "MODIFIED", "object": object($0, count + $0 + 1)]).bytes + [0x0A] })
    }

    /// All events at once, then silence.
    private final class Events: KubernetesByteStream {
        let status = 200
        let headers: HTTPHeaders = [:]
        private let lines: Locked<[[UInt8]]>
        init(lines: [[UInt8]]) { self.lines = Locked(lines.reversed()) }

        func next() async throws(KubernetesError) -> [UInt8]? {
            if let line = lines.withLock({ $0.popLast() }) { return line }
            do { try await Task.sleep(for: .seconds(3600)) } catch { throw .cancelled }
            return nil
        }

        func cancel() async {}
    }
}
