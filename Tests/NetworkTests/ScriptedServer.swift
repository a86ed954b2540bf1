import Glibc
import Platform
import Testing

/// Listens and never accepts.
final class SilentListener: Sendable {
    let descriptor: Int32
    let port: Int

    init() throws { (descriptor, port) = try loopbackListener() }
    deinit { close(descriptor) }
}

private func loopbackListener() throws -> (Int32, Int) {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr = in_addr(s_addr: UInt32(0x7F00_0001).bigEndian)
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let result = withUnsafeMutablePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, size) | listen(descriptor, 64) | getsockname(descriptor, $0, &size) }
    }
    try #require(descriptor >= 0 && result == 0)
    return (descriptor, Int(UInt16(bigEndian: address.sin_port)))
}

/// A server on a thread of its own that follows a script, request by request; for what a well-behaved server never does.
final class ScriptedServer: Sendable {
    struct Connection {
        let descriptor: Int32
        let isCut: Flag
        func answer(_ text: String) { _ = text.withCString { Glibc.send(descriptor, $0, strlen($0), Int32(MSG_NOSIGNAL)) } }
        func cut() { isCut.raise() }
    }

    let port: Int
    private let descriptor: Int32

    /// The script gets each request's number on its connection.
    init(_ script: @escaping @Sendable (_ index: Int, _ connection: Connection) -> Void) throws {
        let (descriptor, port) = try loopbackListener()
        self.descriptor = descriptor
        self.port = port
        let body = Unmanaged.passRetained(ThreadBody { Self.serve(descriptor, script) })
        var thread = pthread_t()
        let result = pthread_create(&thread, nil, { argument in
            argument.map { Unmanaged<ThreadBody>.fromOpaque($0).takeRetainedValue().run() }
            return nil
        }, body.toOpaque())
        try #require(result == 0)
        pthread_detach(thread)
    }

    func stop() { shutdown(descriptor, Int32(SHUT_RDWR)) }

    private static func serve(_ listener: Int32, _ script: (Int, Connection) -> Void) {
        while true {
            let client = accept(listener, nil, nil)
            guard client >= 0 else { break }
            let connection = Connection(descriptor: client, isCut: Flag())
            var buffer = [UInt8](repeating: 0, count: 16 << 10)
            var index = 0
            // Each request of the tests comes in one piece.
            while !connection.isCut.isRaised, recv(client, &buffer, buffer.count, 0) > 0 {
                script(index, connection)
                index += 1
            }
            close(client)
        }
        close(listener)
    }
}

private final class ThreadBody: Sendable {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
}
