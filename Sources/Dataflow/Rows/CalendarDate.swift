/// Days of the proleptic Gregorian calendar as numbers.
public enum CalendarDate {
    /// Years that dates may have.
    public static let years = 0...9999

    /// Days since 1970-01-01; nil when there is no such day.
    @inlinable public static func days(year: Int, month: Int, day: Int) -> Int32? {
        guard year >= 0, year <= 9999, month >= 1, month <= 12, day >= 1, day <= length(ofMonth: month, year: year) else { return nil }
        let shifted = month <= 2 ? year - 1 : year
        let era = shifted >= 0 ? shifted / 400 : -1
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return Int32(truncatingIfNeeded: era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468)
    }

    /// The days of `years`.
    public static let dayRange: ClosedRange<Int32> = -719_528...2_932_896

    /// By two multiplications in place of divisions by the lengths of years and months, as Neri and Schneider derive them (Euclidean affine
    /// functions and their application to calendar algorithms, 2022).
    @inlinable @inline(__always)
    public static func components(days: Int32) -> (year: Int, month: Int, day: Int) {
        guard dayRange.contains(days) else { return distant(days: days) }
        // Counted from the first of March, 400 years early so that nothing is negative.
        let shifted = UInt32(truncatingIfNeeded: Int(days) + 719_468 + 146_097)
        let quarters = 4 &* shifted &+ 3
        let century = quarters / 146_097
        let scaledYear = UInt64(quarters % 146_097 | 3) &* 2_939_745
        let yearOfCentury = UInt32(truncatingIfNeeded: scaledYear >> 32)
        let dayOfYear = UInt32(truncatingIfNeeded: scaledYear) / 2_939_745 / 4
        let scaledMonth = 2141 &* dayOfYear &+ 197_913
        let isNextYear = dayOfYear >= 306
        return (
            Int(century &* 100 &+ yearOfCentury) - (isNextYear ? 399 : 400), Int(scaledMonth >> 16) - (isNextYear ? 12 : 0),
            Int((scaledMonth & 0xFFFF) / 2141) + 1
        )
    }

    /// Any day at all.
    @usableFromInline static func distant(days: Int32) -> (year: Int, month: Int, day: Int) {
        let shifted = Int(days) + 719_468
        let era = shifted >= 0 ? shifted / 146_097 : (shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }

    @inlinable static func length(ofMonth month: Int, year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}
