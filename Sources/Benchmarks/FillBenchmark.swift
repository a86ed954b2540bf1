import EventLoop
import Guards
import Kernel
import Kubernetes

/// Fills a server with suspended environments, for measurements at rest.
enum FillBenchmark {
    static func run(kubeconfig: String, count: Int) async throws {
        let loop = try EventLoop()
        try loop.start(name: "event-loop")
        let connection = try Kubeconfig(paths: [kubeconfig]).connection()
        let client = KubernetesClient(transport: HTTPKubernetesTransport(connection, loop: loop), guards: GuardRegistry())
        _ = try await client.apply(.namespaces, ["apiVersion": "v1", "kind": "Namespace", "metadata": ["name": "fill"]], fieldManager: "bench")
        let took = try await timed {
            for number in 0..<count {
                let environment: JSON = [
                    "apiVersion": "millwright.dev/v1alpha1", "kind": "Environment",
                    "metadata": ["name": .string("env-\(number)"), "namespace": "fill"],
                    "spec": [
                        "image": "millwright-demo:1", "suspend": true, "ports": [["name": "http", "containerPort": 8088]],
                        "env": [["name": "SITE", "value": "hamburg"]],
                        "readinessProbe": ["httpGet": ["path": "/StatusPing", "port": "http"], "periodSeconds": 5],
                    ],
                ]
                _ = try await client.apply(.environments, environment, fieldManager: "bench")
            }
        }
        print(JSON.object(["count": JSON(count), "seconds": .double(took.inSeconds)]).text)
    }
}
