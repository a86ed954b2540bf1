import EventLoop
import HTTPClient
import HTTPMessages
import Kernel
import Platform

/// The way to a real API server: HTTPS with the credentials of a `ClusterConnection`.
public final class HTTPKubernetesTransport: KubernetesTransport {
    private let connection: ClusterConnection
    private let client: HTTPClient
    private let bearer: BearerSource

    public init(_ connection: ClusterConnection, loop: EventLoop, clocks: any Clocks = SystemClocks()) {
        self.connection = connection
        bearer = BearerSource(connection.bearer, clocks: clocks)
        var tls: ClientTLS?
        if connection.isTLS {
            func text(_ pem: [UInt8]?) -> String? { pem.map { String(decoding: $0, as: UTF8.self) } }
            tls = ClientTLS(
                authority: text(connection.certificateAuthority), certificateChain: text(connection.clientCertificate),
                key: text(connection.clientKey), serverName: connection.serverName, skipsVerification: connection.skipsVerification)
        }
        client = HTTPClient(
            loop: loop, endpoint: .tcp(host: connection.host, port: connection.port, tls: tls), maximumReplyBytes: 256 << 20,
            acceptsCompression: true, userAgent: "millwright")
    }

    public func send(_ request: HTTPRequest, timeout: Duration) async throws(KubernetesError) -> HTTPResponse {
        let signed = try signed(request)
        do throws(HTTPClientError) {
            let response = try await client.send(signed, timeout: timeout)
            if response.status == 401 { bearer.expire() }
            return response
        } catch {
            throw failure(error, isRead: request.method == "GET")
        }
    }

    public func stream(_ request: HTTPRequest, idleTimeout: Duration) async throws(KubernetesError) -> any KubernetesByteStream {
        let signed = try signed(request)
        do throws(HTTPClientError) {
            let stream = try await client.stream(signed, headTimeout: .seconds(30), idleTimeout: idleTimeout)
            if stream.status == 401 { bearer.expire() }
            return Stream(stream: stream, transport: self)
        } catch {
            throw failure(error, isRead: true)
        }
    }

    private func signed(_ request: HTTPRequest) throws(KubernetesError) -> HTTPRequest {
        var request = request
        if !connection.pathPrefix.isEmpty { request.target = connection.pathPrefix + request.target }
        if let token = try bearer.token() { request.headers["Authorization"] = "Bearer \(token)" }
        if let other = connection.impersonate {
            request.headers["Impersonate-User"] = other.user
            for group in other.groups { request.headers.add("Impersonate-Group", group) }
            if let uid = other.uid { request.headers["Impersonate-Uid"] = uid }
        }
        return request
    }

    fileprivate func failure(_ error: HTTPClientError, isRead: Bool) -> KubernetesError {
        switch error {
        case .unreachable(let detail): .unavailable("the API server can't be reached: \(detail)")
        case .tls(let detail):
            .unavailable(
                "no trusted connection to the API server: \(detail); check certificate-authority, client-certificate and tls-server-name "
                    + "of the kubeconfig, and both machines' clocks")
        case .timeout(let detail): isRead ? .timeout("the API server didn't answer in time: \(detail)") : .outcomeUnknown(detail)
        case .connectionLost(let detail):
            isRead ? .unavailable("the connection to the API server broke: \(detail)") : .outcomeUnknown(detail)
        case .cancelled: .cancelled
        case .replyTooLarge(let limit): .malformedReply("the API server's answer has more than \(limit) bytes")
        case .invalidRequest(let detail): .rejected(status: 400, detail)
        case .notUpgraded: .malformedReply("\(error)")
        }
    }

    /// A reply in pieces.
    private struct Stream: KubernetesByteStream {
        let stream: HTTPStream
        let transport: HTTPKubernetesTransport

        var status: Int { stream.status }
        var headers: HTTPHeaders { stream.headers }

        func next() async throws(KubernetesError) -> [UInt8]? {
            do throws(HTTPClientError) { return try await stream.next() } catch { throw transport.failure(error, isRead: true) }
        }

        func cancel() async { stream.cancel() }
    }
}
