import Expressions
import Platform
import Schedules

/// The time zones of this machine's database, read when they are first asked for and kept.
///
/// - Guarantee: a name only ever leads to a file below the database's directory, whatever the name.
public final class MachineTimeZones: TimeZones {
    private let directory: String
    private let known = Locked<[String: ZoneRules?]>([:])
    /// Names come from expressions: this many are kept, all of the database's several times over.
    private static let most = 2000

    public init(directory: String = "/usr/share/zoneinfo") { self.directory = directory }

    /// nil when the database has no such zone.
    public func rules(for zone: String) -> ZoneRules? {
        if let kept = known.withLock({ $0[zone] }) { return kept }
        let found = read(zone)
        known.withLock { if $0.count < Self.most { $0[zone] = .some(found) } }
        return found
    }

    public func offset(of zone: String, at moment: Int64) -> Int32? { rules(for: zone).flatMap { Int32(exactly: $0.offset(at: moment)) } }

    private func read(_ zone: String) -> ZoneRules? {
        let parts = zone.split(separator: "/", omittingEmptySubsequences: false)
        let isName = parts.allSatisfy { part in
            !part.isEmpty && part.utf8.first != UInt8(ascii: ".")
                && part.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x7A).contains($0 | 0x20) || $0 == 0x5F || $0 == 0x2B || $0 == 0x2D }
        }
        guard isName, zone.utf8.count < 100 else { return nil }
        // A name that is no zone isn't an error of the machine: the caller says that it knows no such zone.
        guard let bytes = try? Files.read(directory + "/" + zone, limit: 1 << 20) else { return nil }
        return try? ZoneRules(tzif: bytes)
    }
}
