import HTTPMessages
import Kernel

/// Asks for the upgrade on a fresh connection, and reads the answer.
enum UpgradeExchange {
    /// An ordinary reply is read up to this, for its message.
    private static let maximumRefusal = 1 << 20

    static func requestBytes(_ request: HTTPRequest, host: String) -> [UInt8] {
        var text = "\(request.method) \(request.target) HTTP/1.1\r\n"
        if request.headers["Host"] == nil { text += "Host: \(host)\r\n" }
        for (name, value) in request.headers.fields where name.lowercased() != "content-length" { text += "\(name): \(value)\r\n" }
        if request.headers["Connection"] == nil { text += "Connection: Upgrade\r\n" }
        if !request.body.isEmpty || request.method == "POST" { text += "Content-Length: \(request.body.count)\r\n" }
        return Array((text + "\r\n").utf8) + request.body
    }

    /// The head of the 101; what came after it is put back for the channel's reader.
    static func perform(_ request: HTTPRequest, host: String, on connection: RawConnection) async throws(HTTPClientError) -> HTTPResponse {
        if let failure = await connection.write(requestBytes(request, host: host)) { throw failure }
        var bytes: [UInt8] = []
        while true {
            let head: HTTPResponseHead?
            do { head = try HTTPResponseHead.read(bytes) } catch { throw .connectionLost("\(connection.place): the answer is not HTTP: \(error.message)") }
            if let head {
                let rest = Array(bytes[head.size...])
                if head.status == 101 {
                    await connection.unread(rest)
                    return HTTPResponse(status: 101, headers: head.headers)
                }
                guard head.status >= 200 else {
                    bytes = rest
                    continue
                }
                throw .notUpgraded(HTTPResponse(status: head.status, headers: head.headers, body: try await refusal(head, rest, connection)))
            }
            guard let more = try await connection.read().get() else { throw .connectionLost("\(connection.place): the connection ended before the answer") }
            bytes += more
        }
    }

    private static func refusal(_ head: HTTPResponseHead, _ start: [UInt8], _ connection: RawConnection) async throws(HTTPClientError) -> [UInt8] {
        var body: [UInt8] = []
        var next: [UInt8]? = start
        let length = head.headers["Content-Length"].flatMap { Int($0) }
        let isChunked = head.headers["Transfer-Encoding"]?.lowercased() == "chunked"
        var chunks = HTTPRequestParser(chunkedBodyWithTrailers: 8 << 10)
        while let bytes = next, body.count <= maximumRefusal {
            if isChunked {
                bytes.withUnsafeBytes { chunks.append($0) }
                do {
                    while let event = try chunks.next() {
                        if case .body(let part) = event { body += part }
                        if case .end = event { return body }
                    }
                } catch { throw .connectionLost("\(connection.place): \(error.message)") }
            } else {
                body += bytes
                if let length, body.count >= length { return Array(body.prefix(length)) }
            }
            next = try await connection.read().get()
        }
        return body
    }
}
