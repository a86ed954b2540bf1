import APIServer
import Crypto
import EventLoop
import Glibc
import HTTPClient
import HTTPMessages
import HTTPServer
import Kernel
import Platform
import Store
import Telemetry
import Testing

/// The API server over TLS on a loopback port, with PostgreSQL below it: all of it real.
final class SocketServer: ConformanceServer {
    let name = "over a socket"
    let port: Int
    let authority: String
    let admin: CertificateIdentity
    private let client: HTTPClient
    private let running: Task<Void, any Error>
    private let postgres: PostgresFixture

    init() async throws {
        let loop = try EventLoop()
        try loop.start(name: "conformance-loop")
        let postgres = try PostgresFixture()
        let keys = try KeyRing(text: String(repeating: "0f", count: 32), source: "test")
        let store = try await PostgresObjectStore.open(postgres.connector(loop), loop: loop, keys: keys, logger: .disabled)
        let metrics = Metrics()
        let server = try APIServer(store: store, configuration: try TestIdentity.configuration(), logger: .disabled, metrics: metrics)

        let now = SystemClocks().now
        let (start, end) = (now + .seconds(-60), now + .seconds(86_400))
        let root = try CertificateAuthority.create(commonName: "conformance", from: start, until: end)
        let issuer = try CertificateAuthority(root)
        let own = try issuer.issueServer(commonName: "apiserver", dnsNames: ["localhost"], ipAddresses: ["127.0.0.1"], from: start, until: end)
        authority = root.certificate
        admin = try issuer.issueClient(commonName: "admin", organizations: ["system:masters"], from: start, until: end)
        let listener = HTTPServer(
            loop: loop, tls: ServerTLS(certificateChain: own.certificate, key: own.key, clientCA: root.certificate), handler: server.handle)
        let port = try await listener.start()
        PostgresFixture.cleanUpAtExit(loop)
        self.port = port
        self.postgres = postgres
        running = Task {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await store.run() }
                group.addTask { try await server.run() }
                group.addTask { await listener.run() }
                try await group.waitForAll()
            }
        }
        client = HTTPClient(
            loop: loop, endpoint: .tcp(host: "127.0.0.1", port: port, tls: ClientTLS(authority: root.certificate)))
    }

    func send(_ request: HTTPRequest) async throws -> HTTPResponse { try await client.send(request, timeout: .seconds(60)) }

    func stream(_ request: HTTPRequest) async throws -> ServerStream {
        ServerStream(try await client.stream(request))
    }

    /// For kubectl.
    var kubeconfig: String {
        func encoded(_ text: String) -> String { Base64.encode(Array(text.utf8)) }
        return """
            apiVersion: v1
            kind: Config
            clusters:
            - name: conformance
              cluster: {server: "https://127.0.0.1:\(port)", certificate-authority-data: \(encoded(authority))}
            users:
            - name: admin
              user: {client-certificate-data: \(encoded(admin.certificate)), client-key-data: \(encoded(admin.key))}
            - name: nobody
              user: {token: \(TestIdentity.nobody)}
            contexts:
            - name: admin
              context: {cluster: conformance, user: admin}
            - name: nobody
              context: {cluster: conformance, user: nobody}
            current-context: admin
            """
    }
}
