/// Where to listen: a numeric address and a port, `127.0.0.1:7443`, `[::1]:7443`.
struct Address: Sendable, Equatable, CustomStringConvertible {
    let host: String
    let port: Int

    /// - Parameter option: its name, for the message.
    init(_ text: String, option: String) throws {
        guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]), (0...65535).contains(port) else {
            throw CommandFailure(ExitStatus.usage, "--\(option): '\(text)' is not ADDRESS:PORT, as in 127.0.0.1:7443")
        }
        var host = String(text[..<colon])
        if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
        guard !host.isEmpty, host.utf8.allSatisfy({ "0123456789abcdefABCDEF.:".utf8.contains($0) }) else {
            throw CommandFailure(ExitStatus.usage, "--\(option): '\(host)' is not a numeric address, as in 127.0.0.1 or [::1]")
        }
        self.host = host
        self.port = port
    }

    var isLoopback: Bool { host == "::1" || host.hasPrefix("127.") }
    var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
