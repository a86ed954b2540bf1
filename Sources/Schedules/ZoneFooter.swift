/// The rule at the end of a TZif file, `CET-1CEST,M3.5.0,M10.5.0/3`: for all times after its last transition.
struct ZoneFooter: Sendable, Equatable {
    /// A day of every year and a time of it.
    struct Change: Sendable, Equatable {
        enum Day: Sendable, Equatable {
            /// Of that month the nth (5: the last) of that weekday, 0 being Sunday.
            case weekday(month: Int, week: Int, weekday: Int)
            /// 1 to 365, February 29th never counted.
            case julian(Int)
            /// 0 to 365, February 29th counted.
            case ordinal(Int)
        }
        var day: Day
        /// Seconds after midnight; may be negative or over a day.
        var time: Int

        /// Seconds since 1970 as clocks show it.
        func local(year: Int) -> Int64 {
            let start = CivilDay.number(year: year, month: 1, day: 1)
            let number: Int64
            switch day {
            case .weekday(let month, let week, let weekday):
                let first = CivilDay.number(year: year, month: month, day: 1)
                let next = month == 12 ? CivilDay.number(year: year + 1, month: 1, day: 1) : CivilDay.number(year: year, month: month + 1, day: 1)
                var at = first + Int64((weekday - CivilDay(number: first).weekday + 7) % 7) + Int64(week - 1) * 7
                while at >= next { at -= 7 }
                number = at
            case .julian(let day):
                let isLeap = CivilDay.number(year: year + 1, month: 1, day: 1) - start == 366
                number = start + Int64(day - 1) + (isLeap && day >= 60 ? 1 : 0)
            case .ordinal(let day): number = start + Int64(day)
            }
            return number * 86400 + Int64(time)
        }
    }

    let standard: Int
    let daylight: (offset: Int, from: Change, to: Change)?

    static func == (a: ZoneFooter, b: ZoneFooter) -> Bool {
        a.standard == b.standard && a.daylight?.offset == b.daylight?.offset && a.daylight?.from == b.daylight?.from && a.daylight?.to == b.daylight?.to
    }

    /// nil for an empty one.
    init?(_ text: [UInt8]) throws(ScheduleError) {
        guard !text.isEmpty else { return nil }
        var reader = FooterReader(text)
        try reader.name()
        standard = -(try reader.time())
        guard !reader.isAtEnd else {
            daylight = nil
            return
        }
        try reader.name()
        let offset = reader.next == UInt8(ascii: ",") ? standard + 3600 : -(try reader.time())
        try reader.expect(",")
        let from = try reader.change()
        try reader.expect(",")
        daylight = (offset, from, try reader.change())
    }

    func offset(at moment: Int64) -> Int {
        guard let daylight else { return standard }
        // The year that clocks show, about; the changes of the years beside it are looked at too.
        let year = CivilDay(number: (moment + Int64(standard)).floorDivision(by: 86400)).year
        var latest = (moment: Int64.min, offset: standard)
        for year in (year - 1)...(year + 1) {
            for (change, offset) in [(daylight.from.local(year: year) - Int64(standard), daylight.offset), (daylight.to.local(year: year) - Int64(daylight.offset), standard)]
            where change <= moment && change > latest.moment {
                latest = (change, offset)
            }
        }
        return latest.offset
    }
}

/// Reads the footer's text.
private struct FooterReader {
    private let text: [UInt8]
    private var at = 0

    init(_ text: [UInt8]) { self.text = text }

    var isAtEnd: Bool { at >= text.count }
    var next: UInt8? { at < text.count ? text[at] : nil }

    mutating func expect(_ character: Unicode.Scalar) throws(ScheduleError) {
        guard let next, next == UInt8(ascii: character) else { throw TZifReader.damaged }
        at += 1
    }

    /// Letters, or anything in angle brackets.
    mutating func name() throws(ScheduleError) {
        if next == UInt8(ascii: "<") {
            while let byte = next, byte != UInt8(ascii: ">") {
                _ = byte
                at += 1
            }
            try expect(">")
            return
        }
        let start = at
        while let byte = next, (0x41...0x5A).contains(byte & 0xDF) { at += 1 }
        guard at - start >= 3 else { throw TZifReader.damaged }
    }

    private mutating func number() throws(ScheduleError) -> Int {
        var value = 0
        let start = at
        while let byte = next, (0x30...0x39).contains(byte), at - start < 4 {
            value = value * 10 + Int(byte - 0x30)
            at += 1
        }
        guard at > start else { throw TZifReader.damaged }
        return value
    }

    /// `[+-]hh[:mm[:ss]]` in seconds.
    mutating func time() throws(ScheduleError) -> Int {
        var sign = 1
        if next == UInt8(ascii: "-") { sign = -1 }
        if next == UInt8(ascii: "-") || next == UInt8(ascii: "+") { at += 1 }
        var seconds = try number() * 3600
        for unit in [60, 1] where next == UInt8(ascii: ":") {
            at += 1
            seconds += try number() * unit
        }
        return sign * seconds
    }

    mutating func change() throws(ScheduleError) -> ZoneFooter.Change {
        let day: ZoneFooter.Change.Day
        switch next {
        case UInt8(ascii: "M"):
            at += 1
            let month = try number()
            try expect(".")
            let week = try number()
            try expect(".")
            let weekday = try number()
            guard (1...12).contains(month), (1...5).contains(week), (0...6).contains(weekday) else { throw TZifReader.damaged }
            day = .weekday(month: month, week: week, weekday: weekday)
        case UInt8(ascii: "J"):
            at += 1
            day = .julian(try number())
        default: day = .ordinal(try number())
        }
        guard next == UInt8(ascii: "/") else { return .init(day: day, time: 7200) }
        at += 1
        return .init(day: day, time: try time())
    }
}
