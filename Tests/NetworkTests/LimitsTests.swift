import HTTPClient
import HTTPMessages
import HTTPServer
import Kernel
import TestSupport
import Testing

/// Clients that are too large, too slow or too many; the server's word to each of them.
@Suite struct LimitsTests {
    private static let ok: HTTPHandler = { request in .text("\(request.body.count)") }

    @Test func aBodyOverTheBoundIsAnsweredWithTheReplyOfTheServer() async throws {
        var limits = HTTPLimits()
        limits.maximumBodyBytes = 1000
        limits.bodyLimit = { $0.target == "/small" ? 10 : 1 << 30 }
        limits.oversizeReply = HTTPReply(status: 413, contentType: "application/json", Array(#"{"kind":"Status"}"#.utf8))
        try await ServerFixture.serve(limits: limits, Self.ok) { fixture in
            let client = fixture.client()
            for (target, size, status) in [("/", 1000, 200), ("/", 1001, 413), ("/small", 10, 200), ("/small", 11, 413), ("/", 3_000_000, 413)] {
                let reply = try await client.send(HTTPRequest("POST", target, body: Array(repeating: 1, count: size)))
                #expect(reply.status == status, "\(target) \(size)")
                if status == 413 { #expect(reply.text == #"{"kind":"Status"}"# && reply.headers["Connection"] == "close") }
            }
            let socket = try RawSocket(port: fixture.port)
            try await socket.send("POST /small HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n8\r\n12345678\r\n8\r\n12345678\r\n")
            try await socket.expect("HTTP/1.1 413 ")
            socket.close()
        }
    }

    @Test func malformedAndOversizedHeadsGetAnAnswer() async throws {
        try await ServerFixture.serve(Self.ok) { fixture in
            for (text, answer) in [
                ("nonsense\r\n\r\n", "HTTP/1.1 400 Bad Request"), ("GET / HTTP/1.1\r\n\r\n", "HTTP/1.1 400 "), ("GET / HTTP/3.0\r\nHost: x\r\n\r\n", "HTTP/1.1 505 "),
                ("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: br\r\n\r\n", "HTTP/1.1 501 "),
                ("GET / HTTP/1.1\r\nHost: x\r\nA: " + String(repeating: "b", count: 100_000), "HTTP/1.1 431 "),
            ] {
                let socket = try RawSocket(port: fixture.port)
                try await socket.send(text)
                try await socket.expect(answer)
                try await socket.expectEnd()
            }
        }
    }

    @Test func slowClientsAreCutAndOthersNot() async throws {
        var limits = HTTPLimits()
        limits.headTimeout = .seconds(2)
        limits.bodyTimeout = .seconds(2)
        limits.keepAliveTimeout = .seconds(2)
        let gate = Broadcast()
        try await ServerFixture.serve(limits: limits, { request in
            HTTPReply(status: 200, body: .stream { writer in
                try await writer.write(Array("first".utf8))
                if request.target == "/watch" { await gate.wait() }
                try await writer.write(Array("last".utf8))
            })
        }) { fixture in
            let watch = try RawSocket(port: fixture.port)
            try await watch.send("GET /watch HTTP/1.1\r\nHost: x\r\n\r\n")
            // Drips: each byte comes in time, the whole doesn't.
            let head = try RawSocket(port: fixture.port)
            let body = try RawSocket(port: fixture.port)
            let silent = try RawSocket(port: fixture.port)
            let idle = try RawSocket(port: fixture.port)
            try await head.send("GET / HTTP/1.1\r\nHost: x\r\n")
            try await body.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n")
            try await idle.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            try await idle.expect("last")
            try await eventually("both are cut") {
                for socket in [head, body] where !socket.isEnded {
                    do { try await socket.send("x") } catch {}
                    socket.poll()
                }
                return head.isEnded && body.isEnded
            }
            #expect(head.text.isEmpty || head.text.hasPrefix("HTTP/1.1 408 "))
            try await silent.expectEnd()
            try await idle.expectEnd()
            #expect(silent.text.isEmpty)
            // The stream lives on past every bound.
            await gate.send()
            try await watch.expect("last")
        }
    }

    @Test func theNumberOfConnectionsIsBounded() async throws {
        var limits = HTTPLimits()
        limits.maximumConnections = 5
        let hanging = Flag()
        try await ServerFixture.serve(limits: limits, { request in
            guard request.target == "/hang" else { return .text("ok") }
            hanging.raise()
            do { try await Task.sleep(for: .seconds(60)) } catch {}
            return .text("late")
        }) { fixture in
            var busy: [RawSocket] = []
            for _ in 0..<4 {
                let socket = try RawSocket(port: fixture.port)
                try await socket.send("GET /hang HTTP/1.1\r\nHost: x\r\n\r\n")
                busy.append(socket)
            }
            let idle = try RawSocket(port: fixture.port)
            try await idle.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            try await idle.expect("ok")
            // The idle one makes room.
            let last = try RawSocket(port: fixture.port)
            try await last.send("GET /hang HTTP/1.1\r\nHost: x\r\n\r\n")
            try await idle.expectEnd()
            try await eventually("none is idle") { hanging.count == 5 }
            let surplus = try RawSocket(port: fixture.port)
            try await surplus.expectEnd()
            busy[0].close()
            try await eventually("room again") {
                let again = try RawSocket(port: fixture.port)
                do { try await again.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n") } catch { return false }
                while !again.isEnded, !again.text.contains("ok") { if !again.poll() { try await Task.sleep(for: .milliseconds(1)) } }
                return again.text.contains("ok")
            }
        }
    }

    @Test func aReaderThatTakesNothingIsDropped() async throws {
        var limits = HTTPLimits()
        limits.writeTimeout = .seconds(1)
        let cancelled = Flag()
        try await ServerFixture.serve(limits: limits, { _ in
            HTTPReply(status: 200, body: .stream { writer in
                defer { cancelled.raise() }
                while true { try await writer.write(Array(repeating: 0, count: 100_000)) }
            })
        }) { fixture in
            let socket = try RawSocket(port: fixture.port)
            try await socket.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            try await eventually("the stream's end") { cancelled.isRaised }
            try await eventually("the metric") { fixture.metrics.value("millwright_http_rejected_total", [("server", "http"), ("reason", "slow-reader")]) == 1 }
        }
    }
}

/// A client that goes on asking while its first request is unanswered must not fill the memory.
@Suite struct PipelineFloodTests {
    @Test func inputIsTakenOnlyAsFarAsItIsWanted() async throws {
        let begun = Flag()
        let gate = Broadcast()
        try await ServerFixture.serve({ request in
            if request.target == "/first" {
                begun.raise()
                await gate.wait()
            }
            return .text("\(request.body.count)")
        }) { fixture in
            let socket = try RawSocket(port: fixture.port)
            try await socket.send("POST /first HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n")
            try await eventually("it is under way") { begun.isRaised }
            let flood = Array("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n".utf8) + Array(repeating: 7, count: 1_000_000)
            let sending = Task { for _ in 0..<30 { try await socket.send(flood) } }
            let server = ("server", "http")
            var last = -1.0
            try await eventually("the server stops reading") {
                let received = fixture.metrics.value("millwright_http_received_bytes_total", [server]) ?? 0
                defer { last = received }
                try await Task.sleep(for: .milliseconds(1100))
                return received > 0 && received == last
            }
            #expect(last < 2_000_000)
            await gate.send()
            try await sending.value
            try await eventually("all are answered") {
                socket.poll()
                return socket.text.split(separator: "HTTP/1.1 200 OK").count == 31
            }
        }
    }
}
