import Kernel
import Platform
import Schedules

/// Time zones by name, from the system's time zone database; read once each.
public final class TimeZones: Sendable {
    private let directory: String
    private let known = Locked<[String: ZoneRules]>([:])

    public init(directory: String = "/usr/share/zoneinfo") { self.directory = directory }

    func rules(_ name: String) throws(ScheduleError) -> ZoneRules {
        if name == "UTC" { return .utc }
        if let rules = known.withLock({ $0[name] }) { return rules }
        guard !name.hasPrefix("/"), !name.split(separator: "/").contains("..") else { throw ScheduleError("'\(name)' is not the name of a time zone") }
        let bytes: [UInt8]
        do throws(SystemError) { bytes = try Files.read("\(directory)/\(name)", limit: 1 << 20) } catch {
            throw ScheduleError(
                Files.isDirectory(directory) ? "there is no time zone '\(name)' on this machine; names are as Europe/Berlin" : "this machine has no time zone database in \(directory); install it (Debian: apt-get install tzdata), or leave timeZone out for UTC")
        }
        let rules = try ZoneRules(tzif: bytes)
        known.withLock { $0[name] = rules }
        return rules
    }
}
