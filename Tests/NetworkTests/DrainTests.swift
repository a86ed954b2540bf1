import HTTPClient
import HTTPMessages
import HTTPServer
import Kernel
import TestSupport
import Testing

@Suite struct DrainTests {
    @Test func requestsUnderWayFinishAndNewOnesAreRefused() async throws {
        let begun = Flag()
        let gate = Broadcast()
        try await ServerFixture.serve({ request in
            begun.raise()
            if request.target == "/slow" { await gate.wait() }
            return .text("done")
        }) { fixture in
            let client = fixture.client()
            let idle = try RawSocket(port: fixture.port)
            try await idle.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            try await idle.expect("done")
            let slow = Task { try await client.send(HTTPRequest("GET", "/slow")) }
            try await eventually("it is under way") { begun.count == 2 }
            let drained = Flag()
            let drain = Task {
                await fixture.server.drain(grace: .seconds(60))
                drained.raise()
            }
            try await idle.expectEnd()
            await #expect { try await fixture.client().send(HTTPRequest("GET", "/")) } throws: { if case .unreachable? = $0 as? HTTPClientError { true } else { false } }
            #expect(!drained.isRaised)
            await gate.send()
            let reply = try await slow.value
            #expect(reply.text == "done" && reply.headers["Connection"] == nil)
            await drain.value
        }
    }

    @Test func streamsAreAskedToEndAndEndWhole() async throws {
        let open = Flag()
        try await ServerFixture.serve({ _ in
            HTTPReply(status: 200, body: .stream { writer in
                try await writer.write(Array("begin ".utf8))
                open.raise()
                do { try await Task.sleep(for: .seconds(600)) } catch {}
                try await writer.write(Array("end".utf8))
            })
        }) { fixture in
            let first = try await fixture.client().stream(HTTPRequest("GET", "/"))
            let second = try await fixture.client().stream(HTTPRequest("GET", "/"))
            try await eventually("both are open") { open.count == 2 }
            await fixture.server.drain(grace: .seconds(60), streamGrace: .milliseconds(50))
            for stream in [first, second] {
                let body = try await stream.collect()
                #expect(String(decoding: body, as: UTF8.self) == "begin end")
            }
        }
    }

    @Test func whatDoesNotEndWithinTheGraceIsCut() async throws {
        let open = Flag()
        let gate = Broadcast()
        try await ServerFixture.serve({ _ in
            open.raise()
            await gate.wait()
            return .text("late")
        }) { fixture in
            let client = fixture.client()
            let waiting = Task { try await client.send(HTTPRequest("GET", "/")) }
            try await eventually("it is under way") { open.isRaised }
            await fixture.server.drain(grace: .milliseconds(50))
            await #expect { try await waiting.value } throws: { if case .connectionLost? = $0 as? HTTPClientError { true } else { false } }
            await gate.send()
        }
    }
}
