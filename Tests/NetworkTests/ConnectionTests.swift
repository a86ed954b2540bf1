import HTTPClient
import HTTPMessages
import HTTPServer
import Kernel
import Telemetry
import TestSupport
import Testing

/// What one connection carries over its life, byte by byte.
@Suite struct ConnectionTests {
    private static let echo: HTTPHandler = { request in .text("[\(request.method) \(request.target) \(String(decoding: request.body, as: UTF8.self))]") }

    @Test func requestsOfOneConnectionAreAnsweredInOrder() async throws {
        try await ServerFixture.serve(Self.echo) { fixture in
            let socket = try RawSocket(port: fixture.port)
            var text = ""
            for index in 0..<50 { text += "POST /\(index) HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc" }
            try await socket.send(text)
            try await socket.expect("[POST /49 abc]")
            let answers = socket.text.split(separator: "[POST /").dropFirst().map { Int($0.prefix { $0 != " " }) }
            #expect(answers == (0..<50).map { Int?($0) })
        }
    }

    @Test func interimAnswerComesOnlyWhenItIsWaitedFor() async throws {
        try await ServerFixture.serve(Self.echo) { fixture in
            let socket = try RawSocket(port: fixture.port)
            try await socket.send("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n")
            try await socket.expect("HTTP/1.1 100 Continue\r\n\r\n")
            #expect(socket.text == "HTTP/1.1 100 Continue\r\n\r\n")
            try await socket.send("abc")
            try await socket.expect("[POST /a abc]")
            let eager = try RawSocket(port: fixture.port)
            try await eager.send("POST /b HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\nabc")
            try await eager.expect("[POST /b abc]")
            #expect(eager.text.hasPrefix("HTTP/1.1 200 OK\r\n"))
        }
    }

    @Test func theConnectionClosesWhenEitherSideWantsIt() async throws {
        try await ServerFixture.serve({ request in
            request.target == "/bye" ? HTTPReply(status: 200, headers: ["Connection": "close"], body: .bytes([])) : .text("ok")
        }) { fixture in
            for text in ["GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", "GET / HTTP/1.0\r\n\r\n", "GET /bye HTTP/1.1\r\nHost: x\r\n\r\n"] {
                let socket = try RawSocket(port: fixture.port)
                try await socket.send(text)
                try await socket.expect("Connection: close\r\n")
                try await socket.expectEnd()
            }
            let kept = try RawSocket(port: fixture.port)
            try await kept.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
            try await kept.expect("Connection: keep-alive\r\n")
            try await kept.expect("ok")
            try await kept.send("GET / HTTP/1.0\r\n\r\n")
            try await kept.expectEnd()
            #expect(kept.text.split(separator: "HTTP/1.1 200 OK").count == 2)
        }
    }

    @Test func repliesWithoutABodySaySo() async throws {
        try await ServerFixture.serve({ request in
            switch request.target {
            case "/204": HTTPReply(status: 204)
            case "/304": HTTPReply(status: 304, headers: ["ETag": "\"x\""])
            default: .text("body")
            }
        }) { fixture in
            let socket = try RawSocket(port: fixture.port)
            try await socket.send("GET /204 HTTP/1.1\r\nHost: x\r\n\r\n")
            try await socket.expect("\r\n\r\n")
            #expect(socket.text.hasPrefix("HTTP/1.1 204 No Content\r\n") && !socket.text.contains("Content-Length"))
            try await socket.send("HEAD / HTTP/1.1\r\nHost: x\r\n\r\n")
            try await socket.expect("Content-Length: 4\r\n")
            try await socket.send("GET /304 HTTP/1.1\r\nHost: x\r\n\r\n")
            try await socket.expect("HTTP/1.1 304 Not Modified\r\n")
            #expect(!socket.text.contains("body"))
        }
    }

    @Test func aHandlerCannotSplitTheReply() async throws {
        try await ServerFixture.serve({ _ in
            HTTPReply(status: 200, headers: ["X-A": "1\r\nX-B: 2", "Content-Length": "999", "X-C": "3"], body: .bytes(Array("ok".utf8)))
        }) { fixture in
            let socket = try RawSocket(port: fixture.port)
            try await socket.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            try await socket.expect("ok")
            #expect(!socket.text.contains("X-A") && !socket.text.contains("X-B") && !socket.text.contains("999"))
            #expect(socket.text.contains("X-C: 3\r\n") && socket.text.contains("Content-Length: 2\r\n"))
        }
    }

    @Test func oldClientsGetStreamsUntilTheEnd() async throws {
        try await ServerFixture.serve({ _ in
            HTTPReply(status: 200, body: .stream { writer in
                try await writer.write(Array("one".utf8))
                try await writer.write(Array("two".utf8))
            })
        }) { fixture in
            let socket = try RawSocket(port: fixture.port)
            try await socket.send("GET / HTTP/1.0\r\n\r\n")
            try await socket.expectEnd()
            #expect(socket.text.hasSuffix("\r\n\r\nonetwo") && !socket.text.contains("chunked"))
        }
    }

    @Test func aStreamThatFailsIsCutNotEnded() async throws {
        struct Failure: Error {}
        try await ServerFixture.serve({ _ in
            HTTPReply(status: 200, body: .stream { writer in
                try await writer.write(Array("one".utf8))
                throw Failure()
            })
        }) { fixture in
            let socket = try RawSocket(port: fixture.port)
            try await socket.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            try await socket.expectEnd()
            #expect(socket.text.hasSuffix("3\r\none\r\n"))
            await #expect { try await fixture.client().send(HTTPRequest("GET", "/")) } throws: { error in
                guard case .connectionLost? = error as? HTTPClientError else { return false }
                return true
            }
        }
    }

    @Test func largeRepliesAreCompressedForWhoAcceptsIt() async throws {
        let body = Array(String(repeating: "all work and no play ", count: 20_000).utf8)
        try await ServerFixture.serve({ _ in HTTPReply(status: 200, contentType: "text/plain", body) }) { fixture in
            let plain = try await fixture.client().send(HTTPRequest("GET", "/"))
            #expect(plain.headers["Content-Encoding"] == nil && plain.body == body)
            let packed = try await fixture.client().send(HTTPRequest("GET", "/", headers: ["Accept-Encoding": "br, GZIP;q=0.5"]))
            #expect(packed.headers["Content-Encoding"] == "gzip" && packed.body.count < body.count / 10)
            let refused = try await fixture.client().send(HTTPRequest("GET", "/", headers: ["Accept-Encoding": "gzip;q=0"]))
            #expect(refused.headers["Content-Encoding"] == nil)
            let unpacking = HTTPClient(loop: fixture.loop, endpoint: .tcp(host: "127.0.0.1", port: fixture.port), acceptsCompression: true)
            let whole = try await unpacking.send(HTTPRequest("GET", "/"))
            #expect(whole.body == body)
        }
    }

    /// Compressed on its way, piece by piece; what is waited for never is.
    @Test func largeStreamsAreCompressedForWhoAcceptsIt() async throws {
        let piece = Array(String(repeating: "all work and no play ", count: 20_000).utf8)
        try await ServerFixture.serve({ request in
            let bytes = request.target == "/waits" ? nil : request.target == "/small" ? 1000 : 3 * piece.count
            return HTTPReply(status: 200, body: .stream { writer in for _ in 0..<3 { try await writer.write(piece) } }, streamBytes: bytes)
        }) { fixture in
            let accepts: HTTPHeaders = ["Accept-Encoding": "gzip"]
            let packed = try await fixture.client().send(HTTPRequest("GET", "/", headers: accepts))
            #expect(packed.headers["Content-Encoding"] == "gzip" && packed.headers["Vary"] == "Accept-Encoding" && packed.body.count < piece.count / 10)
            for target in ["/waits", "/small"] {
                let plain = try await fixture.client().send(HTTPRequest("GET", target, headers: accepts))
                #expect(plain.headers["Content-Encoding"] == nil && plain.body == piece + piece + piece)
            }
            let unpacking = HTTPClient(loop: fixture.loop, endpoint: .tcp(host: "127.0.0.1", port: fixture.port), acceptsCompression: true)
            for _ in 0..<2 { #expect(try await unpacking.send(HTTPRequest("GET", "/")).body == piece + piece + piece) }
        }
    }

    @Test func metricsCountWhatHappens() async throws {
        try await ServerFixture.serve({ request in request.target == "/no" ? .text("no", status: 404) : .text("ok") }) { fixture in
            let client = fixture.client()
            for _ in 0..<3 { _ = try await client.send(HTTPRequest("GET", "/")) }
            _ = try await client.send(HTTPRequest("GET", "/no"))
            let server = ("server", "http")
            try await eventually("the counts") { fixture.metrics.value("millwright_http_replies_total", [server, ("code", "200")]) == 3 }
            try await eventually("the other count") { fixture.metrics.value("millwright_http_replies_total", [server, ("code", "404")]) == 1 }
            #expect(fixture.metrics.value("millwright_http_requests_in_flight", [server]) == 0)
            #expect(fixture.metrics.value("millwright_http_connections", [server]) == 1)
            #expect((fixture.metrics.value("millwright_http_sent_bytes_total", [server]) ?? 0) > 100)
        }
    }

    @Test func aTakenPortIsRefusedWithAdvice() async throws {
        try await ServerFixture.serve(Self.echo) { fixture in
            let second = HTTPServer(loop: fixture.loop, port: fixture.port, handler: Self.echo)
            await #expect { try await second.start() } throws: { "\($0)".contains("127.0.0.1:\(fixture.port)") && "\($0)".contains("another process") }
            let nowhere = HTTPServer(loop: fixture.loop, address: "not-an-address", handler: Self.echo)
            await #expect { try await nowhere.start() } throws: { "\($0)".contains("numeric IP address") }
        }
    }
}
