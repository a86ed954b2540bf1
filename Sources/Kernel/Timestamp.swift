/// A moment of the world's calendar (UTC), to the nanosecond: what documents and messages carry.
public struct Timestamp: Sendable, Hashable, Comparable {
    /// Seconds since 1970-01-01T00:00:00Z; leap seconds are not counted.
    public let seconds: Int64
    /// 0 to 999,999,999.
    public let nanoseconds: Int32

    public init(seconds: Int64, nanoseconds: Int32 = 0) {
        self.seconds = seconds
        self.nanoseconds = min(max(nanoseconds, 0), 999_999_999)
    }

    public static func < (a: Timestamp, b: Timestamp) -> Bool {
        a.seconds != b.seconds ? a.seconds < b.seconds : a.nanoseconds < b.nanoseconds
    }

    public static func + (moment: Timestamp, span: Duration) -> Timestamp {
        let (spanSeconds, attoseconds) = span.components
        var seconds = moment.seconds.addingReportingOverflow(spanSeconds)
        if seconds.overflow { seconds.partialValue = spanSeconds > 0 ? .max - 1 : .min + 1 }
        let nanoseconds = Int64(moment.nanoseconds) + attoseconds / 1_000_000_000
        let carry = nanoseconds < 0 ? Int64(-1) : nanoseconds / 1_000_000_000
        return Timestamp(seconds: seconds.partialValue &+ carry, nanoseconds: Int32(nanoseconds - carry * 1_000_000_000))
    }

    /// The span from `b` to `a`, negative when `a` came first.
    public static func - (a: Timestamp, b: Timestamp) -> Duration {
        .seconds(a.seconds.subtractingReportingOverflow(b.seconds).partialValue) + .nanoseconds(Int64(a.nanoseconds) - Int64(b.nanoseconds))
    }

    /// RFC 3339, `2026-11-20T06:00:00Z`, with an offset or `Z` and up to nine digits of a second; nil for anything else.
    public init?(rfc3339 text: String) {
        let bytes = Array(text.utf8)
        func digits(_ range: Range<Int>) -> Int64? {
            guard range.upperBound <= bytes.count else { return nil }
            var value: Int64 = 0
            for at in range {
                guard (0x30...0x39).contains(bytes[at]) else { return nil }
                value = value * 10 + Int64(bytes[at] - 0x30)
            }
            return value
        }
        guard bytes.count >= 20, bytes[4] == 0x2D, bytes[7] == 0x2D, bytes[10] | 0x20 == 0x74, bytes[13] == 0x3A, bytes[16] == 0x3A,
            let year = digits(0..<4), let month = digits(5..<7), let day = digits(8..<10),
            let hour = digits(11..<13), let minute = digits(14..<16), let second = digits(17..<19),
            (1...12).contains(month), day >= 1, day <= Self.daysIn(month: month, year: year), hour < 24, minute < 60, second < 61
        else { return nil }
        var at = 19
        var fraction: Int32 = 0
        if bytes[at] == 0x2E {
            at += 1
            var scale: Int32 = 100_000_000
            let start = at
            while at < bytes.count, (0x30...0x39).contains(bytes[at]) {
                fraction += Int32(bytes[at] - 0x30) * scale
                scale /= 10
                at += 1
            }
            guard at > start, at - start <= 9, at < bytes.count else { return nil }
        }
        var offset: Int64 = 0
        switch bytes[at] {
        case 0x5A, 0x7A: guard at + 1 == bytes.count else { return nil }
        case 0x2B, 0x2D:
            guard at + 6 == bytes.count, bytes[at + 3] == 0x3A, let hours = digits((at + 1)..<(at + 3)), hours < 24,
                let minutes = digits((at + 4)..<(at + 6)), minutes < 60
            else { return nil }
            offset = (hours * 3600 + minutes * 60) * (bytes[at] == 0x2B ? 1 : -1)
        default: return nil
        }
        let days = Self.days(year: year, month: month, day: day)
        self.init(seconds: days * 86400 + hour * 3600 + minute * 60 + second - offset, nanoseconds: fraction)
    }

    /// `2026-11-20T06:00:00Z`: metav1.Time.
    public var rfc3339: String { text(fractionDigits: 0) }

    /// `2026-11-20T06:00:00.000000Z`: metav1.MicroTime, as in a Lease.
    public var rfc3339Micro: String { text(fractionDigits: 6) }

    /// - Parameter fractionDigits: 0 to 9.
    public func text(fractionDigits: Int) -> String {
        let (year, month, day) = Self.civil(days: seconds.floorDivided(by: 86400))
        let rest = seconds - seconds.floorDivided(by: 86400) * 86400
        func padded(_ value: Int64, _ width: Int) -> String {
            let digits = String(value)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        var text = "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))T"
        text += "\(padded(rest / 3600, 2)):\(padded(rest / 60 % 60, 2)):\(padded(rest % 60, 2))"
        if fractionDigits > 0 { text += "." + padded(Int64(nanoseconds), 9).prefix(min(fractionDigits, 9)) }
        return text + "Z"
    }

    private static func daysIn(month: Int64, year: Int64) -> Int64 {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Days since 1970-01-01 of a date of the proleptic Gregorian calendar.
    private static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let era = shifted.floorDivided(by: 400)
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private static func civil(days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = days + 719_468
        let era = shifted.floorDivided(by: 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }
}

extension Int64 {
    func floorDivided(by divisor: Int64) -> Int64 {
        let quotient = self / divisor
        return self % divisor != 0 && (self < 0) != (divisor < 0) ? quotient - 1 : quotient
    }
}

/// A moment of a clock that only goes forward: what timers, breakers and backoff count by.
public struct MonotonicInstant: Sendable, Hashable, Comparable {
    /// Nanoseconds since an origin that means nothing.
    public let nanoseconds: Int64

    public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    public static func < (a: MonotonicInstant, b: MonotonicInstant) -> Bool { a.nanoseconds < b.nanoseconds }
    public static func - (a: MonotonicInstant, b: MonotonicInstant) -> Duration { .nanoseconds(a.nanoseconds - b.nanoseconds) }
    public static func + (instant: MonotonicInstant, span: Duration) -> MonotonicInstant {
        let sum = instant.nanoseconds.addingReportingOverflow(span.wholeNanoseconds)
        return MonotonicInstant(nanoseconds: sum.overflow ? .max : sum.partialValue)
    }
}

/// What time it is, for shells; a planner is given the time as a value instead.
public protocol Clocks: Sendable {
    var now: Timestamp { get }
    var monotonic: MonotonicInstant { get }
}
