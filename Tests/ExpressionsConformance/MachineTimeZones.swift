import Expressions
import Glibc

/// The machine's database of time zones, by the C library. One at a time: it works through the environment.
struct MachineTimeZones: TimeZones {
    func offset(of zone: String, at moment: Int64) -> Int32? {
        guard !zone.contains(".."), access("/usr/share/zoneinfo/" + zone, R_OK) == 0 else { return nil }
        let before = getenv("TZ").map { String(cString: $0) }
        setenv("TZ", zone, 1)
        tzset()
        defer {
            if let before { setenv("TZ", before, 1) } else { unsetenv("TZ") }
            tzset()
        }
        var time = time_t(moment)
        var parts = tm()
        guard localtime_r(&time, &parts) != nil else { return nil }
        return Int32(parts.tm_gmtoff)
    }
}
