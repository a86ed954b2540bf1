import EventLoop
import Glibc
import HTTPClient
import HTTPMessages
import Kernel
import Kubernetes
import Platform
import Testing

/// A real Kubernetes API server that is given by MILLWRIGHT_TEST_KUBECONFIG, as `hack/e2e-kubernetes` does: the suite then runs
/// against that one alone, and shows what it expects to be what Kubernetes does.
///
/// The suite's administrator is the kubeconfig's user, who must be allowed everything; its other identities are impersonated.
final class GivenServer: ConformanceServer {
    static let path = Environ["MILLWRIGHT_TEST_KUBECONFIG"].flatMap { $0.isEmpty ? nil : $0 }

    let name = "a given server"
    let isOurs = false
    private let connection: ClusterConnection
    private let token: String?
    /// With the kubeconfig's certificate, and without: a client certificate would win over any token.
    private let admin: HTTPClient
    private let others: HTTPClient

    init(kubeconfig path: String) throws {
        let connection = try Kubeconfig(paths: [path]).connection()
        self.connection = connection
        token = switch connection.bearer {
        case .none: nil
        case .token(let token): token
        case .file(let path): try Files.text(path).filter { !$0.isWhitespace }
        }
        let loop = try EventLoop()
        try loop.start(name: "conformance-loop")
        PostgresFixture.cleanUpAtExit(loop)
        func text(_ pem: [UInt8]?) -> String? { pem.map { String(decoding: $0, as: UTF8.self) } }
        func client(withCertificate: Bool) -> HTTPClient {
            let tls = ClientTLS(
                authority: text(connection.certificateAuthority), certificateChain: withCertificate ? text(connection.clientCertificate) : nil,
                key: withCertificate ? text(connection.clientKey) : nil, serverName: connection.serverName,
                skipsVerification: connection.skipsVerification)
            return HTTPClient(loop: loop, endpoint: .tcp(host: connection.host, port: connection.port, tls: connection.isTLS ? tls : nil))
        }
        admin = client(withCertificate: true)
        others = client(withCertificate: false)
    }

    func send(_ request: HTTPRequest) async throws -> HTTPResponse {
        var (client, request) = signed(request)
        // It closes kept connections as it likes, and a write is sent but once.
        request.headers["Connection"] = "close"
        while true {
            let response = try await client.send(request, timeout: .seconds(60))
            // Kubernetes changes what serves a definition a moment after the definition, and turns away, untouched, who asks just then.
            guard response.status == 503, Self.isChangingHandlers(response) else { return response }
            try await Task.sleep(for: .milliseconds(200))
        }
    }

    private static func isChangingHandlers(_ response: HTTPResponse) -> Bool {
        String(decoding: response.body, as: UTF8.self).contains("apiserver is shutting down")
    }

    func stream(_ request: HTTPRequest) async throws -> ServerStream {
        let (client, request) = signed(request)
        return ServerStream(try await client.stream(request))
    }

    /// The request as the given server takes it: with the kubeconfig's credentials in place of the suite's own tokens.
    private func signed(_ request: HTTPRequest) -> (HTTPClient, HTTPRequest) {
        var request = request
        request.target = connection.pathPrefix + request.target
        let user: String
        switch request.headers["Authorization"] {
        case "Bearer \(TestIdentity.admin)": user = ""
        case "Bearer \(TestIdentity.nobody)": user = "nobody"
        case "Bearer \(TestIdentity.jane)": user = "jane"
        default: return (others, request)
        }
        let isTheirsToImpersonate = request.headers["Impersonate-User"] == nil
        request.headers["Authorization"] = token.map { "Bearer \($0)" }
        if !user.isEmpty, isTheirsToImpersonate {
            request.headers["Impersonate-User"] = user
            for group in (user == "jane" ? ["engineers"] : []) + ["system:authenticated"] { request.headers.add("Impersonate-Group", group) }
        }
        return (admin, request)
    }

    /// Whether controllers work behind it: garbage collection, namespaces that empty, roles that gather theirs.
    static let hasControllers: Bool = {
        guard let path else { return true }
        guard let pipe = popen("kubectl --kubeconfig '\(path)' get lease -n kube-system kube-controller-manager -o name 2>/dev/null", "r") else { return false }
        defer { pclose(pipe) }
        var line = [CChar](repeating: 0, count: 100)
        return fgets(&line, 100, pipe) != nil
    }()

    /// For kubectl, with the suite's contexts.
    var kubeconfig: String {
        func data(_ key: String, _ bytes: [UInt8]?) -> String { bytes.map { ", \(key): \(Base64.encode($0))" } ?? "" }
        let credentials = token.map { ", token: \($0)" } ?? ""
        let user = "x: y" + data("client-certificate-data", connection.clientCertificate) + data("client-key-data", connection.clientKey) + credentials
        let trust = connection.skipsVerification
            ? ", insecure-skip-tls-verify: true" : data("certificate-authority-data", connection.certificateAuthority)
        return """
            apiVersion: v1
            kind: Config
            clusters:
            - name: conformance
              cluster: {server: "\(connection.url)"\(trust)}
            users:
            - name: admin
              user: {\(user.dropFirst(6))}
            - name: nobody
              user: {\(user.dropFirst(6)), as: nobody}
            contexts:
            - name: admin
              context: {cluster: conformance, user: admin}
            - name: nobody
              context: {cluster: conformance, user: nobody}
            current-context: admin
            """
    }
}

extension Trait where Self == ConditionTrait {
    /// A test of what is ours alone, by choice; a given server is not asked.
    static func ours(_ why: Comment) -> Self { .disabled(if: GivenServer.path != nil, why) }

    /// A test that needs more than an API server.
    static var needsControllers: Self { .enabled(if: GivenServer.hasControllers, "the given server runs no kube-controller-manager") }
}
