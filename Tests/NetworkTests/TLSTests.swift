import Crypto
import EventLoop
import HTTPClient
import HTTPMessages
import HTTPServer
import Kernel
import Platform
import TestSupport
import Testing

@Suite struct TLSTests {
    let pki: TestPKI

    init() throws { pki = try TestPKI() }

    private static let whoAmI: HTTPHandler = { request in
        guard let subject = request.peer.certificate else { return .text("anonymous") }
        return .text("\(subject.commonName) \(subject.organizations.joined(separator: ","))")
    }

    @Test func theClientCertificateNamesTheUser() async throws {
        try await ServerFixture.serve(tls: pki.serverTLS, Self.whoAmI) { [pki] fixture in
            let reply = try await fixture.client(tls: pki.clientTLS(pki.client)).send(HTTPRequest("GET", "/"))
            #expect(reply.text == "jane system:masters,plant")
        }
    }

    @Test func withoutAClientCertificateTheRequestIsAnonymous() async throws {
        try await ServerFixture.serve(tls: pki.serverTLS, Self.whoAmI) { [pki] fixture in
            let reply = try await fixture.client(tls: pki.clientTLS(nil)).send(HTTPRequest("GET", "/"))
            #expect(reply.text == "anonymous")
        }
    }

    @Test func aWrongClientCertificateIsRefused() async throws {
        try await ServerFixture.serve(tls: pki.serverTLS, Self.whoAmI) { [pki] fixture in
            for wrong in [pki.stranger, pki.expired, pki.server] {
                await #expect { try await fixture.client(tls: pki.clientTLS(wrong)).send(HTTPRequest("GET", "/")) } throws: { Self.isTLS($0) }
            }
        }
    }

    @Test func aServerThatIsNotTheOneAskedForIsRefused() async throws {
        try await ServerFixture.serve(tls: pki.serverTLS, Self.whoAmI) { [pki] fixture in
            await #expect { try await fixture.client(tls: pki.clientTLS(nil, serverName: "other.internal")).send(HTTPRequest("GET", "/")) } throws: { Self.isTLS($0) }
            await #expect { try await fixture.client(tls: ClientTLS()).send(HTTPRequest("GET", "/")) } throws: { Self.isTLS($0) }
            let named = try await fixture.client(tls: pki.clientTLS(pki.client, serverName: "millwright.internal")).send(HTTPRequest("GET", "/"))
            #expect(named.status == 200)
            let careless = try await fixture.client(tls: ClientTLS(skipsVerification: true)).send(HTTPRequest("GET", "/"))
            #expect(careless.status == 200)
        }
    }

    @Test func oldProtocolsAndPlainTextAreRefused() async throws {
        try await ServerFixture.serve(tls: pki.serverTLS, Self.whoAmI) { fixture in
            let old = shell("openssl s_client -connect 127.0.0.1:\(fixture.port) -tls1_1 -cipher ALL@SECLEVEL=0 </dev/null")
            #expect(old.output.contains("alert protocol version") || old.output.contains("no protocols available"), "\(old.output)")
            let alpn = shell("openssl s_client -connect 127.0.0.1:\(fixture.port) -alpn h2,http/1.1 </dev/null")
            #expect(alpn.output.contains("ALPN protocol: http/1.1"), "\(alpn.output)")
            await #expect { try await fixture.client().send(HTTPRequest("GET", "/")) } throws: { error in
                guard case .connectionLost? = error as? HTTPClientError else { return false }
                return true
            }
        }
    }

    @Test func aCertificateThatEndsNamesNobodyOnAnOpenConnection() async throws {
        let now = SystemClocks().now
        let brief = try pki.authority.issueClient(commonName: "brief", organizations: [], from: now + .seconds(-60), until: now + .seconds(3))
        try await ServerFixture.serve(tls: pki.serverTLS, Self.whoAmI) { [pki] fixture in
            let client = fixture.client(tls: pki.clientTLS(brief))
            let first = try await client.send(HTTPRequest("GET", "/"))
            #expect(first.text == "brief ")
            try await eventually("it names nobody") { try await client.send(HTTPRequest("GET", "/")).text == "anonymous" }
        }
    }

    @Test func aCertificateIsReplacedWhileServing() async throws {
        let fresh = try TestPKI()
        try await ServerFixture.serve(tls: pki.serverTLS, Self.whoAmI) { fixture in
            try await fixture.server.replace(tls: fresh.serverTLS)
            let reply = try await fixture.client(tls: fresh.clientTLS(fresh.client)).send(HTTPRequest("GET", "/"))
            #expect(reply.text == "jane system:masters,plant")
        }
    }

    @Test func anIdentityThatDoesNotFitIsRefusedAtTheStart() async throws {
        for tls in [
            ServerTLS(certificateChain: pki.server.certificate, key: pki.client.key), ServerTLS(certificateChain: "x", key: pki.server.key),
            ServerTLS(certificateChain: pki.server.certificate, key: "x"),
            ServerTLS(certificateChain: pki.server.certificate, key: pki.server.key, clientCA: "x"),
        ] {
            let server = HTTPServer(loop: ServerFixture.loop, tls: tls, handler: Self.whoAmI)
            await #expect(throws: HTTPServerFailure.self) { try await server.start() }
        }
    }

    private static func isTLS(_ error: any Error) -> Bool {
        guard case .tls? = error as? HTTPClientError else { return false }
        return true
    }
}
