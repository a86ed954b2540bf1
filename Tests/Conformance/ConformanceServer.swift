import HTTPClient
import HTTPMessages
import Kernel

/// What the suite runs against: the server in process, over a socket, or a given Kubernetes.
protocol ConformanceServer: Sendable {
    var name: String { get }
    /// Whether it is Millwright's.
    var isOurs: Bool { get }
    func send(_ request: HTTPRequest) async throws -> HTTPResponse
    func stream(_ request: HTTPRequest) async throws -> ServerStream
}

extension ConformanceServer {
    var isOurs: Bool { true }
}

struct TestFailure: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

/// A reply that comes in pieces, read line by line.
final class ServerStream: @unchecked Sendable {
    // One reader at a time: the test that opened it.
    let status: Int
    let headers: HTTPHeaders
    private var iterator: AsyncThrowingStream<[UInt8], any Error>.Iterator
    private var buffer: [UInt8] = []
    private let stop: @Sendable () -> Void

    init(status: Int, headers: HTTPHeaders, pieces: AsyncThrowingStream<[UInt8], any Error>, stop: @escaping @Sendable () -> Void) {
        self.status = status
        self.headers = headers
        iterator = pieces.makeAsyncIterator()
        self.stop = stop
    }

    convenience init(_ stream: HTTPStream) {
        let (pieces, sink) = AsyncThrowingStream.makeStream(of: [UInt8].self)
        let task = Task {
            do {
                while let piece = try await stream.next() { sink.yield(piece) }
                sink.finish()
            } catch {
                sink.finish(throwing: error)
            }
            stream.cancel()
        }
        self.init(status: stream.status, headers: stream.headers, pieces: pieces) { task.cancel() }
    }

    /// The next line; nil at the end.
    func line() async throws -> [UInt8]? {
        while true {
            if let end = buffer.firstIndex(of: 0x0A) {
                let line = Array(buffer[..<end])
                buffer.removeFirst(end + 1)
                return line
            }
            guard let piece = try await iterator.next() else {
                guard !buffer.isEmpty else { return nil }
                defer { buffer = [] }
                return buffer
            }
            buffer += piece
        }
    }

    /// The next watch event within the deadline.
    func event(within seconds: Int = 60) async throws -> WatchEvent? {
        let reader = UncheckedReader(self)
        return try await withThrowingTaskGroup(of: WatchEvent?.self) { group in
            group.addTask {
                guard let line = try await reader.stream.line() else { return nil }
                let json = try JSONParser.parse(line)
                return WatchEvent(type: json["type"]?.string ?? "", object: json["object"] ?? .null)
            }
            group.addTask {
                try await Task.sleep(for: .seconds(seconds))
                throw TestFailure("no event within \(seconds) s")
            }
            defer { group.cancelAll() }
            return try await group.next() ?? nil
        }
    }

    func close() { stop() }

    private struct UncheckedReader: @unchecked Sendable {
        let stream: ServerStream
        init(_ stream: ServerStream) { self.stream = stream }
    }
}

struct WatchEvent: Sendable {
    let type: String
    let object: JSON
    var name: String { object["metadata"]?["name"]?.string ?? "" }
}
