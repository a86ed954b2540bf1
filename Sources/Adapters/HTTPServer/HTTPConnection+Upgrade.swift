import HTTPMessages
import Kernel

/// The connection after an HTTP upgrade: raw bytes both ways.
extension HTTPConnection {
    func beginUpgrade(_ head: [UInt8], status: Int) -> Bool {
        guard phase == .handling else { return false }
        withServer { $0.countReply(status) }
        phase = .upgraded
        deadline = nil
        let early = parser.takePending()
        if !early.isEmpty {
            upgradedInput.append(early)
            upgradedInputCount += early.count
        }
        send(head)
        resumeReading()
        return phase == .upgraded
    }

    func endUpgrade() {
        withServer { $0.countEnded() }
        guard phase == .upgraded else { return }
        closesAfterOutput = true
        flush()
    }

    /// Hands input to who waits for it; the end as well.
    func serveReader() {
        guard let reader = waitingReader, let result = availableInput() else { return }
        waitingReader = nil
        reader.resume(with: result)
    }

    /// What a reader gets now; nil when it must wait.
    private func availableInput() -> Result<[UInt8]?, any Error>? {
        if !upgradedInput.isEmpty {
            let bytes = upgradedInput.concatenated()
            upgradedInput = []
            upgradedInputCount = 0
            return .success(bytes)
        }
        if hasPeerEnded { return .success(nil) }
        return phase == .upgraded ? nil : .failure(HTTPClientGone())
    }

    func readUpgraded() async throws -> [UInt8]? {
        guard phase == .upgraded, waitingReader == nil else { throw HTTPClientGone() }
        return try await withCheckedThrowingContinuation { continuation in
            if let result = availableInput() { continuation.resume(with: result) } else { waitingReader = continuation }
            if phase == .upgraded, !hasPeerEnded { resumeReading() }
        }
    }

    func endUpgradedWriting() async {
        guard phase == .upgraded else { return }
        do { while !output.isEmpty { try await outputTaken(downTo: 0) } } catch { return }
        if phase == .upgraded { socket.endWriting() }
    }

    func closeUpgraded() {
        guard phase == .upgraded else { return }
        closesAfterOutput = true
        flush()
    }
}

/// The handler's side of an upgraded connection.
struct UpgradedChannel: ByteChannel {
    let connection: HTTPConnection

    func read() async throws -> [UInt8]? { try await connection.readUpgraded() }
    func write(_ bytes: [UInt8]) async throws { try await connection.write(bytes) }
    func closeWriting() async { await connection.endUpgradedWriting() }
    func close() async { await connection.closeUpgraded() }
}
