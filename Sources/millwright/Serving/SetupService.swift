import Kernel
import Kubernetes
import ServiceKit
import Telemetry

/// Something to be done once before what comes after it starts, and again until it works: our own objects on the API server.
struct SetupService: Service {
    let name: String
    let logger: Logger
    let work: @Sendable () async throws(KubernetesError) -> Void

    func run(ready: @escaping @Sendable () -> Void) async throws {
        var delay = Duration.milliseconds(50)
        while true {
            do throws(KubernetesError) {
                try await work()
                break
            } catch {
                logger.warning("\(name) failed; trying again", ["error": "\(error)", "in": delay.manifest])
            }
            try await Task.sleep(for: delay)
            delay = min(delay * 2, .seconds(10))
        }
        ready()
        // Part of the group until it stops.
        try await Task.sleep(for: .seconds(Int64.max / 4))
    }
}
