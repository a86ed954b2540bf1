import EventLoop
import Glibc
import HTTPClient
import HTTPMessages
import HTTPServer
import Kernel
import Testing

@Suite struct RoundTripTests {
    @Test(arguments: [HandlerPlacement.pool, .loop]) func requestAndReplyTravelWhole(_ placement: HandlerPlacement) async throws {
        try await ServerFixture.serve(
            placement: placement,
            { request in
                HTTPReply(
                    status: 201, headers: ["X-Method": request.method, "X-Target": request.target, "X-Echo": request.headers["X-Sent"] ?? ""],
                    body: .bytes(request.body))
            }
        ) { fixture in
            let client = fixture.client()
            for method in ["POST", "PUT", "PATCH", "DELETE"] {
                let body = Array(repeating: UInt8(ascii: "a"), count: 100_000)
                let reply = try await client.send(HTTPRequest(method, "/a%2Fb/../c?x=1&y=%20#", headers: ["X-Sent": "v", "X-Empty": ""], body: body))
                #expect(reply.status == 201)
                #expect(reply.headers["x-method"] == method)
                #expect(reply.headers["X-Target"] == "/a%2Fb/../c?x=1&y=%20#")
                #expect(reply.headers["X-Echo"] == "v")
                #expect(reply.body == body)
            }
            let head = try await client.send(HTTPRequest("HEAD", "/"))
            #expect(head.status == 201 && head.body.isEmpty)
            let get = try await client.send(HTTPRequest("GET", "/"))
            #expect(get.headers["Content-Length"] == "0")
        }
    }

    @Test func theHandlerRunsWhereItIsPlaced() async throws {
        let onLoop: HTTPHandler = { _ in
            let isThere = ServerFixture.loop.isInLoop
            return HTTPReply(status: 200, body: .stream { writer in
                let away = await offLoop { ServerFixture.loop.isInLoop }
                try await writer.write(Array("\(isThere) \(ServerFixture.loop.isInLoop) \(away)".utf8))
            })
        }
        for (placement, get, post) in [
            (HandlerPlacement.pool, "false false false", "false false false"), (.loop, "true true false", "true true false"),
            (.loopWhen { $0.method == "GET" }, "true true false", "false false false"),
        ] {
            try await ServerFixture.serve(placement: placement, onLoop) { fixture in
                for _ in 0..<3 {
                    let got = try await fixture.client().send(HTTPRequest("GET", "/"))
                    #expect(got.text == get)
                    let posted = try await fixture.client().send(HTTPRequest("POST", "/"))
                    #expect(posted.text == post)
                }
            }
        }
    }

    @Test func aStreamComesPieceByPiece() async throws {
        try await ServerFixture.serve({ _ in
            HTTPReply(status: 200, body: .stream { writer in
                for index in 0..<5 { try await writer.write(Array("line \(index)\n".utf8)) }
            })
        }) { fixture in
            let stream = try await fixture.client().stream(HTTPRequest("GET", "/"))
            #expect(stream.status == 200)
            let body = try await stream.collect()
            #expect(String(decoding: body, as: UTF8.self) == "line 0\nline 1\nline 2\nline 3\nline 4\n")
        }
    }

    @Test func unixSocketsWork() async throws {
        let path = "/tmp/mw-net-\(getpid())-\(UInt32.random(in: 0...UInt32.max)).sock"
        try await ServerFixture.serve(address: path, { .text($0.peer.address + "ok") }) { _ in
            let client = HTTPClient(loop: ServerFixture.loop, endpoint: .unix(path))
            let reply = try await client.send(HTTPRequest("GET", "/x"))
            #expect(reply.text == "ok")
        }
        #expect(access(path, F_OK) != 0)
    }

    @Test func aRefusedConnectionIsUnreachable() async throws {
        let client = HTTPClient(loop: ServerFixture.loop, endpoint: .unix("/tmp/mw-nobody-\(getpid()).sock"))
        await #expect { try await client.send(HTTPRequest("POST", "/x")) } throws: { error in
            guard case .unreachable? = error as? HTTPClientError else { return false }
            return true
        }
    }
}
