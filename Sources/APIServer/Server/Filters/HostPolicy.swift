import HTTPMessages

/// Which names this server answers to: a page in a browser that was tricked into calling a loopback address (DNS rebinding) sends
/// its own host name, and is refused.
struct HostPolicy: Sendable {
    /// Lower-cased names and addresses without ports; `*` allows any.
    let allowed: Set<String>

    init(_ names: [String]) { allowed = Set(names.map { $0.lowercased() }) }

    static let loopback = HostPolicy(["localhost", "127.0.0.1", "::1"])

    func allows(_ host: String?) -> Bool {
        if allowed.contains("*") { return true }
        guard let host, !host.isEmpty else { return false }
        return allowed.contains(Self.name(of: host).lowercased())
    }

    /// The host without its port and without the brackets of an IPv6 address.
    static func name(of host: String) -> String {
        if host.hasPrefix("[") {
            guard let end = host.firstIndex(of: "]") else { return host }
            return String(host[host.index(after: host.startIndex)..<end])
        }
        let parts = host.split(separator: ":", omittingEmptySubsequences: false)
        return parts.count == 2 ? String(parts[0]) : host
    }
}
