import EventLoop
import HTTPClient
import HTTPMessages
import HTTPServer
import Kernel
import TestSupport
import Testing

/// Clients that leave at any moment, thousands of times: nothing of theirs stays, and others are served.
@Suite struct DisconnectStressTests {
    private static let handler: HTTPHandler = { request in
        switch request.target {
        case "/stream":
            return HTTPReply(status: 200, body: .stream { writer in
                for _ in 0..<20 {
                    try await writer.write(Array(repeating: 65, count: 20_000))
                    await Task.yield()
                }
            })
        case "/large": return HTTPReply(status: 200, body: .bytes(Array(repeating: 66, count: 500_000)))
        case "/upgrade":
            return HTTPReply(status: 101, headers: ["Upgrade": "x"], body: .upgrade { channel in
                do { while let bytes = try await channel.read() { try await channel.write(bytes) } } catch {}
            })
        default:
            await Task.yield()
            return .text("ok")
        }
    }

    @Test(arguments: [HandlerPlacement.pool, .loop]) func inTheClear(_ placement: HandlerPlacement) async throws {
        try await ServerFixture.serve(placement: placement, Self.handler) { fixture in
            let seed = UInt64.random(in: 0...UInt64.max)
            await withTaskGroup(of: Void.self) { group in
                for lane in 0..<8 {
                    group.addTask {
                        var generator = SeededGenerator(seed: seed &+ UInt64(lane))
                        for _ in 0..<150 { await Self.misbehave(fixture.port, &generator) }
                    }
                }
            }
            try await Self.expectNothingLeft(fixture, seed)
            let reply = try await fixture.client().send(HTTPRequest("GET", "/"))
            #expect(reply.text == "ok", "seed \(seed)")
        }
    }

    @Test func overTLS() async throws {
        let pki = try TestPKI()
        try await ServerFixture.serve(tls: pki.serverTLS, Self.handler) { fixture in
            let seed = UInt64.random(in: 0...UInt64.max)
            let client = fixture.client(tls: pki.clientTLS(pki.client))
            await withTaskGroup(of: Void.self) { group in
                for lane in 0..<8 {
                    group.addTask {
                        var generator = SeededGenerator(seed: seed &+ UInt64(lane))
                        for _ in 0..<40 {
                            // Some speak no TLS at all, some leave in the handshake.
                            if Int.random(in: 0..<3, using: &generator) == 0 { await Self.misbehave(fixture.port, &generator) }
                            let target = ["/", "/stream", "/large"][Int.random(in: 0..<3, using: &generator)]
                            let delay = Int.random(in: 0..<8000, using: &generator)
                            let task = Task { try await client.send(HTTPRequest("GET", target), timeout: .seconds(60)) }
                            do { try await Task.sleep(for: .microseconds(delay)) } catch {}
                            task.cancel()
                            switch await task.result {
                            case .success(let reply): #expect(reply.status == 200)
                            case .failure(let error):
                                if case .cancelled? = error as? HTTPClientError {} else { Issue.record("\(error), seed \(seed)") }
                            }
                        }
                    }
                }
            }
            let reply = try await client.send(HTTPRequest("GET", "/"))
            #expect(reply.text == "ok", "seed \(seed)")
            try await Self.expectNothingLeft(fixture, seed, connections: 8)
        }
    }

    private static func misbehave(_ port: Int, _ generator: inout SeededGenerator) async {
        let targets = ["/", "/stream", "/large", "/upgrade"]
        let target = targets[Int.random(in: 0..<4, using: &generator)]
        let body = Int.random(in: 0..<3000, using: &generator)
        let text = "POST \(target) HTTP/1.1\r\nHost: x\r\nContent-Length: \(body)\r\n\r\n" + String(repeating: "x", count: body)
        let isWhole = Bool.random(using: &generator)
        let part = isWhole ? text.utf8.count : Int.random(in: 0..<text.utf8.count, using: &generator)
        do {
            let socket = try RawSocket(port: port)
            try await socket.send(Array(text.utf8.prefix(part)))
            for _ in 0..<Int.random(in: 0..<4, using: &generator) {
                socket.poll()
                await Task.yield()
            }
            switch Int.random(in: 0..<3, using: &generator) {
            case 0: socket.reset()
            case 1: socket.endWriting()
            default: socket.close()
            }
        } catch {
            // The server may cut first.
        }
    }

    private static func expectNothingLeft(_ fixture: ServerFixture, _ seed: UInt64, connections: Double = 0) async throws {
        let server = ("server", "http")
        try await eventually("nothing is in flight; seed \(seed)") { fixture.metrics.value("millwright_http_requests_in_flight", [server]) == 0 }
        try await eventually("no connection is left; seed \(seed)") { (fixture.metrics.value("millwright_http_connections", [server]) ?? 99) <= connections }
    }
}
