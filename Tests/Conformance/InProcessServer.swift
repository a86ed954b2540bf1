import APIServerCore
import HTTPMessages
import Kernel
import Platform
import Store
import Telemetry

@testable import APIServer

/// The API server over a store in memory, called without a network.
final class InProcessServer: ConformanceServer {
    let name = "in process"
    let store: MemoryObjectStore
    let metrics = Metrics()
    private let server: APIServer
    private let running: Task<Void, any Error>

    /// - Parameter store: several servers may have one, as replicas have one database.
    init(store: MemoryObjectStore = MemoryObjectStore(), eventLifetime: Duration = .seconds(3600), isRunning: Bool = true) throws {
        self.store = store
        var configuration = try TestIdentity.configuration()
        configuration.eventLifetime = eventLifetime
        server = try APIServer(
            store: store, configuration: configuration, logger: .disabled, metrics: metrics)
        running = Task { [server] in if isRunning { try await server.run() } }
    }

    /// What the server does once a minute.
    func sweepEvents() async { await server.sweepEvents() }

    deinit { running.cancel() }

    func send(_ request: HTTPRequest) async throws -> HTTPResponse {
        let reply = await server.handle(request)
        let sink = CollectingWriter()
        switch reply.body {
        case .bytes(let bytes): return HTTPResponse(status: reply.status, headers: reply.headers, body: bytes)
        case .stream(let run):
            try await run(sink)
            return HTTPResponse(status: reply.status, headers: reply.headers, body: sink.all)
        case .upgrade: throw TestFailure("an upgrade where a reply was expected")
        }
    }

    func stream(_ request: HTTPRequest) async throws -> ServerStream {
        let reply = await server.handle(request)
        let (pieces, sink) = AsyncThrowingStream.makeStream(of: [UInt8].self)
        let body = reply.body
        let task = Task {
            do {
                switch body {
                case .bytes(let bytes): sink.yield(bytes)
                case .stream(let run): try await run(YieldingWriter(sink: sink))
                case .upgrade: break
                }
                sink.finish()
            } catch {
                sink.finish(throwing: error)
            }
        }
        return ServerStream(status: reply.status, headers: reply.headers, pieces: pieces) { task.cancel() }
    }
}

private final class CollectingWriter: HTTPBodyWriter {
    private let bytes = Locked<[UInt8]>([])
    var all: [UInt8] { bytes.withLock { $0 } }
    func write(_ more: [UInt8]) async throws { bytes.withLock { $0 += more } }
}

private struct YieldingWriter: HTTPBodyWriter {
    let sink: AsyncThrowingStream<[UInt8], any Error>.Continuation
    func write(_ bytes: [UInt8]) async throws {
        try Task.checkCancellation()
        sink.yield(bytes)
    }
}
