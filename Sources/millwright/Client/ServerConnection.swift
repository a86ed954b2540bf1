import EventLoop
import Guards
import HTTPClient
import HTTPMessages
import Kernel
import Kubernetes
import Platform

/// A command's way to a running Millwright: the API server of a kubeconfig, and Millwright's own HTTPS port beside it.
struct ServerConnection: Sendable {
    static let options: [OptionSpec] = [
        .value("kubeconfig", "FILE", "The server. Default: KUBECONFIG, ~/.kube/config, or the kubeconfig of the data directory"),
        .value("data-dir", "DIR", "Where a local Millwright lives. Default: \(DataDirectory.defaultPath)"),
        .value("service-account", "NAME", "Asks 'millwright manager' as this service account of the namespace, by a token that the cluster makes for ten minutes."),
        .value("token-file", "FILE", "Asks by the token in this file: kubectl create token NAME --audience millwright"),
    ]

    static let namespaceOption = OptionSpec.value("namespace", short: "n", "NAMESPACE", "Default: that of the kubeconfig's context")

    let client: KubernetesClient
    let loop: EventLoop
    let namespace: String
    private let connection: ClusterConnection
    private let serviceAccount: String?
    private let tokenFile: String?

    init(_ arguments: Arguments) throws {
        (serviceAccount, tokenFile) = (arguments["service-account"], arguments["token-file"])
        guard serviceAccount == nil || tokenFile == nil else {
            throw CommandFailure(ExitStatus.usage, "--service-account and --token-file exclude each other: each says who asks")
        }
        do {
            let kubeconfig = try Self.kubeconfig(arguments)
            connection = try kubeconfig.connection()
            loop = try EventLoop()
            try loop.start(name: "event-loop")
            client = KubernetesClient(transport: HTTPKubernetesTransport(connection, loop: loop), guards: GuardRegistry())
            namespace = arguments["namespace"] ?? connection.namespace
        } catch let error as KubernetesError {
            throw CommandFailure(ExitStatus.configuration, "\(error)")
        }
    }

    /// What was named, else what is there.
    private static func kubeconfig(_ arguments: Arguments) throws -> Kubeconfig {
        if let path = arguments["kubeconfig"] { return try Kubeconfig(paths: [path]) }
        let ofDirectory = try DataDirectory(arguments["data-dir"]).kubeconfig
        if arguments["data-dir"] != nil { return try Kubeconfig(paths: [ofDirectory]) }
        if Environ["KUBECONFIG"] != nil { return try Kubeconfig(paths: Kubeconfig.standardPaths()) }
        if Files.exists(ofDirectory) { return try Kubeconfig(paths: [ofDirectory]) }
        let standard = Kubeconfig.standardPaths()
        guard standard.contains(where: Files.exists) else {
            throw CommandFailure(
                ExitStatus.configuration,
                "no server is known: there is no kubeconfig at \(([ofDirectory] + standard).joined(separator: ", ")); start 'millwright up', or name one by --kubeconfig or KUBECONFIG")
        }
        return try Kubeconfig(paths: standard)
    }

    /// Millwright's own port, found by the ConfigMap that it keeps.
    func httpPort() async throws -> HTTPClient {
        let endpoint: JSON
        do {
            endpoint = try await client.get(.configMaps, NamespacedName(namespace: SystemObjects.namespace, name: SystemObjects.endpointConfigMap)).json()
        } catch KubernetesError.notFound {
            throw CommandFailure(ExitStatus.unavailable, "no Millwright has registered on this API server (no ConfigMap \(SystemObjects.namespace)/\(SystemObjects.endpointConfigMap)); start 'millwright up' or 'millwright manager'")
        } catch {
            throw CommandFailure(ExitStatus.unavailable, "\(error)")
        }
        guard let url = endpoint["data"]?["url"]?.string else {
            throw CommandFailure(ExitStatus.unavailable, "ConfigMap \(SystemObjects.namespace)/\(SystemObjects.endpointConfigMap) has no url; restart Millwright, it writes it anew")
        }
        let target = try ClusterConnection(server: url)
        let tls = ClientTLS(
            authority: endpoint["data"]?["ca"]?.string, certificateChain: connection.clientCertificate.map { String(decoding: $0, as: UTF8.self) },
            key: connection.clientKey.map { String(decoding: $0, as: UTF8.self) })
        return HTTPClient(loop: loop, endpoint: .tcp(host: target.host, port: target.port, tls: tls), maximumReplyBytes: 64 << 20)
    }

    /// Who asks, as a header: the named service account or token, else the bearer token of the kubeconfig when it has one.
    ///
    /// A token is made only for a service account that was named, by the user's own right to make it: an identity by client certificate
    /// has no token of its own, and another's must not be taken unasked.
    func authorized(_ request: HTTPRequest) async throws -> HTTPRequest {
        var request = request
        if let tokenFile {
            request.headers["Authorization"] = "Bearer \(try Files.text(tokenFile).filter { !$0.isWhitespace })"
            return request
        }
        if let serviceAccount {
            request.headers["Authorization"] = "Bearer \(try await token(of: serviceAccount))"
            return request
        }
        switch connection.bearer {
        case .none: break
        case .token(let token): request.headers["Authorization"] = "Bearer \(token)"
        case .file(let path): request.headers["Authorization"] = "Bearer \(try Files.text(path).filter { !$0.isWhitespace })"
        }
        return request
    }

    private func token(of account: String) async throws -> String {
        let path = "/api/v1/namespaces/\(PercentEncoding.encode(namespace))/serviceaccounts/\(PercentEncoding.encode(account))/token"
        let request: JSON = [
            "apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "metadata": [:],
            "spec": ["audiences": [.string(ReviewAccess.audience)], "expirationSeconds": 600],
        ]
        do {
            guard let token = try await client.raw("POST", path, body: request)["status"]?["token"]?.string else {
                throw CommandFailure(ExitStatus.failure, "the API server made no token for service account \(namespace)/\(account); see 'kubectl create token \(account) -n \(namespace)'")
            }
            return token
        } catch let error as KubernetesError {
            throw CommandFailure(ExitStatus.failure, "no token for service account \(namespace)/\(account): \(error)")
        }
    }

    /// What a reply that isn't a success means for the user.
    static func failure(status: Int, headers: HTTPHeaders, body: [UInt8]) -> CommandFailure {
        guard let problem = Problem(HTTPResponse(status: status, headers: headers, body: body)) else {
            return CommandFailure(ExitStatus.failure, "Millwright answered \(status): \(String(decoding: body.prefix(500), as: UTF8.self))")
        }
        return CommandFailure(status == 503 ? ExitStatus.unavailable : ExitStatus.failure, "\(problem.detail) (\(problem.title)); \(problem.fix)")
    }
}
