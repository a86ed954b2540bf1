import Kernel

/// A moment as the calendar and the clock of a place show it (proleptic Gregorian).
struct CalendarDate {
    let year: Int64
    /// 1 to 12.
    let month: Int64
    /// 1 to 31.
    let day: Int64
    /// From 0.
    let dayOfYear: Int64
    /// 0 is Sunday.
    let dayOfWeek: Int64
    let secondOfDay: Int64
    let nanoseconds: Int32

    /// - Parameter offset: how many seconds the place is ahead of UTC.
    init(_ moment: Timestamp, offset: Int64) {
        let seconds = moment.seconds + offset
        let days = Self.floorDivide(seconds, 86400)
        secondOfDay = seconds - days * 86400
        nanoseconds = moment.nanoseconds
        dayOfWeek = Self.floorRemainder(days + 4, 7)
        // Years counted from March, so that the leap day is the last.
        let shifted = days + 719_468
        let era = Self.floorDivide(shifted, 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
        let sinceMarch = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * sinceMarch + 2) / 153
        day = sinceMarch - (153 * monthFromMarch + 2) / 5 + 1
        month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        let isLeap = Self.floorRemainder(year, 4) == 0 && (Self.floorRemainder(year, 100) != 0 || Self.floorRemainder(year, 400) == 0)
        dayOfYear = monthFromMarch < 10 ? sinceMarch + 59 + (isLeap ? 1 : 0) : sinceMarch - 306
    }

    /// Days since 1970-01-01 of a date that exists.
    static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let era = floorDivide(shifted, 400)
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private static func floorDivide(_ a: Int64, _ b: Int64) -> Int64 { a / b - (a % b < 0 ? 1 : 0) }
    private static func floorRemainder(_ a: Int64, _ b: Int64) -> Int64 { (a % b + b) % b }
}
