import Kernel
import Kubernetes
import Platform
import Testing

/// What a kubeconfig leads to, and what is wrong with one that leads nowhere.
struct KubeconfigTests {
    private func connection(_ text: String, context: String? = nil) throws -> ClusterConnection {
        try Kubeconfig(bytes: Array(text.utf8), path: "/etc/kube/config").connection(context: context)
    }

    private func problem(_ text: String, context: String? = nil) async -> String {
        await refusal { _ = try connection(text, context: context) }.map { "\($0)" } ?? "none"
    }

    private func config(cluster: String = "server: https://10.0.0.1:6443", user: String = "token: abc") -> String {
        """
        apiVersion: v1
        kind: Config
        current-context: main
        clusters:
        - name: c
          cluster: {\(cluster)}
        contexts:
        - name: main
          context: {cluster: c, user: u, namespace: plant}
        - name: other
          context: {cluster: c}
        users:
        - name: u
          user: {\(user)}
        """
    }

    @Test func theCurrentContextLeadsToItsServerAndUser() throws {
        let connection = try connection(config())
        #expect(connection.host == "10.0.0.1" && connection.port == 6443 && connection.isTLS && connection.namespace == "plant")
        #expect(connection.bearer == .token("abc") && !connection.skipsVerification && connection.url == "https://10.0.0.1:6443")
        let other = try self.connection(config(), context: "other")
        #expect(other.bearer == .none && other.namespace == "default")
    }

    @Test func certificatesComeInlineOrFromFilesBesideIt() throws {
        let directory = "/tmp/millwright-kubeconfig-\(UInt64.random(in: 0 ... .max))"
        try Files.makeDirectory(directory, mode: 0o700)
        defer { do { try removeTree(directory) } catch { Issue.record("\(error)") } }
        try Files.write(Array("CA FILE".utf8), to: "\(directory)/ca.pem", mode: 0o600)
        let text = config(
            cluster: "server: 'https://api.example.org/prefix/', certificate-authority: ca.pem, tls-server-name: inside",
            user: "client-certificate-data: \(Base64.encode(Array("CERT".utf8))), client-key-data: \(Base64.encode(Array("KEY".utf8))), tokenFile: token")
        try Files.write(Array(text.utf8), to: "\(directory)/config", mode: 0o600)
        let connection = try Kubeconfig(paths: ["\(directory)/config"]).connection()
        #expect(connection.certificateAuthority == Array("CA FILE".utf8) && connection.serverName == "inside")
        #expect(connection.clientCertificate == Array("CERT".utf8) && connection.clientKey == Array("KEY".utf8))
        #expect(connection.port == 443 && connection.pathPrefix == "/prefix")
        #expect(connection.bearer == .file("\(directory)/token"))
        let again = try Kubeconfig(paths: ["\(directory)/none", "\(directory)/config"]).connection()
        #expect(again == connection)
    }

    @Test func whatCannotBeUsedIsSaidWithTheWayOut() async {
        #expect(await problem(config(), context: "none") == "kubeconfig /etc/kube/config has no context named none")
        #expect(await problem(config(user: "exec: {command: aws}")).contains("user u gets its credentials from a plugin (exec), which Millwright doesn't run; use"))
        #expect(await problem(config(user: "username: a, password: b")).contains("use a token or a certificate"))
        #expect(await problem(config(user: "client-certificate-data: QQ==")).contains("needs both client-certificate and client-key"))
        #expect(await problem(config(user: "client-certificate-data: '%%', client-key-data: QQ==")).contains("client-certificate-data is not base64"))
        #expect(await problem(config(cluster: "server: 'ftp://x'")).contains("begins neither with https:// nor with http://"))
        #expect(await problem(config(cluster: "server: 'https://user:secret@x'")).contains("credentials belong to the kubeconfig's user"))
        #expect(await !problem(config(cluster: "server: 'https://user:secret@x'")).contains("secret@"))
        #expect(await problem(config(cluster: "server: 'https://x', proxy-url: 'http://p'")).contains("proxy-url"))
        #expect(await problem(config(cluster: "insecure-skip-tls-verify: true")).contains("cluster c has no server"))
        #expect(
            await problem(config(cluster: "server: 'https://x', insecure-skip-tls-verify: true, certificate-authority-data: QQ==")).contains("remove one of them"))
        #expect(await problem("clusters: [").contains("kubeconfig /etc/kube/config: line "))
        #expect(await problem("clusters: []").contains("has no current-context"))
        #expect(await refusal { _ = try Kubeconfig(paths: ["/none/here"]) }.map { "\($0)" }?.contains("/none/here") == true)
    }

    @Test func addressesAreReadWhole() throws {
        let six = try ClusterConnection(server: "https://[::1]:6443")
        #expect(six.host == "::1" && six.port == 6443 && six.url == "https://[::1]:6443")
        let bare = try ClusterConnection(server: "host:8443")
        #expect(bare.host == "host" && bare.port == 8443 && bare.isTLS)
        let clear = try ClusterConnection(server: "http://localhost")
        #expect(clear.port == 80 && !clear.isTLS)
    }
}
