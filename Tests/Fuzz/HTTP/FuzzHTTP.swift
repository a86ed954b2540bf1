import Fuzzing
import HTTPMessages

/// What a parser made of a stream of requests.
struct RequestsSeen: Equatable {
    var requests: [String] = []
    var bodyBytes = 0
    var failure: HTTPParseFailure?

    /// - Parameter piece: how many bytes arrive at a time.
    init(_ bytes: [UInt8], piece: Int) {
        var parser = HTTPRequestParser(maximumHeadBytes: 2000)
        for start in stride(from: 0, to: bytes.count, by: piece) {
            bytes[start..<min(start + piece, bytes.count)].withUnsafeBytes { parser.append($0) }
            do throws(HTTPParseFailure) {
                while let event = try parser.next() {
                    switch event {
                    case .head(let request, let framing):
                        let fields = request.headers.fields.map { "\($0.name)=\($0.value)" }
                        requests.append("\(request.method) \(request.target) \(fields) \(framing)")
                        _ = request.query
                    case .body(let part): bodyBytes += part.count
                    case .end: requests.append("end after \(bodyBytes)")
                    }
                }
            } catch {
                failure = error
                return
            }
        }
    }
}

/// A stream of requests reads the same whether it comes in one piece, byte by byte, or in threes.
@_cdecl("LLVMFuzzerTestOneInput") public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = FuzzInput(start, count).bytes
    guard !bytes.isEmpty else { return 0 }
    let whole = RequestsSeen(bytes, piece: bytes.count)
    for piece in [1, 3] {
        let cut = RequestsSeen(bytes, piece: piece)
        require(cut == whole, "in pieces of \(piece): \(cut), whole: \(whole)")
    }
    do throws(HTTPParseFailure) { _ = try HTTPResponseHead.read(bytes) } catch {}
    return 0
}
