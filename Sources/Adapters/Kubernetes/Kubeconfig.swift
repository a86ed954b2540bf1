import Kernel
import Platform
import YAML

/// Reads kubeconfig files as kubectl does, as far as files go: clusters, users and contexts by name, data inline or in files beside it.
///
/// Plugins (`exec`, `auth-provider`) are refused: they'd run a program of the file's choosing with our rights, again and again.
public struct Kubeconfig: Sendable {
    private struct Document {
        let path: String
        let json: JSON
    }

    private let documents: [Document]

    /// Several files are merged as kubectl merges them: the first that names a thing wins.
    ///
    /// - Parameter paths: as of `KUBECONFIG`, in order; files that aren't there are left out as long as one is.
    public init(paths: [String]) throws(KubernetesError) {
        var documents: [Document] = []
        for path in paths where !path.isEmpty {
            if paths.count > 1, !Files.exists(path) { continue }
            let bytes: [UInt8]
            do throws(SystemError) { bytes = try Files.read(path, limit: 8 << 20) } catch { throw .configuration("kubeconfig: \(error)") }
            documents.append(Document(path: path, json: try Self.parse(bytes, path)))
        }
        guard !documents.isEmpty else {
            throw .configuration("no kubeconfig found at \(paths.joined(separator: ", ")); name one with --kubeconfig or in KUBECONFIG")
        }
        self.documents = documents
    }

    /// - Parameter path: what messages call it, and what its file names are relative to.
    public init(bytes: [UInt8], path: String) throws(KubernetesError) {
        documents = [Document(path: path, json: try Self.parse(bytes, path))]
    }

    private static func parse(_ bytes: [UInt8], _ path: String) throws(KubernetesError) -> JSON {
        do throws(YAMLError) { return try YAML.parse(bytes).first ?? .object(JSONObject()) } catch {
            throw .configuration("kubeconfig \(path): \(error.summary)")
        }
    }

    /// Where kubectl would look: `KUBECONFIG`, else `~/.kube/config`.
    public static func standardPaths() -> [String] {
        if let list = Environ["KUBECONFIG"] { return list.split(separator: ":").map(String.init) }
        return Environ["HOME"].map { ["\($0)/.kube/config"] } ?? []
    }

    /// The contexts' names, in order, each once.
    public var contexts: [String] {
        var names: [String] = []
        for document in documents {
            for entry in document.json["contexts"]?.array ?? [] {
                if let name = entry["name"]?.string, !names.contains(name) { names.append(name) }
            }
        }
        return names
    }

    public var currentContext: String? {
        for document in documents {
            if let name = document.json["current-context"]?.string, !name.isEmpty { return name }
        }
        return nil
    }

    /// What a context leads to.
    ///
    /// - Parameter context: nil for the current one.
    public func connection(context: String? = nil) throws(KubernetesError) -> ClusterConnection {
        let files = documents.map(\.path).joined(separator: ", ")
        guard let name = context ?? currentContext ?? (contexts.count == 1 ? contexts[0] : nil) else {
            throw .configuration("kubeconfig \(files) has no current-context; set one with `kubectl config use-context`, or name one of: \(contexts.joined(separator: ", "))")
        }
        let settings = try entry("contexts", "context", name).value
        guard let cluster = settings["cluster"]?.string else { throw .configuration("kubeconfig \(files): context \(name) names no cluster") }
        let (server, serverFile) = try entry("clusters", "cluster", cluster)
        guard let url = server["server"]?.string, !url.isEmpty else { throw .configuration("kubeconfig \(serverFile): cluster \(cluster) has no server") }
        if server["proxy-url"]?.string?.isEmpty == false {
            throw .configuration("kubeconfig \(serverFile): cluster \(cluster) wants a proxy (proxy-url), which isn't supported; connect to the server itself")
        }
        var connection = try ClusterConnection(server: url)
        connection.certificateAuthority = try pem(server, "certificate-authority", serverFile)
        connection.skipsVerification = server["insecure-skip-tls-verify"]?.bool ?? false
        connection.serverName = server["tls-server-name"]?.string.flatMap { $0.isEmpty ? nil : $0 }
        if connection.skipsVerification, connection.certificateAuthority != nil {
            throw .configuration("kubeconfig \(serverFile): cluster \(cluster) has a certificate authority and insecure-skip-tls-verify; remove one of them")
        }
        connection.namespace = settings["namespace"]?.string.flatMap { $0.isEmpty ? nil : $0 } ?? "default"
        if let user = settings["user"]?.string, !user.isEmpty { try add(user: user, to: &connection) }
        return connection
    }

    private func add(user name: String, to connection: inout ClusterConnection) throws(KubernetesError) {
        let (user, file) = try entry("users", "user", name)
        for plugin in ["exec", "auth-provider"] where user[plugin]?.object != nil {
            throw .configuration(
                "kubeconfig \(file): user \(name) gets its credentials from a plugin (\(plugin)), which Millwright doesn't run; "
                    + "use a service account's token (`kubectl create token`) or a client certificate")
        }
        if user["username"]?.string?.isEmpty == false {
            throw .configuration("kubeconfig \(file): user \(name) has a password, which no API server since 1.19 accepts; use a token or a certificate")
        }
        connection.clientCertificate = try pem(user, "client-certificate", file)
        connection.clientKey = try pem(user, "client-key", file)
        if (connection.clientCertificate == nil) != (connection.clientKey == nil) {
            throw .configuration("kubeconfig \(file): user \(name) needs both client-certificate and client-key, or neither")
        }
        // As kubectl: a token file wins over a token.
        if let path = user["tokenFile"]?.string, !path.isEmpty {
            connection.bearer = .file(Self.resolve(path, besides: file))
        } else if let token = user["token"]?.string, !token.isEmpty {
            connection.bearer = .token(token)
        }
        if let other = user["as"]?.string, !other.isEmpty {
            connection.impersonate = ClusterConnection.Impersonation(
                user: other, groups: user["as-groups"]?.array?.compactMap(\.string) ?? [], uid: user["as-uid"]?.string)
        }
    }

    private func entry(_ list: String, _ kind: String, _ name: String) throws(KubernetesError) -> (value: JSON, file: String) {
        for document in documents {
            for entry in document.json[list]?.array ?? [] where entry["name"]?.string == name {
                return (entry[kind] ?? .null, document.path)
            }
        }
        throw .configuration("kubeconfig \(documents.map(\.path).joined(separator: ", ")) has no \(kind) named \(name)")
    }

    /// `NAME-data` inline wins over the file `NAME`, as in kubectl.
    private func pem(_ entry: JSON, _ name: String, _ file: String) throws(KubernetesError) -> [UInt8]? {
        if let text = entry["\(name)-data"]?.string, !text.isEmpty {
            guard let bytes = Base64.decode(text) else { throw .configuration("kubeconfig \(file): \(name)-data is not base64") }
            return bytes
        }
        guard let path = entry[name]?.string, !path.isEmpty else { return nil }
        do throws(SystemError) { return try Files.read(Self.resolve(path, besides: file), limit: 1 << 20) } catch {
            throw .configuration("kubeconfig \(file), \(name): \(error)")
        }
    }

    private static func resolve(_ path: String, besides file: String) -> String {
        guard !path.hasPrefix("/"), let slash = file.lastIndex(of: "/") else { return path }
        return file[...slash] + path
    }
}
