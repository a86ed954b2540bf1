import Glibc
import Kernel

/// A small blocking HTTP server for tests: one thread, one connection after another, whole bodies, `Connection: close`.
final class PlainServer: @unchecked Sendable {
    struct Request: Sendable {
        var method = ""
        var path = ""
        var query = ""
        var headers: [String: String] = [:]
        var body: [UInt8] = []
    }

    struct Reply: Sendable {
        var status = 200
        var contentType = "application/json"
        var body: [UInt8] = []
    }

    let port: UInt16
    private let listener: Int32
    private let answer: @Sendable (Request) -> Reply
    // Unchecked: `listener` and `port` never change; the thread is joined before the instance goes.
    private var thread = pthread_t()

    init(_ answer: @escaping @Sendable (Request) -> Reply) throws {
        self.answer = answer
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        self.listener = listener
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { raw in
                bind(listener, raw, length) == 0 && listen(listener, 64) == 0 && getsockname(listener, raw, &length) == 0
            }
        }
        guard bound else { throw ServerError() }
        port = UInt16(bigEndian: address.sin_port)
        let box = Unmanaged.passRetained(self)
        pthread_create(&thread, nil, { raw in
            let server = Unmanaged<PlainServer>.fromOpaque(raw!).takeRetainedValue()
            server.serve()
            return nil
        }, box.toOpaque())
    }

    struct ServerError: Error {}

    func stop() {
        shutdown(listener, Int32(SHUT_RDWR))
        Glibc.close(listener)
        pthread_join(thread, nil)
    }

    private func serve() {
        while true {
            let connection = Glibc.accept(listener, nil, nil)
            guard connection >= 0 else { return }
            if let request = read(connection) { send(answer(request), to: connection) }
            Glibc.close(connection)
        }
    }

    private func read(_ connection: Int32) -> Request? {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65536)
        let end: [UInt8] = [13, 10, 13, 10]
        func more() -> Bool {
            let count = recv(connection, &buffer, buffer.count, 0)
            if count > 0 { bytes += buffer[..<count] }
            return count > 0
        }
        var head: Int?
        while head == nil {
            guard more() else { return nil }
            head = bytes.indices.first { $0 + 4 <= bytes.count && Array(bytes[$0..<$0 + 4]) == end }
        }
        guard let head else { return nil }
        var request = Request()
        let lines = String(decoding: bytes[..<head], as: UTF8.self).split(separator: "\r\n")
        let first = (lines.first ?? "").split(separator: " ")
        guard first.count >= 2 else { return nil }
        request.method = String(first[0])
        let target = first[1].split(separator: "?", maxSplits: 1)
        request.path = String(target[0])
        request.query = target.count > 1 ? String(target[1]) : ""
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { continue }
            request.headers[line[..<colon].lowercased()] = String(line[line.index(after: colon)...].drop { $0 == " " })
        }
        let length = Int(request.headers["content-length"] ?? "") ?? 0
        while bytes.count < head + 4 + length { guard more() else { return nil } }
        request.body = Array(bytes[(head + 4)..<(head + 4 + length)])
        return request
    }

    private func send(_ reply: Reply, to connection: Int32) {
        let head = "HTTP/1.1 \(reply.status) X\r\nContent-Type: \(reply.contentType)\r\nContent-Length: \(reply.body.count)\r\nConnection: close\r\n\r\n"
        let bytes = Array(head.utf8) + reply.body
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes { Glibc.send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else { return }
            sent += count
        }
    }
}
