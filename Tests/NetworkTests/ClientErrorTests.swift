import EventLoop
import HTTPClient
import HTTPMessages
import HTTPServer
import Glibc
import Kernel
import Testing

/// Each way to have no reply is told apart.
@Suite struct ClientErrorTests {
    private enum Kind: Equatable { case unreachable, tls, timeout, connectionLost, cancelled, replyTooLarge, invalidRequest, notUpgraded }

    private func failure(_ body: () async throws -> Void) async -> Kind? {
        do {
            try await body()
            return nil
        } catch let error as HTTPClientError {
            switch error {
            case .unreachable: return .unreachable
            case .tls: return .tls
            case .timeout: return .timeout
            case .connectionLost: return .connectionLost
            case .cancelled: return .cancelled
            case .replyTooLarge: return .replyTooLarge
            case .invalidRequest: return .invalidRequest
            case .notUpgraded: return .notUpgraded
            }
        } catch { return nil }
    }

    @Test func nobodyThere() async throws {
        let port = try await ServerFixture.serve({ _ in .text("") }) { $0.port }
        let gone = HTTPClient(loop: ServerFixture.loop, endpoint: .tcp(host: "127.0.0.1", port: port))
        #expect(await failure { _ = try await gone.send(HTTPRequest("POST", "/")) } == .unreachable)
        #expect(await failure { _ = try await gone.stream(HTTPRequest("GET", "/")) } == .unreachable)
        #expect(await failure { _ = try await gone.upgrade(HTTPRequest("GET", "/")) } == .unreachable)
        let nowhere = HTTPClient(loop: ServerFixture.loop, endpoint: .unix("/nowhere/at/all.sock"))
        #expect(await failure { _ = try await nowhere.send(HTTPRequest("GET", "/")) } == .unreachable)
        let nameless = HTTPClient(loop: ServerFixture.loop, endpoint: .tcp(host: "name.invalid", port: 80))
        #expect(await failure { _ = try await nameless.send(HTTPRequest("GET", "/")) } == .unreachable)
    }

    @Test func aListenerThatNeverSpeaks() async throws {
        // Connections wait in its backlog for ever.
        let listener = try SilentListener()
        let plain = HTTPClient(loop: ServerFixture.loop, endpoint: .tcp(host: "127.0.0.1", port: listener.port))
        #expect(await failure { _ = try await plain.send(HTTPRequest("POST", "/"), timeout: .seconds(1)) } == .timeout)
        #expect(await failure { _ = try await plain.stream(HTTPRequest("GET", "/"), headTimeout: .seconds(1)) } == .timeout)
        // Over TLS the handshake belongs to connecting: nothing was sent.
        let secure = HTTPClient(
            loop: ServerFixture.loop, endpoint: .tcp(host: "127.0.0.1", port: listener.port, tls: ClientTLS(skipsVerification: true)), connectTimeout: .seconds(1))
        #expect(await failure { _ = try await secure.send(HTTPRequest("POST", "/")) } == .unreachable)
        #expect(await failure { _ = try await secure.upgrade(HTTPRequest("POST", "/")) } == .unreachable)
    }

    @Test func aReplyThatBreaksOff() async throws {
        try await ServerFixture.serve({ request in
            HTTPReply(status: 200, body: .stream { writer in
                try await writer.write(Array("some".utf8))
                if request.target == "/hang" { try await Task.sleep(for: .seconds(600)) }
                throw CancellationError()
            })
        }) { fixture in
            let client = fixture.client()
            #expect(await failure { _ = try await client.send(HTTPRequest("GET", "/")) } == .connectionLost)
            let stream = try await client.stream(HTTPRequest("GET", "/"))
            #expect(await failure { while try await stream.next() != nil {} } == .connectionLost)
            // Its failure stays.
            #expect(await failure { _ = try await stream.next() } == .connectionLost)
            #expect(await failure { _ = try await client.send(HTTPRequest("GET", "/hang"), timeout: .seconds(2)) } == .timeout)
            let quiet = try await client.stream(HTTPRequest("GET", "/hang"), idleTimeout: .milliseconds(200))
            #expect(await failure { while try await quiet.next() != nil {} } == .timeout)
        }
    }

    @Test func tooMuch() async throws {
        try await ServerFixture.serve({ request in
            request.target == "/sized" ? HTTPReply(status: 200, body: .bytes(Array(repeating: 1, count: 20_000)))
                : HTTPReply(status: 200, body: .stream { while true { try await $0.write(Array(repeating: 1, count: 1000)) } })
        }) { fixture in
            let client = fixture.client(maximumReplyBytes: 10_000)
            for target in ["/sized", "/endless"] { #expect(await failure { _ = try await client.send(HTTPRequest("GET", target)) } == .replyTooLarge) }
            let stream = try await client.stream(HTTPRequest("GET", "/endless"))
            #expect(await failure { _ = try await stream.collect(limit: 5000) } == .replyTooLarge)
        }
    }

    @Test func whatCannotBeSent() async throws {
        try await ServerFixture.serve({ _ in .text("ok") }) { fixture in
            let client = fixture.client()
            for request in [
                HTTPRequest("GET", "/", headers: ["X": "a\r\nY: b"]), HTTPRequest("GET", "/", headers: ["X\r\n": "a"]), HTTPRequest("GET", "/", headers: ["X Y": "a"]),
                HTTPRequest("GET", "/", headers: ["": "a"]), HTTPRequest("GET /x HTTP/1.1\r\n", "/"), HTTPRequest("GET", "/ HTTP/1.1\r\nX: y"), HTTPRequest("GET", "http://other/"),
                HTTPRequest("GET", "/\u{E9}"), HTTPRequest("GET", ""), HTTPRequest("get", "/"),
            ] {
                #expect(await failure { _ = try await client.send(request) } == .invalidRequest, "\(request)")
                #expect(await failure { _ = try await client.upgrade(request) } == .invalidRequest, "\(request)")
            }
        }
    }

    /// A kept connection that dies under a POST must not make libcurl send it again by itself.
    @Test func aDeadKeptConnectionIsNotTriedTwice() async throws {
        let handled = Flag()
        let server = try ScriptedServer { index, socket in
            handled.raise()
            // The first request of a connection is answered, the second one is swallowed with the connection.
            if index == 0 { socket.answer("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok") } else { socket.cut() }
        }
        let client = HTTPClient(loop: ServerFixture.loop, endpoint: .tcp(host: "127.0.0.1", port: server.port))
        let first = try await client.send(HTTPRequest("POST", "/"))
        #expect(first.text == "ok")
        #expect(await failure { _ = try await client.send(HTTPRequest("POST", "/")) } == .connectionLost)
        #expect(handled.count == 2)
        // A read may be repeated, and is.
        _ = try await client.send(HTTPRequest("GET", "/"))
        let again = try await client.send(HTTPRequest("GET", "/"))
        #expect(again.text == "ok")
        #expect(handled.count == 5)
        server.stop()
    }

    @Test func aReplyThatIsNoHTTP() async throws {
        for answer in ["nonsense\r\n\r\n", "SSH-2.0-x\r\n", "HTTP/1.1 abc\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n", ""] {
            let server = try ScriptedServer { _, socket in
                socket.answer(answer)
                socket.cut()
            }
            let client = HTTPClient(loop: ServerFixture.loop, endpoint: .tcp(host: "127.0.0.1", port: server.port))
            #expect(await failure { _ = try await client.send(HTTPRequest("POST", "/")) } == .connectionLost, "\(answer.debugDescription)")
            #expect(await failure { _ = try await client.upgrade(HTTPRequest("POST", "/")) } != nil, "\(answer.debugDescription)")
            server.stop()
        }
    }

    @Test func theEnvironmentsProxyIsIgnored() async throws {
        setenv("http_proxy", "http://127.0.0.1:1", 1)
        setenv("all_proxy", "http://127.0.0.1:1", 1)
        defer {
            unsetenv("http_proxy")
            unsetenv("all_proxy")
        }
        try await ServerFixture.serve({ _ in .text("direct") }) { fixture in
            let reply = try await fixture.client().send(HTTPRequest("GET", "/"))
            #expect(reply.text == "direct")
        }
    }
}
