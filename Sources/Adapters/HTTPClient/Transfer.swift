import CCurl
import EventLoop
import HTTPMessages
import Kernel
import Platform

/// One request on its way: what libcurl's callbacks fill, and who waits for it.
///
/// `@unchecked Sendable`: touched on the loop's thread only, by `CurlMulti` (an actor pinned there) and by libcurl's callbacks, which
/// run inside its calls.
final class Transfer: @unchecked Sendable {
    /// What is kept of a reply before its reader must ask.
    static let highWater = 256 << 10

    enum Mode {
        /// Collect the body up to the limit.
        case whole(limit: Int)
        /// Queue the body for a reader.
        case pieces
        /// Only make a connection, for raw bytes.
        case connection
    }

    let mode: Mode
    let isRepeatable: Bool
    var easy: UnsafeMutableRawPointer?
    var lists: [UnsafeMutablePointer<curl_slist>] = []
    /// libcurl writes its message here; it lives as long as the handle is in use.
    let errorBuffer = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))

    /// How often the request was about to be sent.
    var attempts = 0
    var status = 0
    var headers = HTTPHeaders()
    var hasHead = false
    var body: [UInt8] = []
    var pieces: [[UInt8]] = []
    var queued = 0
    var isPaused = false
    var limitExceeded = false
    var result: Result<Void, HTTPClientError>?
    var lastActivity = MonotonicInstant(nanoseconds: 0)
    var idleTimer: EventLoopTimer?

    var waitingForHead: CheckedContinuation<Result<OpenTransfer, HTTPClientError>, Never>?
    var waitingForPiece: CheckedContinuation<Result<[UInt8]?, HTTPClientError>, Never>?
    var waitingForAll: CheckedContinuation<Result<HTTPResponse, HTTPClientError>, Never>?

    var waitingForConnection: CheckedContinuation<Result<Void, HTTPClientError>, Never>?

    var upload: UploadQueue?

    init(mode: Mode, isRepeatable: Bool) {
        self.mode = mode
        self.isRepeatable = isRepeatable
        errorBuffer.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    }

    deinit { errorBuffer.deallocate() }

    var open: OpenTransfer { OpenTransfer(transfer: self, status: status, headers: headers) }
    var response: HTTPResponse { HTTPResponse(status: status, headers: headers, body: body) }

    // MARK: libcurl's callbacks

    /// A header line, the status line included.
    func header(_ line: UnsafeRawBufferPointer) {
        let text = String(decoding: line, as: UTF8.self)
        if text.hasPrefix("HTTP/") {
            // Of an interim answer nothing is kept.
            status = text.split(separator: " ", maxSplits: 2).dropFirst().first.flatMap { Int($0.prefix(3)) } ?? 0
            headers = HTTPHeaders()
        } else if line.count <= 2 {
            guard status >= 200 || status == 101 else { return }
            hasHead = true
            lastActivity = SystemClocks().monotonic
            waitingForHead?.resume(returning: .success(open))
            waitingForHead = nil
        } else if !hasHead, let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")) {
            headers.add(String(text[..<colon]), Self.trimmed(text[text.utf8.index(after: colon)...]))
        }
    }

    /// A part of the body; what libcurl is to be told.
    func received(_ bytes: UnsafeRawBufferPointer) -> Int {
        lastActivity = SystemClocks().monotonic
        switch mode {
        case .whole(let limit):
            guard body.count + bytes.count <= limit else {
                limitExceeded = true
                return 0
            }
            body.append(contentsOf: bytes)
        case .connection: break
        case .pieces:
            if let reader = waitingForPiece {
                waitingForPiece = nil
                reader.resume(returning: .success(Array(bytes)))
                return bytes.count
            }
            guard queued < Self.highWater else {
                isPaused = true
                return Int(CURL_WRITEFUNC_PAUSE)
            }
            pieces.append(Array(bytes))
            queued += bytes.count
        }
        return bytes.count
    }

    private static func trimmed(_ text: Substring) -> String {
        var text = text.utf8
        while let first = text.first, first == 0x20 || first == 0x09 { text.removeFirst() }
        while let last = text.last, last <= 0x20 { text.removeLast() }
        return String(Substring(text))
    }
}

/// A transfer whose reply's head is there.
struct OpenTransfer: Sendable {
    let transfer: Transfer
    let status: Int
    let headers: HTTPHeaders
}
