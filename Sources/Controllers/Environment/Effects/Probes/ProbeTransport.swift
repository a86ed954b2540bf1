import Docker
import Kernel
import Resources

/// How probes reach what they ask: the network in the product, a simulated one in tests.
protocol ProbeTransport: Sendable {
    /// nil: there is no way there; else what the answer was.
    func http(_ way: ProbeSubject.Way, path: String, scheme: Probe.Scheme, headers: [Probe.Header], timeout: Duration) async -> ProbeAnswer?
    /// - Parameter isPublished: something stands between that takes connections also when the container doesn't.
    func connect(_ way: ProbeSubject.Way, isPublished: Bool, timeout: Duration) async -> ProbeAnswer?
}
