import HTTPMessages
import Kernel

/// How requests reach an API server: over HTTPS in the product, in memory in a simulation.
///
/// Credentials are the transport's matter; a request comes with path, query, body and media types only.
public protocol KubernetesTransport: Sendable {
    /// The whole answer, whatever its status. Throws only when there is none; `outcomeUnknown` only for requests that change something.
    func send(_ request: HTTPRequest, timeout: Duration) async throws(KubernetesError) -> HTTPResponse

    /// An answer that comes in pieces. `idleTimeout`: how long it may be silent before it counts as dead.
    func stream(_ request: HTTPRequest, idleTimeout: Duration) async throws(KubernetesError) -> any KubernetesByteStream
}

/// The answer of a watch or a followed log, in pieces. One reader at a time.
public protocol KubernetesByteStream: Sendable {
    var status: Int { get }
    var headers: HTTPHeaders { get }
    /// The next bytes as they came; nil at the proper end. Throws `unavailable` or `timeout` when the connection is lost.
    func next() async throws(KubernetesError) -> [UInt8]?
    /// Ends it; harmless when it has ended.
    func cancel() async
}
