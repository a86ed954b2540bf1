/// Gives each namespace a range of addresses of its own out of the installation's pool (`--network-pool`).
///
/// Pure and deterministic: a namespace gets the same range as long as that is free, also after its network was removed, and
/// two namespaces rarely want the same one.
public struct AddressPool: Sendable, Equatable {
    /// In private space (RFC 1918), and clear of what one often meets there: Docker's own 172.17.0.0/16 to 172.31.0.0/16 and
    /// 192.168.0.0/16, Podman's 10.88.0.0/16 and up, Kubernetes' services 10.96.0.0/12 and pods 10.244.0.0/16, k3s' 10.42.0.0/15,
    /// the default networks of clouds (10.0.0.0/16, 10.128.0.0/9), VPNs (10.8.0.0/16), homes and offices (10.0.0.0/13).
    public static let standard = "10.71.0.0/16"
    /// A namespace's share.
    public static let prefix = 24

    public let pool: Subnet

    public init(_ pool: Subnet) { self.pool = pool }

    /// From the flag's text.
    /// - Throws: a sentence part that says what would be right.
    public init(flag text: String) throws(AddressPoolError) {
        guard let subnet = Subnet(text), text.contains("/") else {
            throw AddressPoolError(message: "\(text) is not an IPv4 range; write it as \(Self.standard)")
        }
        guard subnet.prefix <= Self.prefix, subnet.prefix >= 8 else {
            throw AddressPoolError(message: "\(text) must be a /8 to a /\(Self.prefix), for each namespace takes a /\(Self.prefix) of it")
        }
        pool = subnet
    }

    /// A range that overlaps none of those in use; nil when all are taken.
    /// - Parameters:
    ///   - namespace: decides where the search begins.
    ///   - inUse: the subnets of all networks of the engine, and the routes of its host where they are known.
    public func range(for namespace: String, inUse: some Sequence<Subnet>) -> Subnet? {
        guard pool.prefix <= Self.prefix else { return nil }
        let taken = inUse.filter { $0.overlaps(pool) && $0.prefix > 0 }
        let count = UInt64(1) << UInt64(Self.prefix - pool.prefix)
        let first = Self.hash(namespace) % count
        for step in 0..<count {
            let number = UInt32((first + step) % count)
            guard let candidate = Subnet(address: pool.address + number << UInt32(32 - Self.prefix), prefix: Self.prefix) else { return nil }
            if !taken.contains(where: candidate.overlaps) { return candidate }
        }
        return nil
    }

    /// FNV-1a, folded: the same in every process.
    private static func hash(_ text: String) -> UInt64 {
        let hash = text.utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        return hash ^ hash >> 32
    }
}

/// Why a text is no address pool.
public struct AddressPoolError: Error, Sendable, Equatable, CustomStringConvertible {
    public let message: String
    public var description: String { message }
}
