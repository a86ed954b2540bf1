import HTTPClient
import HTTPMessages
import HTTPServer
import Kernel
import Platform
import TestSupport
import Testing

/// Replies that come in pieces, and clients that leave.
@Suite struct StreamTests {
    @Test func aSlowReaderSlowsTheWriterDown() async throws {
        let written = Flag()
        try await ServerFixture.serve({ _ in
            HTTPReply(status: 200, body: .stream { writer in
                for _ in 0..<3000 {
                    try await writer.write(Array(repeating: 7, count: 10_000))
                    written.raise()
                }
            })
        }) { fixture in
            let stream = try await fixture.client().stream(HTTPRequest("GET", "/"))
            // Socket buffers and both high water marks fill up; then the writer stands still.
            var last = -1
            try await eventually("the writer stands still") {
                defer { last = written.count }
                try await Task.sleep(for: .milliseconds(100))
                return written.count > 0 && written.count == last
            }
            #expect(written.count < 2500)
            var total = 0
            while let bytes = try await stream.next() { total += bytes.count }
            #expect(total == 30_000_000)
            #expect(written.count == 3000)
        }
    }

    @Test(arguments: [HandlerPlacement.pool, .loop]) func aClientThatLeavesCancelsItsHandler(_ placement: HandlerPlacement) async throws {
        let started = Flag()
        let cancelled = Flag()
        try await ServerFixture.serve(placement: placement, { request in
            @Sendable func hang() async {
                started.raise()
                do { try await Task.sleep(for: .seconds(600)) } catch { cancelled.raise() }
            }
            switch request.target {
            case "/stream":
                return HTTPReply(status: 200, body: .stream { writer in
                    try await writer.write(Array("begun".utf8))
                    await hang()
                })
            case "/upgrade":
                return HTTPReply(status: 101, headers: ["Upgrade": "x"], body: .upgrade { channel in
                    do {
                        while try await channel.read() != nil {}
                        started.raise()
                        cancelled.raise()
                    } catch {
                        started.raise()
                        cancelled.raise()
                    }
                })
            default:
                await hang()
                return .text("late")
            }
        }) { fixture in
            var expected = 0
            for target in ["/wait", "/stream", "/upgrade"] {
                for leave in [{ (socket: RawSocket) in socket.close() }, { $0.reset() }] {
                    let socket = try RawSocket(port: fixture.port)
                    try await socket.send("GET \(target) HTTP/1.1\r\nHost: x\r\n\r\n")
                    if target == "/stream" { try await socket.expect("begun") }
                    if target == "/upgrade" { try await socket.expect("101 Switching Protocols") }
                    if target != "/upgrade" { try await eventually("the handler has begun") { started.count > expected } }
                    leave(socket)
                    expected += 1
                    try await eventually("\(target) is cancelled") { cancelled.count == expected }
                }
            }
        }
    }

    @Test func ourClientGivesUpWhenItsTaskIsCancelled() async throws {
        let started = Flag()
        let cancelled = Flag()
        try await ServerFixture.serve({ request in
            if request.target == "/stream" {
                return HTTPReply(status: 200, body: .stream { writer in
                    try await writer.write([1])
                    started.raise()
                    do { try await Task.sleep(for: .seconds(600)) } catch { cancelled.raise() }
                })
            }
            started.raise()
            do { try await Task.sleep(for: .seconds(600)) } catch { cancelled.raise() }
            return .text("late")
        }) { fixture in
            let client = fixture.client()
            let waiting = Task { try await client.send(HTTPRequest("POST", "/wait"), timeout: .seconds(600)) }
            try await eventually("it is under way") { started.count == 1 }
            waiting.cancel()
            await #expect { try await waiting.value } throws: { if case .cancelled? = $0 as? HTTPClientError { true } else { false } }
            try await eventually("the handler is cancelled") { cancelled.count == 1 }

            let reading = Task {
                let stream = try await client.stream(HTTPRequest("GET", "/stream"))
                while try await stream.next() != nil {}
            }
            try await eventually("it is under way") { started.count == 2 }
            reading.cancel()
            await #expect { try await reading.value } throws: { if case .cancelled? = $0 as? HTTPClientError { true } else { false } }
            try await eventually("the handler is cancelled") { cancelled.count == 2 }

            // Letting go of the stream is enough.
            _ = try await client.stream(HTTPRequest("GET", "/stream"))
            try await eventually("the handler is cancelled") { cancelled.count == 3 }
            let late = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                return try await client.send(HTTPRequest("GET", "/wait"))
            }
            await #expect(throws: HTTPClientError.self) { try await late.value }
        }
    }

    @Test func twoThousandWatchersAllHearTheEvent() async throws {
        let count = 2000
        let news = Broadcast()
        let open = Flag()
        try await ServerFixture.serve({ _ in
            HTTPReply(status: 200, body: .stream { writer in
                try await writer.write(Array("hello\n".utf8))
                open.raise()
                await news.wait()
                try await writer.write(Array("news\n".utf8))
            })
        }) { fixture in
            let client = fixture.client()
            var streams: [HTTPStream] = []
            try await withThrowingTaskGroup(of: [HTTPStream].self) { group in
                for _ in 0..<20 {
                    group.addTask {
                        var streams: [HTTPStream] = []
                        for _ in 0..<(count / 20) { streams.append(try await client.stream(HTTPRequest("GET", "/"), headTimeout: .seconds(60))) }
                        return streams
                    }
                }
                for try await part in group { streams += part }
            }
            try await eventually("all are open") { open.count == count }
            try await eventually("the gauge") { fixture.metrics.value("millwright_http_connections", [("server", "http")]) == Double(count) }
            // Others are served meanwhile.
            await news.send()
            for stream in streams {
                let text = String(decoding: try await stream.collect(), as: UTF8.self)
                #expect(text == "hello\nnews\n")
            }
        }
    }

    @Test func anUploadComesFromAStreamWithBackpressure() async throws {
        let asked = Flag()
        var limits = HTTPLimits()
        limits.maximumBodyBytes = 64 << 20
        try await ServerFixture.serve(limits: limits, { request in .text("\(request.body.count) \(request.headers["Transfer-Encoding"] ?? "sized")") }) { fixture in
            let source = Flag()
            let reply = try await fixture.client().send(HTTPRequest("POST", "/load"), timeout: .seconds(60)) {
                asked.raise()
                source.raise()
                return source.count <= 100 ? Array(repeating: 1, count: 100_000) : nil
            }
            #expect(reply.text == "10000000 chunked")
            #expect(asked.count == 101)
            let small = Flag()
            let sized = try await fixture.client().send(HTTPRequest("PUT", "/load", headers: ["Content-Length": "6"]), timeout: .seconds(60)) {
                small.raise()
                return small.count <= 2 ? [1, 2, 3] : nil
            }
            #expect(sized.text == "6 sized")
        }
    }

    @Test func anUploadThatBreaksOffIsNoFinishedRequest() async throws {
        struct Failure: Error {}
        let handled = Flag()
        try await ServerFixture.serve({ _ in
            handled.raise()
            return .text("")
        }) { fixture in
            let asked = Flag()
            await #expect {
                try await fixture.client().send(HTTPRequest("POST", "/load"), timeout: .seconds(60)) {
                    asked.raise()
                    if asked.count > 3 { throw Failure() }
                    return [1, 2, 3]
                }
            } throws: { if case .invalidRequest? = $0 as? HTTPClientError { true } else { false } }
            #expect(handled.count == 0)
            // A server that answers before it has read all ends the upload.
            var limits = HTTPLimits()
            limits.maximumBodyBytes = 1000
            try await ServerFixture.serve(limits: limits, { _ in .text("") }) { fixture in
                let reply = try await fixture.client().send(HTTPRequest("POST", "/load"), timeout: .seconds(60)) { Array(repeating: 1, count: 1000) }
                #expect(reply.status == 413)
            }
        }
    }
}

/// One event for many waiters.
actor Broadcast {
    private var isSent = false
    private var waiting: [CheckedContinuation<Void, Never>] = []

    func wait() async {
        if isSent { return }
        await withCheckedContinuation { waiting.append($0) }
    }

    func send() {
        isSent = true
        for one in waiting { one.resume() }
        waiting = []
    }
}
