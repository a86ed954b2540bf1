import CCurl
import CEvent
import EventLoop
import HTTPMessages
import Kernel

/// A connection that libcurl made and that carries raw bytes since: the far side of an HTTP upgrade.
///
/// Used through `UpgradedConnection`, whose end closes it; `CurlMulti` keeps it until then, so that libevent's pointer stays good.
actor RawConnection {
    private static let highWater = 256 << 10

    nonisolated let loop: EventLoop
    nonisolated let place: String
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    private let transfer: Transfer
    private let socket: curl_socket_t
    private let whenClosed: @Sendable (RawConnection) -> Void
    private var readEvent: OpaquePointer?
    private var writeEvent: OpaquePointer?
    private var isReading = false
    private var isWriteArmed = false
    private var isClosed = false
    private var failure: HTTPClientError?
    private var isInputEnded = false
    private var input: [[UInt8]] = []
    private var inputCount = 0
    private var waitingReader: CheckedContinuation<Result<[UInt8]?, HTTPClientError>, Never>?
    private var output: [[UInt8]] = []
    private var outputOffset = 0
    private var outputCount = 0
    private var waitingWriters: [CheckedContinuation<Void, Never>] = []

    init(loop: EventLoop, transfer: Transfer, socket: curl_socket_t, place: String, whenClosed: @escaping @Sendable (RawConnection) -> Void) {
        self.loop = loop
        self.transfer = transfer
        self.socket = socket
        self.place = place
        self.whenClosed = whenClosed
    }

    func open() -> Bool {
        let this = Unmanaged.passUnretained(self).toOpaque()
        let entry: event_callback_fn = { _, what, argument in
            guard let argument else { return }
            Unmanaged<RawConnection>.fromOpaque(argument).takeUnretainedValue().assumeIsolated { connection in
                if Int32(what) & EV_WRITE != 0 { connection.flush() }
                if Int32(what) & EV_READ != 0 { connection.receive() }
            }
        }
        readEvent = event_new(loop.base, socket, Int16(EV_READ | EV_PERSIST), entry, this)
        writeEvent = event_new(loop.base, socket, Int16(EV_WRITE | EV_PERSIST), entry, this)
        guard readEvent != nil, writeEvent != nil else { return false }
        setReading(true)
        return true
    }

    // MARK: Input

    private func receive() {
        var buffer = [UInt8](repeating: 0, count: 32 << 10)
        while let easy = transfer.easy, !isClosed, !isInputEnded, inputCount <= Self.highWater {
            var count = 0
            switch curl_easy_recv(easy, &buffer, buffer.count, &count) {
            case CURLE_OK where count > 0:
                input.append(Array(buffer[..<count]))
                inputCount += count
            case CURLE_OK: isInputEnded = true
            case CURLE_AGAIN:
                serveReader()
                return
            default: return fail(.connectionLost("\(place): the connection broke"))
            }
        }
        // Ended, or the reader is behind: nothing to hear until it has caught up.
        setReading(false)
        serveReader()
    }

    private func serveReader() {
        guard let reader = waitingReader, let result = available() else { return }
        waitingReader = nil
        reader.resume(returning: result)
    }

    private func available() -> Result<[UInt8]?, HTTPClientError>? {
        if !input.isEmpty {
            let bytes = input.concatenated()
            input = []
            inputCount = 0
            return .success(bytes)
        }
        if let failure { return .failure(failure) }
        if isInputEnded { return .success(nil) }
        return isClosed ? .failure(.cancelled) : nil
    }

    func read() async -> Result<[UInt8]?, HTTPClientError> {
        await withTaskCancellationHandler {
            if Task.isCancelled { return .failure(.cancelled) }
            return await withCheckedContinuation { continuation in
                if let result = available() {
                    continuation.resume(returning: result)
                } else if waitingReader == nil {
                    waitingReader = continuation
                } else {
                    continuation.resume(returning: .failure(.invalidRequest("a channel has one reader at a time")))
                }
                guard !isInputEnded, !isClosed, !isReading else { return }
                setReading(true)
                // TLS may hold bytes that the descriptor doesn't show.
                loop.execute { self.assumeIsolated { $0.receive() } }
            }
        } onCancel: {
            loop.execute { self.assumeIsolated { $0.cancelReader() } }
        }
    }

    private func cancelReader() {
        waitingReader?.resume(returning: .failure(.cancelled))
        waitingReader = nil
    }

    /// Puts bytes back before what comes next.
    func unread(_ bytes: [UInt8]) {
        guard !bytes.isEmpty else { return }
        input.insert(bytes, at: 0)
        inputCount += bytes.count
    }

    // MARK: Output

    /// Waits while more than the high water mark is on the way.
    func write(_ bytes: [UInt8]) async -> HTTPClientError? {
        if let failure { return failure }
        guard !isClosed else { return .connectionLost("\(place): the connection was closed") }
        if !bytes.isEmpty {
            output.append(bytes)
            outputCount += bytes.count
        }
        flush()
        await outputTaken(downTo: Self.highWater)
        return failure
    }

    private func flush() {
        while let easy = transfer.easy, !isClosed, let front = output.first {
            var sent = 0
            let code = front.withUnsafeBytes { bytes in
                curl_easy_send(easy, bytes.baseAddress.map { $0 + outputOffset }, bytes.count - outputOffset, &sent)
            }
            guard code == CURLE_OK || code == CURLE_AGAIN else { return fail(.connectionLost("\(place): the connection broke")) }
            if code == CURLE_AGAIN || sent == 0 { return setWriting(true) }
            outputOffset += sent
            outputCount -= sent
            if outputCount <= Self.highWater / 4 { wakeWriters() }
            if outputOffset == front.count {
                output.removeFirst()
                outputOffset = 0
            }
        }
        setWriting(false)
        wakeWriters()
    }

    private func outputTaken(downTo limit: Int) async {
        await withCheckedContinuation { continuation in
            if isClosed || outputCount <= limit { continuation.resume() } else { waitingWriters.append(continuation) }
        }
    }

    private func wakeWriters() {
        let writers = waitingWriters
        waitingWriters = []
        for writer in writers { writer.resume() }
    }

    func endWriting() async {
        while outputCount > 0, !isClosed { await outputTaken(downTo: 0) }
        if let easy = transfer.easy, !isClosed { mw_curl_end_writing(easy, socket) }
    }

    // MARK: The end

    func fail(_ error: HTTPClientError) {
        if failure == nil { failure = error }
        close()
    }

    func close() {
        guard !isClosed else { return }
        isClosed = true
        if let readEvent { event_free(readEvent) }
        if let writeEvent { event_free(writeEvent) }
        readEvent = nil
        writeEvent = nil
        output = []
        outputCount = 0
        wakeWriters()
        serveReader()
        whenClosed(self)
    }

    private func setReading(_ on: Bool) {
        guard let readEvent, on != isReading else { return }
        isReading = on
        _ = on ? event_add(readEvent, nil) : event_del(readEvent)
    }

    private func setWriting(_ on: Bool) {
        guard let writeEvent, on != isWriteArmed else { return }
        isWriteArmed = on
        _ = on ? event_add(writeEvent, nil) : event_del(writeEvent)
    }
}
