import CCurl
import EventLoop
import HTTPMessages
import Kernel

/// What clients ask of the multi handle. Each wait looks at the state inside its continuation, where nothing can come between.
extension CurlMulti {
    func send(_ request: HTTPRequest, timeout: Duration, upload: UploadQueue? = nil) async -> Result<HTTPResponse, HTTPClientError> {
        let transfer = Transfer(mode: .whole(limit: settings.maximumReplyBytes), isRepeatable: upload == nil && Self.isRepeatable(request.method))
        transfer.upload = upload
        upload?.transfer = transfer
        return await withTaskCancellationHandler {
            if let failure = begin(transfer, request, timeout: timeout) {
                upload?.finish()
                return .failure(failure)
            }
            return await withCheckedContinuation { continuation in
                if let result = transfer.result {
                    continuation.resume(returning: result.map { transfer.response })
                } else {
                    transfer.waitingForAll = continuation
                }
            }
        } onCancel: {
            abandon(transfer)
        }
    }

    /// Succeeds once the reply's head is there.
    func open(_ request: HTTPRequest, headTimeout: Duration, idleTimeout: Duration?) async -> Result<OpenTransfer, HTTPClientError> {
        let transfer = Transfer(mode: .pieces, isRepeatable: Self.isRepeatable(request.method))
        return await withTaskCancellationHandler {
            if let failure = begin(transfer, request, timeout: nil) { return .failure(failure) }
            watchIdle(transfer, headTimeout: headTimeout, idleTimeout: idleTimeout)
            return await withCheckedContinuation { continuation in
                if transfer.hasHead {
                    continuation.resume(returning: .success(transfer.open))
                } else if case .failure(let failure)? = transfer.result {
                    continuation.resume(returning: .failure(failure))
                } else {
                    transfer.waitingForHead = continuation
                }
            }
        } onCancel: {
            abandon(transfer)
        }
    }

    /// Asks for the body piece by piece, until its end or the transfer's.
    func feed(_ upload: UploadQueue, _ next: @Sendable () async throws -> [UInt8]?) async {
        do {
            while let bytes = try await next() {
                guard !upload.isOver else { return }
                guard !bytes.isEmpty else { continue }
                upload.put(bytes)
                continueUpload(upload)
                await withCheckedContinuation { continuation in
                    if upload.isTaken || upload.isOver { continuation.resume() } else { upload.waitingFeeder = continuation }
                }
            }
            upload.end()
        } catch {
            upload.fail("\(error)")
        }
        continueUpload(upload)
    }

    private func continueUpload(_ upload: UploadQueue) {
        guard let transfer = upload.transfer, let easy = transfer.easy else { return }
        // Harmless when it isn't paused.
        curl_easy_pause(easy, CURLPAUSE_CONT)
        transfer.isPaused = false
    }

    /// A connection for raw bytes. It belongs to the caller, who closes it.
    func connect() async -> Result<RawConnection, HTTPClientError> {
        let transfer = Transfer(mode: .connection, isRepeatable: true)
        let result: Result<Void, HTTPClientError> = await withTaskCancellationHandler {
            if let failure = begin(transfer, HTTPRequest("GET", "/"), timeout: settings.connectTimeout) { return .failure(failure) }
            return await withCheckedContinuation { continuation in
                if let result = transfer.result { continuation.resume(returning: result) } else { transfer.waitingForConnection = continuation }
            }
        } onCancel: {
            abandon(transfer)
        }
        if case .failure(let failure) = result { return .failure(failure) }
        guard let easy = transfer.easy else { return .failure(.cancelled) }
        let connection = RawConnection(loop: loop, transfer: transfer, socket: mw_curl_active_socket(easy), place: settings.place) { [weak self] connection in
            self?.assumeIsolated { $0.forget(connection, transfer) }
        }
        rawConnections[ObjectIdentifier(connection)] = connection
        guard open(connection) else {
            forget(connection, transfer)
            return .failure(.unreachable("\(settings.place): libevent refused the connection"))
        }
        return .success(connection)
    }

    private func open(_ connection: RawConnection) -> Bool { connection.assumeIsolated { $0.open() } }

    private func forget(_ connection: RawConnection, _ transfer: Transfer) {
        rawConnections[ObjectIdentifier(connection)] = nil
        release(transfer)
    }

    func next(of transfer: Transfer) async -> Result<[UInt8]?, HTTPClientError> {
        if Task.isCancelled { abandon(transfer) }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                if !transfer.pieces.isEmpty {
                    let bytes = transfer.pieces.concatenated()
                    transfer.pieces = []
                    transfer.queued = 0
                    continuation.resume(returning: .success(bytes))
                } else if let result = transfer.result {
                    continuation.resume(returning: result.map { nil })
                } else if transfer.waitingForPiece == nil {
                    transfer.waitingForPiece = continuation
                } else {
                    continuation.resume(returning: .failure(.invalidRequest("a stream has one reader at a time")))
                }
                resume(transfer)
            }
        } onCancel: {
            abandon(transfer)
        }
    }

    /// Gives the transfer up, from any thread.
    nonisolated func abandon(_ transfer: Transfer) {
        loop.execute { self.assumeIsolated { $0.end(transfer, .failure(.cancelled)) } }
    }

    private static func isRepeatable(_ method: String) -> Bool { ["GET", "HEAD", "OPTIONS"].contains(method) }
}
