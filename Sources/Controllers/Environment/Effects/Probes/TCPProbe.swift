import Glibc

/// A connection that is only tried: a non-blocking socket, asked now and then.
struct TCPProbe {
    enum State { case connecting, connected, refused, unreachable }

    private let descriptor: Int32
    private let immediate: State?

    /// - Parameter host: an IP address. nil when it is none, or no socket can be had.
    init?(host: String, port: Int) {
        guard let number = UInt16(exactly: port) else { return nil }
        var four = sockaddr_in()
        var six = sockaddr_in6()
        let isFour = inet_pton(AF_INET, host, &four.sin_addr) == 1
        guard isFour || inet_pton(AF_INET6, host, &six.sin6_addr) == 1 else { return nil }
        let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let handle = socket(isFour ? AF_INET : AF_INET6, type, 0)
        guard handle >= 0 else { return nil }
        descriptor = handle
        let outcome: Int32
        if isFour {
            four.sin_family = sa_family_t(AF_INET)
            four.sin_port = number.bigEndian
            outcome = withUnsafePointer(to: &four) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { Glibc.connect(handle, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
            }
        } else {
            six.sin6_family = sa_family_t(AF_INET6)
            six.sin6_port = number.bigEndian
            outcome = withUnsafePointer(to: &six) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { Glibc.connect(handle, $0, socklen_t(MemoryLayout<sockaddr_in6>.size)) }
            }
        }
        immediate = outcome == 0 ? .connected : errno == EINPROGRESS ? nil : Self.state(of: errno)
    }

    private static func state(of error: Int32) -> State { error == ECONNREFUSED || error == ECONNRESET ? .refused : .unreachable }

    var state: State {
        if let immediate { return immediate }
        var poll = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        guard Glibc.poll(&poll, 1, 0) == 1 else { return .connecting }
        var error: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        guard getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &length) == 0 else { return .unreachable }
        return error == 0 ? .connected : Self.state(of: error)
    }

    var isClosedByPeer: Bool {
        var byte: UInt8 = 0
        let count = recv(descriptor, &byte, 1, Int32(MSG_PEEK) | Int32(MSG_DONTWAIT))
        return count == 0 || (count < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR)
    }

    func close() { _ = Glibc.close(descriptor) }
}
