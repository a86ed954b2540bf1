import HTTPMessages
import Testing

@Suite struct RequestParserTests {
    private struct Seen: Equatable {
        var requests: [String] = []
        var failure: HTTPParseFailure?
    }

    /// What a parser makes of the bytes when they come in pieces of that size.
    private func parse(_ text: String, pieces: Int) -> Seen {
        var parser = HTTPRequestParser(maximumHeadBytes: 1000)
        var seen = Seen()
        var current: (HTTPRequest, HTTPRequestFraming)?
        let bytes = Array(text.utf8)
        for start in stride(from: 0, to: bytes.count, by: pieces) {
            bytes[start..<min(start + pieces, bytes.count)].withUnsafeBytes { parser.append($0) }
            do {
                while let event = try parser.next() {
                    switch event {
                    case .head(let request, let framing): current = (request, framing)
                    case .body(let part): current?.0.body += part
                    case .end:
                        guard let (request, framing) = current else { continue }
                        let fields = request.headers.fields.map { "\($0.name)=\($0.value)" }.joined(separator: ",")
                        seen.requests.append("\(request.method) \(request.target) \(fields) \(String(decoding: request.body, as: UTF8.self)) keep=\(framing.keepsAlive)")
                        current = nil
                    }
                }
            } catch {
                seen.failure = error
                return seen
            }
        }
        return seen
    }

    @Test func requestsReadTheSameHoweverTheyAreCut() {
        let text =
            "GET /a?b=c HTTP/1.1\r\nHost: x\r\nX-Y:  spaced out \t\r\n\r\n"
            + "\r\nPOST /p HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello"
            + "PUT /c HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: Chunked\r\nConnection: close\r\n\r\n5;ext=1\r\nhello\r\n006\r\n world\r\n0\r\nTrailer: x\r\n\r\n"
            + "OPTIONS * HTTP/1.0\r\n\r\n"
            + "GET http://host/x HTTP/1.1\r\nHost: host\r\n\r\n"
        let expected = [
            "GET /a?b=c Host=x,X-Y=spaced out  keep=true", "POST /p Host=x,Content-Length=5 hello keep=true",
            "PUT /c Host=x,Transfer-Encoding=Chunked,Connection=close hello world keep=false", "OPTIONS *   keep=false", "GET /x Host=host  keep=true",
        ]
        for pieces in 1...text.utf8.count {
            #expect(parse(text, pieces: pieces) == Seen(requests: expected), "in pieces of \(pieces)")
        }
    }

    /// Found by fuzzing: cut just before its end, a head of the greatest length was refused.
    @Test(arguments: [997, 998, 999, 1000, 1001]) func aHeadAtTheBoundIsTakenOrRefusedHoweverItIsCut(_ size: Int) {
        let start = "GET / HTTP/1.1\r\nHost: x\r\nX: "
        let text = start + String(repeating: "a", count: size - start.utf8.count) + "\r\n\r\n"
        for pieces in [1, 2, 3, size + 1, size + 2, size + 3, size + 4] {
            let seen = parse(text, pieces: pieces)
            #expect((seen.failure == nil) == (size <= 1000) && seen.requests.count == (size <= 1000 ? 1 : 0), "\(size) bytes in pieces of \(pieces)")
        }
    }

    @Test(arguments: [
        "GET / HTTP/1.1\nHost: x\n\n\r\n\r\n", "GET / HTTP/1.1\r\nHost : x\r\n\r\n", "GET / HTTP/1.1\r\n Host: x\r\n\r\n", "GET / HTTP/1.1\r\nHost: x\r\n folded\r\n\r\n",
        "GET / HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", "GET /\r\n\r\n", "GET  HTTP/1.1\r\nHost: x\r\n\r\n", "GET /a b HTTP/1.1\r\nHost: x\r\n\r\n",
        "G\u{0}T / HTTP/1.1\r\nHost: x\r\n\r\n", "GET /\u{E9} HTTP/1.1\r\nHost: x\r\n\r\n", "GET / HTTP/1.1\r\nHost: x\r\nA: \u{0}\r\n\r\n", "GET / HTTP/1.1\r\nHost: x\r\n: v\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nNo-Colon\r\n\r\n", "GET / FTP/1.1\r\nHost: x\r\n\r\n", "GET x HTTP/1.1\r\nHost: x\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5, 6\r\n\r\n", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: +1\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0x5\r\n\r\n", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\n", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length:\r\n\r\n",
        "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n", "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabc\r\n", "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\nab\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n", "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n 5\r\nhello\r\n",
    ]) func whatTwoPartiesCouldReadDifferentlyIsRefused(_ text: String) {
        for pieces in [1, 3, 7, 10_000] {
            guard case .malformed? = parse(text, pieces: pieces).failure else {
                Issue.record("read in pieces of \(pieces): \(parse(text, pieces: pieces))")
                return
            }
        }
    }

    @Test func versionsAndCodingsThatAreNotServedAreToldApart() {
        #expect(parse("GET / HTTP/2.0\r\nHost: x\r\n\r\n", pieces: 9).failure == .unsupportedVersion)
        #expect(parse("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", pieces: 9).failure == .unsupportedTransferCoding)
        #expect(parse("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: identity\r\n\r\n", pieces: 9).failure == .unsupportedTransferCoding)
    }

    @Test func aHeadWithoutEndIsBounded() {
        let text = "GET / HTTP/1.1\r\nHost: x\r\n" + String(repeating: "A: b\r\n", count: 10_000)
        for pieces in [1, 100, 5000, 100_000] { #expect(parse(text, pieces: pieces).failure == .headersTooLarge(limit: 1000)) }
        let many = "GET / HTTP/1.1\r\nHost: x\r\n" + String(repeating: "A:\r\n", count: 240) + "\r\n"
        #expect(parse(many, pieces: 100).failure == .malformed("more than 200 header fields"))
    }

    @Test func randomBytesNeverTrapAndNeverRunAway() {
        var generator = SeededGenerator(seed: 7)
        let pieces = ["GET ", "POST ", "/", " HTTP/1.1", "\r\n", "\r", "\n", "Host: x", ":", "Content-Length: 3", "Transfer-Encoding: chunked", "5\r\nhello\r\n", "0\r\n\r\n", "abc", "\u{0}", "é", " "]
        for _ in 0..<3000 {
            var text = ""
            for _ in 0..<Int.random(in: 1...14, using: &generator) { text += pieces[Int.random(in: 0..<pieces.count, using: &generator)] }
            let whole = parse(text, pieces: 100_000)
            for size in [1, 2, 5] {
                let cut = parse(text, pieces: size)
                #expect(cut == whole, "\(text.debugDescription) in pieces of \(size)")
            }
        }
    }
}

/// SplitMix64.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
