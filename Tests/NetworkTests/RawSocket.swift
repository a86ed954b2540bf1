import Glibc
import TestSupport
import Testing

/// A client without manners: sends exactly the bytes that a test wants, reads what comes. Never blocks a thread.
final class RawSocket: @unchecked Sendable {
    // Each test uses its sockets from one task at a time.
    private var descriptor: Int32
    private(set) var received: [UInt8] = []
    private(set) var isEnded = false

    init(port: Int) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        try #require(descriptor >= 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr = in_addr(s_addr: UInt32(0x7F00_0001).bigEndian)
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
        }
        try #require(result == 0, "connect: \(errno)")
        _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
    }

    deinit { if descriptor >= 0 { Glibc.close(descriptor) } }

    func send(_ text: String) async throws { try await send(Array(text.utf8)) }

    func send(_ bytes: [UInt8]) async throws {
        var offset = 0
        let end = ContinuousClock.now + .seconds(20)
        while offset < bytes.count {
            let count = bytes.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress.map { $0 + offset }, bytes.count - offset, Int32(MSG_NOSIGNAL)) }
            if count > 0 { offset += count } else {
                try #require(errno == EAGAIN && ContinuousClock.now < end, "send: \(errno)")
                try await Task.sleep(for: .milliseconds(1))
            }
        }
    }

    /// Takes what is there; true when something new came or the other side ended.
    @discardableResult func poll() -> Bool {
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        if count > 0 { received += buffer[..<count] }
        if count == 0 || count < 0 && errno != EAGAIN { isEnded = true }
        return count >= 0 || isEnded
    }

    var text: String { String(decoding: received, as: UTF8.self) }

    /// Reads until the text has come.
    func expect(_ wanted: String, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        try await eventually("\(wanted.debugDescription) in \(text.debugDescription)") {
            while !text.contains(wanted), !isEnded, poll() {}
            return text.contains(wanted) || isEnded
        }
        #expect(text.contains(wanted), "\(text)", sourceLocation: sourceLocation)
    }

    /// Reads until the other side ends.
    func expectEnd() async throws {
        try await eventually("the end") {
            while !isEnded, poll() {}
            return isEnded
        }
    }

    func endWriting() { shutdown(descriptor, Int32(SHUT_WR)) }

    func close() {
        Glibc.close(descriptor)
        descriptor = -1
    }

    /// Closes with a reset.
    func reset() {
        var linger = Glibc.linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<Glibc.linger>.size))
        close()
    }
}
