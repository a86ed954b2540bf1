import Crypto
import HTTPClient
import HTTPMessages
import HTTPServer
import Kernel
import TestSupport
import Testing

@Suite struct UpgradeTests {
    /// Says back what it hears, then, after the client's end, how much that was.
    private static let echo: HTTPHandler = { request in
        guard request.headers["Upgrade"] == "echo" else {
            return HTTPReply(status: 426, headers: ["Upgrade": "echo"], body: .bytes(Array("say Upgrade: echo".utf8)))
        }
        return HTTPReply(status: 101, headers: ["Upgrade": "echo"], body: .upgrade { channel in
            var total = 0
            do {
                while let bytes = try await channel.read() {
                    total += bytes.count
                    try await channel.write(bytes)
                }
                try await channel.write(Array("end \(total)".utf8))
            } catch {}
        })
    }

    private func exchange(_ client: HTTPClient) async throws {
        let (response, channel) = try await client.upgrade(HTTPRequest("POST", "/exec", headers: ["Upgrade": "echo"], body: Array("body".utf8)))
        #expect(response.status == 101 && response.headers["Upgrade"] == "echo")
        let sent = (0..<40).map { index in Array(repeating: UInt8(index), count: 100_000) }
        async let writing: Void = {
            for piece in sent { try await channel.write(piece) }
            await channel.closeWriting()
        }()
        var heard: [UInt8] = []
        while let bytes = try await channel.read() { heard += bytes }
        try await writing
        #expect(heard == sent.concatenated() + Array("end 4000000".utf8))
        await channel.close()
    }

    @Test func bytesTravelBothWaysUntilBothEnd() async throws {
        try await ServerFixture.serve(Self.echo) { fixture in
            let client = fixture.client()
            for _ in 0..<3 { try await exchange(client) }
            // The client's ordinary connections go on.
            let reply = try await client.send(HTTPRequest("GET", "/"))
            #expect(reply.status == 426)
        }
    }

    @Test func overTLSAsWell() async throws {
        let pki = try TestPKI()
        try await ServerFixture.serve(tls: pki.serverTLS, Self.echo) { fixture in
            try await exchange(fixture.client(tls: pki.clientTLS(pki.client)))
        }
    }

    @Test func anOrdinaryAnswerIsGivenBackWhole() async throws {
        try await ServerFixture.serve({ request in
            request.target == "/chunked" ? HTTPReply(status: 500, body: .stream { try await $0.write(Array("in pieces".utf8)) }) : .text("whole", status: 404)
        }) { fixture in
            for (target, status, text) in [("/", 404, "whole"), ("/chunked", 500, "in pieces")] {
                await #expect { try await fixture.client().upgrade(HTTPRequest("POST", target, headers: ["Upgrade": "x"])) } throws: { error in
                    guard case .notUpgraded(let reply)? = error as? HTTPClientError else { return false }
                    return reply.status == status && reply.text == text
                }
            }
        }
    }

    @Test func aServerThatNeverAnswersIsGivenUp() async throws {
        let asked = Flag()
        try await ServerFixture.serve({ request in
            if request.target == "/second" { asked.raise() }
            do { try await Task.sleep(for: .seconds(600)) } catch {}
            return .text("late")
        }) { fixture in
            await #expect { try await fixture.client().upgrade(HTTPRequest("POST", "/"), timeout: .milliseconds(100)) } throws: {
                if case .timeout? = $0 as? HTTPClientError { true } else { false }
            }
            let client = fixture.client()
            let waiting = Task { try await client.upgrade(HTTPRequest("POST", "/second"), timeout: .seconds(600)) }
            try await eventually("it is asked") { asked.isRaised }
            waiting.cancel()
            await #expect(throws: HTTPClientError.self) { try await waiting.value }
        }
    }

    @Test func aReaderThatIsCancelledIsWoken() async throws {
        let closed = Flag()
        let begun = Flag()
        try await ServerFixture.serve({ _ in
            HTTPReply(status: 101, headers: ["Upgrade": "x"], body: .upgrade { channel in
                do { while try await channel.read() != nil { begun.raise() } } catch {}
                closed.raise()
            })
        }) { fixture in
            let client = fixture.client()
            let reading = Task {
                let (_, channel) = try await client.upgrade(HTTPRequest("GET", "/", headers: ["Upgrade": "x"]))
                try await channel.write([1])
                return try await channel.read()
            }
            try await eventually("the channel is in use") { begun.isRaised }
            reading.cancel()
            await #expect(throws: HTTPClientError.self) { try await reading.value }
            // The channel was let go of with the task.
            try await eventually("the server sees the end") { closed.isRaised }
        }
    }
}
