import HTTPMessages
import Kernel

/// What comes from the client.
extension HTTPConnection {
    /// Reads at one go before other connections have their turn.
    private static let readsPerTurn = 8

    func receive() {
        for _ in 0..<Self.readsPerTurn {
            guard phase != .closed, isReading else { return }
            let buffer = server.readBuffer.bytes
            switch socket.read(into: buffer) {
            case .done(let count):
                withServer { $0.countReceived(count) }
                received(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
                // The socket is empty, most likely; if not, its event comes again.
                if count < buffer.count, phase == .closed || !socket.hasBuffered { return resumeOutput() }
            case .waitReadable: return resumeOutput()
            case .waitWritable: return setWriting(true)
            case .end: return peerEnded()
            case .failed: return close()
            }
        }
        // TLS may hold decrypted bytes that the descriptor doesn't show: come back without waiting for it.
        receiveSoon()
    }

    /// A write that had to read first goes on now.
    private func resumeOutput() {
        if phase != .closed, !output.isEmpty, !isWriteArmed { flush() }
    }

    /// Goes on reading; bytes that TLS decrypted before the pause are fetched as well.
    func resumeReading() {
        guard !isReading, phase != .closed else { return }
        setReading(true)
        receiveSoon()
    }

    private func receiveSoon() {
        if phase != .closed, socket.session != nil { loop.execute { self.assumeIsolated { $0.receive() } } }
    }

    /// Bytes of the read buffer; they are gone when this returns.
    func received(_ bytes: UnsafeRawBufferPointer) {
        switch phase {
        case .idle, .receiving:
            parser.append(bytes)
            advance()
        case .handling:
            // The next request of a client that doesn't wait; read on, to notice when the client leaves, but not without bound.
            parser.append(bytes)
            if parser.pendingBytes > Self.inputHighWater { setReading(false) }
        case .upgraded:
            upgradedInput.append(Array(bytes))
            upgradedInputCount += bytes.count
            serveReader()
            if upgradedInputCount > limits.outputHighWater { setReading(false) }
        case .handshaking, .lingering, .closed: break
        }
    }

    private func peerEnded() {
        hasPeerEnded = true
        switch phase {
        case .upgraded:
            setReading(false)
            serveReader()
        case .handshaking, .idle, .receiving, .handling, .lingering, .closed: close()
        }
    }

    /// Takes what the parser finds, until a request is whole or bytes are missing.
    func advance() {
        do {
            while let event = try parser.next() {
                switch event {
                case .head(var request, let framing):
                    request.peer = currentPeer()
                    guard begin(request, framing) else { return }
                case .body(let bytes):
                    guard var current = receiving else { return }
                    receiving = nil
                    guard current.request.body.count + bytes.count <= current.limit else { return refuse(limits.oversizeReply) }
                    current.request.body.append(contentsOf: bytes)
                    receiving = current
                case .end:
                    guard let whole = receiving else { return }
                    receiving = nil
                    phase = .handling
                    deadline = nil
                    return hand(Exchange(request: whole.request, framing: whole.framing))
                }
            }
        } catch {
            rejected("malformed")
            return refuse(HTTPReply(status: error.status, contentType: "text/plain; charset=utf-8", Array((error.message + "\n").utf8)))
        }
        guard phase == .idle, parser.isInsideRequest else { return }
        phase = .receiving
        deadline = server.now + limits.headTimeout
    }

    /// False when the request was refused for its size.
    private func begin(_ request: HTTPRequest, _ framing: HTTPRequestFraming) -> Bool {
        let limit = min(limits.bodyLimit?(request) ?? limits.maximumBodyBytes, limits.maximumBodyBytes)
        var request = request
        if case .length(let length) = framing.body {
            guard length <= limit else {
                refuse(limits.oversizeReply)
                return false
            }
            request.body.reserveCapacity(min(length, 64 << 10))
        }
        phase = .receiving
        deadline = server.now + limits.bodyTimeout
        receiving = (request: request, framing: framing, limit: limit)
        if framing.expectsContinue, framing.body != .none, parser.pendingBytes == 0 {
            send(Array("HTTP/1.1 100 Continue\r\n\r\n".utf8))
        }
        return phase != .closed
    }

    private func hand(_ exchange: Exchange) {
        if let waiting = waitingTask {
            waitingTask = nil
            waiting.resume(returning: exchange)
        } else {
            ready = exchange
        }
    }

    /// Answers without asking the handler, and ends the connection: what follows can't be understood.
    func refuse(_ reply: HTTPReply) {
        guard phase != .closed, phase != .lingering else { return }
        receiving = nil
        deadline = nil
        var body: [UInt8] = []
        if case .bytes(let bytes) = reply.body { body = bytes }
        withServer { $0.countReply(reply.status) }
        phase = .handling
        closesAfterOutput = true
        wakeTask()
        send(ReplyHead.bytes(reply, length: .known(body.count), closes: true, isVersion10: false, capacity: body.count) + body)
    }
}
