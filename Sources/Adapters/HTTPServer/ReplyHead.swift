import HTTPMessages

/// Writes the head of a reply as it goes on the wire.
enum ReplyHead {
    enum Length {
        case known(Int)
        case chunked
        /// Until the connection closes: streams to HTTP/1.0 clients.
        case untilClose
        /// The status forbids a body (1xx, 204).
        case absent
    }

    /// Fields that the connection decides, not the handler.
    private static let ownFields = ["content-length", "transfer-encoding", "connection", "date"]

    static func bytes(_ reply: HTTPReply, length: Length, closes: Bool, isVersion10: Bool, capacity: Int = 0) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(256 + capacity)
        func text(_ text: String) { out.append(contentsOf: text.utf8) }
        text("HTTP/1.1 ")
        text(String(reply.status))
        text(" ")
        text(reason(reply.status))
        text("\r\n")
        let isUpgrade = reply.status == 101
        for (name, value) in reply.headers.fields where isUpgrade || !ownFields.contains(where: { same(name, $0) }) {
            guard isSafe(name), isSafe(value) else { continue }
            text(name)
            text(": ")
            text(value)
            text("\r\n")
        }
        if isUpgrade, reply.headers["Connection"] == nil { text("Connection: Upgrade\r\n") }
        text("Date: ")
        text(HTTPDate.now)
        text("\r\n")
        switch length {
        case .known(let count):
            text("Content-Length: ")
            text(String(count))
            text("\r\n")
        case .chunked: text("Transfer-Encoding: chunked\r\n")
        case .untilClose, .absent: break
        }
        if closes && !isUpgrade { text("Connection: close\r\n") } else if isVersion10 { text("Connection: keep-alive\r\n") }
        text("\r\n")
        return out
    }

    /// A line break in a header would let its value write headers of its own; such a field is left out.
    private static func isSafe(_ text: String) -> Bool { text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 } }

    private static func same(_ name: String, _ lowered: String) -> Bool {
        name.utf8.count == lowered.utf8.count && zip(name.utf8, lowered.utf8).allSatisfy { ((0x41...0x5A).contains($0) ? $0 | 0x20 : $0) == $1 }
    }

    static func reason(_ status: Int) -> String {
        switch status {
        case 100: "Continue"
        case 101: "Switching Protocols"
        case 200: "OK"
        case 201: "Created"
        case 202: "Accepted"
        case 204: "No Content"
        case 301: "Moved Permanently"
        case 302: "Found"
        case 304: "Not Modified"
        case 307: "Temporary Redirect"
        case 400: "Bad Request"
        case 401: "Unauthorized"
        case 403: "Forbidden"
        case 404: "Not Found"
        case 405: "Method Not Allowed"
        case 406: "Not Acceptable"
        case 408: "Request Timeout"
        case 409: "Conflict"
        case 410: "Gone"
        case 411: "Length Required"
        case 412: "Precondition Failed"
        case 413: "Request Entity Too Large"
        case 415: "Unsupported Media Type"
        case 421: "Misdirected Request"
        case 422: "Unprocessable Entity"
        case 426: "Upgrade Required"
        case 429: "Too Many Requests"
        case 431: "Request Header Fields Too Large"
        case 500: "Internal Server Error"
        case 501: "Not Implemented"
        case 502: "Bad Gateway"
        case 503: "Service Unavailable"
        case 504: "Gateway Timeout"
        case 505: "HTTP Version Not Supported"
        default: status < 300 ? "OK" : status < 400 ? "Redirect" : status < 500 ? "Client Error" : "Server Error"
        }
    }
}
