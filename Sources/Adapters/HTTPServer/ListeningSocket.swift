import CEvent
import Glibc

/// Makes sockets that listen.
enum ListeningSocket {
    private static let backlog: Int32 = 1024

    static func tcp(address: String, port: Int) throws(HTTPServerFailure) -> (descriptor: Int32, port: Int) {
        let place = address.contains(":") ? "[\(address)]:\(port)" : "\(address):\(port)"
        var hints = addrinfo()
        hints.ai_family = AF_UNSPEC
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_PASSIVE | AI_NUMERICHOST
        var found: UnsafeMutablePointer<addrinfo>?
        guard (0...65535).contains(port), getaddrinfo(address, String(port), &hints, &found) == 0, let found else {
            throw HTTPServerFailure(description: "can't listen on \(place): give a numeric IP address and a port from 0 to 65535")
        }
        defer { freeaddrinfo(found) }
        let descriptor = mw_stream_socket(found.pointee.ai_family)
        guard descriptor >= 0 else { throw failure(place) }
        var one: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &one, socklen_t(MemoryLayout<Int32>.size))
        guard bind(descriptor, found.pointee.ai_addr, found.pointee.ai_addrlen) == 0,
            listen(descriptor, backlog) == 0
        else {
            let failure = failure(place)
            close(descriptor)
            throw failure
        }
        return (descriptor, boundPort(descriptor))
    }

    static func unix(path: String) throws(HTTPServerFailure) -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let room = MemoryLayout.size(ofValue: address.sun_path) - 1
        guard path.utf8.count <= room else {
            throw HTTPServerFailure(description: "can't listen on \(path): a unix socket's path has at most \(room) bytes; choose a shorter directory")
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let descriptor = mw_stream_socket(AF_UNIX)
        guard descriptor >= 0 else { throw failure(path) }
        let bound = withUnsafePointer(to: &address) { pointer -> Bool in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                let size = socklen_t(MemoryLayout<sockaddr_un>.size)
                if bind(descriptor, pointer, size) == 0 { return true }
                guard errno == EADDRINUSE, isLeftOver(pointer, size) else { return false }
                unlink(path)
                return bind(descriptor, pointer, size) == 0
            }
        }
        guard bound, listen(descriptor, backlog) == 0 else {
            let failure = failure(path)
            close(descriptor)
            throw failure
        }
        return descriptor
    }

    /// Whether nobody listens there any more.
    private static func isLeftOver(_ address: UnsafePointer<sockaddr>, _ size: socklen_t) -> Bool {
        let probe = mw_stream_socket(AF_UNIX)
        guard probe >= 0 else { return false }
        defer { close(probe) }
        let result = connect(probe, address, size)
        let refused = result != 0 && errno == ECONNREFUSED
        errno = EADDRINUSE
        return refused
    }

    private static func failure(_ place: String) -> HTTPServerFailure {
        let reason = String(cString: strerror(errno))
        let advice = errno == EADDRINUSE ? "; another process has it: stop that one or choose another" : ""
        return HTTPServerFailure(description: "can't listen on \(place): \(reason)\(advice)")
    }

    private static func boundPort(_ descriptor: Int32) -> Int {
        var storage = sockaddr_storage()
        var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let result = withUnsafeMutablePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &size) }
        }
        guard result == 0 else { return 0 }
        return withUnsafeBytes(of: &storage) { bytes in
            // In both families the port is the two bytes after the family, in network order.
            Int(bytes[2]) << 8 | Int(bytes[3])
        }
    }

    /// `127.0.0.1:51234` or `[::1]:51234`
    static func text(_ storage: inout sockaddr_storage, _ size: socklen_t) -> String {
        var host = [CChar](repeating: 0, count: 64)
        var service = [CChar](repeating: 0, count: 16)
        let isIPv6 = storage.ss_family == sa_family_t(AF_INET6)
        let result = withUnsafePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                getnameinfo($0, size, &host, socklen_t(host.count), &service, socklen_t(service.count), NI_NUMERICHOST | NI_NUMERICSERV)
            }
        }
        guard result == 0 else { return "" }
        func string(_ characters: [CChar]) -> String { String(decoding: characters.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self) }
        return isIPv6 ? "[\(string(host))]:\(string(service))" : "\(string(host)):\(string(service))"
    }
}
