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
        setReading(true)
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
        guard let reader = waitingReader else { return }
        if !upgradedInput.isEmpty {
            waitingReader = nil
            reader.resume(returning: takeInput())
        } else if hasPeerEnded {
            waitingReader = nil
            reader.resume(returning: nil)
        }
    }

    private func takeInput() -> [UInt8] {
        let bytes = upgradedInput.count == 1 ? upgradedInput[0] : Array(upgradedInput.joined())
        upgradedInput = []
        upgradedInputCount = 0
        return bytes
    }

    func readUpgraded() async throws -> [UInt8]? {
        guard phase == .upgraded else { throw HTTPClientGone() }
        if !upgradedInput.isEmpty {
            let bytes = takeInput()
            if !hasPeerEnded {
                setReading(true)
                // TLS may hold bytes that came before reading was paused.
                if socket.session != nil { loop.execute { self.assumeIsolated { $0.receiveIfUpgraded() } } }
            }
            return bytes
        }
        if hasPeerEnded { return nil }
        guard waitingReader == nil else { throw HTTPClientGone() }
        return try await withCheckedThrowingContinuation { waitingReader = $0 }
    }

    private func receiveIfUpgraded() {
        if phase == .upgraded, upgradedInputCount <= limits.outputHighWater { receive() }
    }

    func endUpgradedWriting() async {
        guard phase == .upgraded else { return }
        while !output.isEmpty, phase == .upgraded {
            do { try await withCheckedThrowingContinuation { waitingWriters.append($0) } } catch { return }
        }
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
