import HTTPClient
import HTTPMessages
import HTTPServer
import Kernel
import TestSupport
import Testing

@Suite struct HostileBytesTests {
    /// Whatever comes, it is answered with an error or cut, and everyone else is served.
    @Test func bytesWithoutSenseHurtNobody() async throws {
        let handled = Flag()
        try await ServerFixture.serve({ request in
            handled.raise()
            return .text("\(request.body.count)")
        }) { fixture in
            let seed = UInt64.random(in: 0...UInt64.max)
            var generator = SeededGenerator(seed: seed)
            let parts = [
                "GET / HTTP/1.1\r\n", "POST /x HTTP/1.1\r\n", "Host: x\r\n", "\r\n", "\n", "\u{0}", "Content-Length: 5\r\n", "Content-Length: 99999999999\r\n",
                "Transfer-Encoding: chunked\r\n", "5\r\nhello\r\n", "0\r\n\r\n", "hello", "Expect: 100-continue\r\n", "Connection: close\r\n", "HTTP/1.1 200 OK\r\n\r\n",
                String(repeating: "x", count: 5000), "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}",
            ]
            for _ in 0..<300 {
                let socket = try RawSocket(port: fixture.port)
                var text = ""
                for _ in 0..<Int.random(in: 1...8, using: &generator) { text += parts[Int.random(in: 0..<parts.count, using: &generator)] }
                do { try await socket.send(text) } catch {}
                socket.endWriting()
                try await eventually("an answer or the end for \(text.prefix(200).debugDescription), seed \(seed)") {
                    while !socket.isEnded, socket.poll() {}
                    return socket.isEnded
                }
                #expect(socket.received.isEmpty || socket.text.hasPrefix("HTTP/1.1 "), "seed \(seed)")
            }
            let reply = try await fixture.client().send(HTTPRequest("POST", "/", body: [1, 2, 3]))
            #expect(reply.text == "3", "seed \(seed)")
        }
    }
}
