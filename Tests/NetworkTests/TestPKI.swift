import Crypto
import HTTPClient
import HTTPServer
import Kernel
import Platform

/// An authority with a server and clients, made once for all tests.
struct TestPKI: Sendable {
    let authority: CertificateAuthority
    let server: CertificateIdentity
    let client: CertificateIdentity
    let stranger: CertificateIdentity
    let expired: CertificateIdentity

    init() throws {
        let now = SystemClocks().now
        let end = now + .seconds(3600)
        authority = try CertificateAuthority(CertificateAuthority.create(commonName: "millwright-ca", from: now + .seconds(-60), until: end))
        server = try authority.issueServer(
            commonName: "millwright", dnsNames: ["localhost", "millwright.internal"], ipAddresses: ["127.0.0.1", "::1"], from: now + .seconds(-60), until: end)
        client = try authority.issueClient(commonName: "jane", organizations: ["system:masters", "plant"], from: now + .seconds(-60), until: end)
        let other = try CertificateAuthority(CertificateAuthority.create(commonName: "millwright-ca", from: now + .seconds(-60), until: end))
        stranger = try other.issueClient(commonName: "jane", organizations: ["system:masters"], from: now + .seconds(-60), until: end)
        expired = try authority.issueClient(commonName: "jane", organizations: [], from: now + .seconds(-7200), until: now + .seconds(-3600))
    }

    var serverTLS: ServerTLS { ServerTLS(certificateChain: server.certificate, key: server.key, clientCA: authority.certificate) }

    func clientTLS(_ identity: CertificateIdentity?, serverName: String? = nil) -> ClientTLS {
        ClientTLS(authority: authority.certificate, certificateChain: identity?.certificate, key: identity?.key, serverName: serverName)
    }
}
