import Foundation
import Glibc

/// An authority, a server's and a client's certificate, made by openssl under Docker's names: ca.pem, cert.pem, key.pem.
enum Certificates {
    static func make(in directory: String) throws {
        func openssl(_ arguments: String...) throws { try Command.run("/usr/bin/openssl", arguments) }
        func path(_ name: String) -> String { "\(directory)/\(name)" }
        try openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", path("ca-key.pem"), "-out", path("ca.pem"), "-days", "2", "-subj", "/CN=mwt-ca")
        for (name, certificate, key, purpose) in [("server", "server.pem", "server-key.pem", "serverAuth"), ("client", "cert.pem", "key.pem", "clientAuth")] {
            let extensions = "extendedKeyUsage=\(purpose)\n" + (name == "server" ? "subjectAltName=IP:127.0.0.1\n" : "")
            try Data(extensions.utf8).write(to: URL(fileURLWithPath: path("\(name).ext")))
            try openssl("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", path(key), "-out", path("\(name).csr"), "-subj", "/CN=\(name)")
            try openssl("x509", "-req", "-in", path("\(name).csr"), "-CA", path("ca.pem"), "-CAkey", path("ca-key.pem"), "-CAcreateserial", "-days", "2", "-out", path(certificate), "-extfile", path("\(name).ext"))
        }
    }
}

/// A TCP port of the loopback that was free just now.
func freePort() throws -> Int {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0 else { throw Command.Failed(description: "socket: errno \(errno)") }
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let outcome = withUnsafeMutablePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0 }
    }
    guard outcome else { throw Command.Failed(description: "bind: errno \(errno)") }
    return Int(UInt16(bigEndian: address.sin_port))
}
