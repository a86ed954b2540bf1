import Kernel

/// The times of a cron expression: minute, hour, day of month, month, day of week.
///
/// As Vixie's cron and Kubernetes' CronJob have it: lists, ranges, steps, names of months and days, `?` for `*`, Sunday as 0 or 7, and when
/// both days are restricted either is enough. Daylight saving: a time of a restricted hour that is skipped comes at the first moment after
/// the gap, one that comes twice counts once, the first time; with an unrestricted hour every moment that fits counts.
public struct CronSchedule: Sendable, Equatable {
    /// Bit n: value n.
    private let minutes: UInt64
    private let hours: UInt64
    private let daysOfMonth: UInt64
    private let months: UInt64
    private let daysOfWeek: UInt64
    private let anyDayOfMonth: Bool
    private let anyDayOfWeek: Bool

    private static let everyHour: UInt64 = (1 << 24) - 1
    /// February 29th comes again within eight years, also around 2100.
    private static let horizonDays = 366 * 8 + 2

    public init(_ text: String) throws(ScheduleError) {
        let expanded = try Self.expand(text)
        let fields = expanded.split(whereSeparator: { $0 == " " || $0 == "\t" }).map(String.init)
        guard fields.count == 5 else {
            throw ScheduleError("'\(text)' has \(fields.count) fields; a schedule has five: minute, hour, day of month, month, day of week, as in \"0 6 * * 1-5\"")
        }
        minutes = try CronField.minute.bits(of: fields[0])
        hours = try CronField.hour.bits(of: fields[1])
        daysOfMonth = try CronField.dayOfMonth.bits(of: fields[2])
        months = try CronField.month.bits(of: fields[3])
        let week = try CronField.dayOfWeek.bits(of: fields[4])
        daysOfWeek = (week | (week >> 7 & 1)) & 0x7F
        anyDayOfMonth = fields[2].hasPrefix("*") || fields[2].hasPrefix("?")
        anyDayOfWeek = fields[4].hasPrefix("*") || fields[4].hasPrefix("?")
    }

    private static func expand(_ text: String) throws(ScheduleError) -> String {
        guard text.hasPrefix("@") else { return text }
        switch text {
        case "@yearly", "@annually": return "0 0 1 1 *"
        case "@monthly": return "0 0 1 * *"
        case "@weekly": return "0 0 * * 0"
        case "@daily", "@midnight": return "0 0 * * *"
        case "@hourly": return "0 * * * *"
        default: throw ScheduleError("'\(text)' is none of @yearly, @monthly, @weekly, @daily, @hourly; or write five fields, as in \"0 6 * * 1-5\"")
        }
    }

    /// The first time after that moment; nil when there is none, as for February 30th.
    public func next(after moment: Timestamp, in zone: ZoneRules) -> Timestamp? {
        (hours == Self.everyHour ? nextAnyHour(after: moment.seconds, zone) : nextFixedHour(after: moment.seconds, zone)).map { Timestamp(seconds: $0) }
    }

    /// The last time up to and including `end` that is after `start`, and how many there are between; counting stops at 1000.
    public func missed(after start: Timestamp, upTo end: Timestamp, in zone: ZoneRules) -> (last: Timestamp, count: Int)? {
        guard let first = next(after: start, in: zone), first <= end else { return nil }
        var (last, count) = (first, 1)
        // Long ago and every minute: what lies far back can't be the last.
        if end - first > .seconds(86400 * 2), let near = next(after: Timestamp(seconds: end.seconds - 86400), in: zone), near <= end { (last, count) = (near, 1000) }
        while let following = next(after: last, in: zone), following <= end {
            last = following
            count = min(count + 1, 1000)
        }
        return (last, count)
    }

    private func matches(_ day: CivilDay) -> Bool {
        guard months >> UInt64(day.month) & 1 == 1 else { return false }
        let inMonth = daysOfMonth >> UInt64(day.day) & 1 == 1
        let inWeek = daysOfWeek >> UInt64(day.weekday) & 1 == 1
        return anyDayOfMonth || anyDayOfWeek ? inMonth && inWeek : inMonth || inWeek
    }

    private func nextFixedHour(after moment: Int64, _ zone: ZoneRules) -> Int64? {
        let today = (moment + Int64(zone.offset(at: moment))).floorDivision(by: 86400)
        // From the day before: a gap at midnight moves yesterday's times into today.
        for number in (today - 1)...(today + Int64(Self.horizonDays)) where matches(CivilDay(number: number)) {
            for hour in 0..<24 where hours >> UInt64(hour) & 1 == 1 {
                for minute in 0..<60 where minutes >> UInt64(minute) & 1 == 1 {
                    let time = zone.moment(ofLocal: number * 86400 + Int64(hour * 3600 + minute * 60))
                    if time > moment { return time }
                }
            }
        }
        return nil
    }

    private func nextAnyHour(after moment: Int64, _ zone: ZoneRules) -> Int64? {
        var time = moment.floorDivision(by: 60) * 60 + 60
        let end = time + Int64(Self.horizonDays) * 86400
        while time < end {
            let local = time + Int64(zone.offset(at: time))
            let minute = Int(local.floorDivision(by: 60) - local.floorDivision(by: 3600) * 60)
            if !matches(CivilDay(number: local.floorDivision(by: 86400))) {
                time += Int64(60 - minute) * 60
            } else if minutes >> UInt64(minute) & 1 == 1 {
                return time
            } else {
                time += 60
            }
        }
        return nil
    }
}
