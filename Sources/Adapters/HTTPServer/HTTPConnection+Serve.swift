import EventLoop
import HTTPMessages
import Kernel

/// The connection's task: request after request to the handler, its replies to the client.
extension HTTPConnection {
    /// `onLoop` says which requests stay on the task's own executor; nil for all. The others go to the pool.
    nonisolated func serve(_ handler: HTTPHandler, onLoop: (@Sendable (HTTPRequest) -> Bool)?) async {
        await adopt(withUnsafeCurrentTask { $0.map { TaskCanceller($0) } })
        var next = await exchange(after: nil)
        while let exchange = next {
            let delivery: Delivery?
            if onLoop?(exchange.request) ?? true {
                delivery = await answer(exchange, handler)
            } else {
                delivery = await offLoop { await answer(exchange, handler) }
            }
            guard let delivery else { break }
            next = await self.exchange(after: delivery)
        }
        await dropTask()
    }

    private func adopt(_ task: TaskCanceller?) { task.map { adopt($0) } }

    /// What the task gave for the last request.
    private enum Delivery: Sendable {
        /// A whole reply.
        case reply([UInt8], body: [UInt8], status: Int, closes: Bool)
        /// A stream that ended; the bytes are its end.
        case streamed([UInt8], closes: Bool)
        /// The reply can't be made whole.
        case broken
    }

    /// Sends the last reply and waits for the next request; nil when there will be none.
    private func exchange(after delivery: Delivery?) async -> Exchange? {
        if delivery != nil { withServer { $0.countEnded() } }
        let next = await settle(delivery)
        if next != nil { withServer { $0.countStarted() } }
        return next
    }

    private func settle(_ delivery: Delivery?) async -> Exchange? {
        if let delivery {
            guard phase == .handling else { return nil }
            switch delivery {
            case .broken:
                close()
                return nil
            case .reply(let bytes, let body, let status, let closes):
                withServer { $0.countReply(status) }
                if closes || withServer({ $0.isDraining }) { closesAfterOutput = true }
                output.append(bytes)
                send(body)
            case .streamed(let bytes, let closes):
                isStreaming = false
                if closes || withServer({ $0.isDraining }) { closesAfterOutput = true }
                if bytes.isEmpty { flush() } else { send(bytes) }
            }
            guard phase == .handling, !closesAfterOutput else { return nil }
            // A client that asks on without reading would fill the memory with replies.
            do { try await outputTaken(downTo: limits.outputHighWater) } catch { return nil }
            guard phase == .handling else { return nil }
            phase = .idle
            deadline = server.now + limits.keepAliveTimeout
            parser.releaseMemory()
            advance()
            if phase == .idle || phase == .receiving { resumeReading() }
        }
        return await withCheckedContinuation { continuation in
            if let exchange = ready {
                ready = nil
                continuation.resume(returning: exchange)
            } else if phase == .idle || phase == .receiving || phase == .handshaking {
                waitingTask = continuation
            } else {
                continuation.resume(returning: nil)
            }
        }
    }

    /// Asks the handler and runs its stream or upgrade; nil when the connection is of no more use.
    private nonisolated func answer(_ exchange: Exchange, _ handler: HTTPHandler) async -> Delivery? {
        let reply = await handler(exchange.request)
        let framing = exchange.framing
        let closes = !framing.keepsAlive || reply.headers["Connection"].map { HTTPConnection.saysClose($0) } ?? false
        let isHead = exchange.request.method == "HEAD"
        switch reply.body {
        case .bytes(let plain):
            let (reply, body) = await Compression.applied(to: reply, plain, exchange.request, limits)
            let length: ReplyHead.Length = reply.status == 204 || reply.status == 304 ? .absent : .known(body.count)
            var bytes = ReplyHead.bytes(reply, length: length, closes: closes, isVersion10: framing.isVersion10, capacity: min(body.count, 16 << 10))
            var rest: [UInt8] = []
            if !isHead, case .known = length {
                // A small body travels in the same segment as the head.
                if body.count <= 16 << 10 { bytes.append(contentsOf: body) } else { rest = body }
            }
            return .reply(bytes, body: rest, status: reply.status, closes: closes)
        case .stream(let plain):
            let (reply, body) = Compression.applied(to: reply, plain, exchange.request, limits)
            return await stream(reply, body, isVersion10: framing.isVersion10, closes: closes || framing.isVersion10, isHead: isHead)
        case .upgrade(let body):
            await upgrade(reply, body)
            return nil
        }
    }

    private nonisolated func stream(
        _ reply: HTTPReply, _ body: @Sendable (any HTTPBodyWriter) async throws -> Void, isVersion10: Bool, closes: Bool, isHead: Bool
    ) async -> Delivery {
        let head = ReplyHead.bytes(reply, length: isVersion10 ? .untilClose : .chunked, closes: closes, isVersion10: isVersion10)
        do {
            try await beginStream(head, status: reply.status)
            if isHead { return .streamed([], closes: closes) }
            try await body(ChunkWriter(connection: self, isChunked: !isVersion10))
        } catch {
            // Cut without the last chunk, so that the client sees that the reply is not whole.
            return .broken
        }
        return .streamed(isVersion10 ? [] : ChunkWriter.end, closes: closes)
    }

    private func beginStream(_ head: [UInt8], status: Int) async throws {
        withServer { $0.countReply(status) }
        isStreaming = true
        try await write(head)
    }

    private nonisolated func upgrade(_ reply: HTTPReply, _ body: @Sendable (any ByteChannel) async -> Void) async {
        let head = ReplyHead.bytes(reply, length: .absent, closes: true, isVersion10: false)
        if await beginUpgrade(head, status: reply.status) { await body(UpgradedChannel(connection: self)) }
        await endUpgrade()
    }

    static func saysClose(_ value: String) -> Bool {
        value.split(separator: ",").contains { $0.lowercased().filter { $0 != " " } == "close" }
    }
}
