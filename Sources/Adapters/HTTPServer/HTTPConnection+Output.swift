import HTTPMessages
import Kernel

/// What goes to the client.
extension HTTPConnection {
    /// Bytes sent at one go before other connections have their turn.
    private static let bytesPerTurn = 1 << 20

    /// Queues the bytes and sends what the socket takes now.
    func send(_ bytes: [UInt8]) {
        guard phase != .closed, phase != .lingering else { return }
        output.append(bytes)
        flush()
    }

    func flush() {
        var budget = Self.bytesPerTurn
        while phase != .closed, budget > 0, let outcome = output.withFront({ socket.write($0) }) {
            switch outcome {
            case .done(let count):
                output.consume(count)
                budget -= count
                writeDeadline = nil
                withServer { $0.countSent(count) }
            case .waitReadable:
                // TLS wants to read first; `receive` comes back here. A writable socket would only make the loop spin.
                if writeDeadline == nil { writeDeadline = server.now + limits.writeTimeout }
                return setWriting(false)
            case .waitWritable: return armWrite()
            case .end, .failed: return close()
            }
        }
        guard phase != .closed else { return }
        guard output.isEmpty else { return armWrite() }
        setWriting(false)
        writeDeadline = nil
        resumeWriters()
        if closesAfterOutput { linger() }
    }

    private func armWrite() {
        if writeDeadline == nil { writeDeadline = server.now + limits.writeTimeout }
        setWriting(true)
        if output.count <= limits.outputHighWater / 4 { resumeWriters() }
    }

    private func resumeWriters() {
        guard !waitingWriters.isEmpty else { return }
        let writers = waitingWriters
        waitingWriters = []
        for writer in writers { writer.resume() }
    }

    /// Sends, and waits while more than the high water mark is on the way.
    func write(_ bytes: [UInt8]) async throws {
        guard phase == .handling || phase == .upgraded, !closesAfterOutput else { throw HTTPClientGone() }
        send(bytes)
        try await outputTaken(downTo: limits.outputHighWater)
    }

    /// Waits while more than that is on the way; throws when the client has left.
    func outputTaken(downTo limit: Int) async throws {
        guard phase != .closed else { throw HTTPClientGone() }
        guard output.count > limit else { return }
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            // Looked at again: where entering takes a turn of the queue, the output may be gone by now.
            if phase == .closed {
                continuation.resume(throwing: HTTPClientGone())
            } else if output.count > limit {
                waitingWriters.append(continuation)
            } else {
                continuation.resume()
            }
        }
    }
}
