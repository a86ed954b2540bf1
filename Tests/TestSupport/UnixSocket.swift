import Glibc
import Platform

/// Sockets for tests' own servers and proxies, blocking.
public enum UnixSocket {
    /// Listens at a path.
    public static func listen(_ path: String) throws -> Int32 {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw SystemError.last("make a socket") }
        try withAddress(path) { address, length in
            guard bind(descriptor, address, length) == 0, Glibc.listen(descriptor, 64) == 0 else { throw SystemError.last("listen at \(path)") }
        }
        return descriptor
    }

    /// Listens at a free port of 127.0.0.1.
    public static func listenAtLoopback() throws -> (descriptor: Int32, port: UInt16) {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw SystemError.last("make a socket") }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isListening = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 && Glibc.listen(descriptor, 16) == 0 && getsockname(descriptor, $0, &length) == 0
            }
        }
        guard isListening else { throw SystemError.last("listen at the loopback address") }
        return (descriptor, UInt16(bigEndian: address.sin_port))
    }

    /// Connects to a path.
    public static func connect(_ path: String) throws -> Int32 {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw SystemError.last("make a socket") }
        do {
            try withAddress(path) { address, length in
                guard Glibc.connect(descriptor, address, length) == 0 else { throw SystemError.last("connect to \(path)") }
            }
        } catch {
            close(descriptor)
            throw error
        }
        return descriptor
    }

    private static func withAddress(_ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) throws -> Void) throws {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { target in
            for (offset, byte) in path.utf8.prefix(target.count - 1).enumerated() { target[offset] = byte }
        }
        try withUnsafePointer(to: &address) { pointer in
            try pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { try body($0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
        }
    }
}
