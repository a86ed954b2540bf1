/// A date's or timestamp's form, as in `dd.MM.yyyy HH:mm`: letters that stand for parts, everything else for itself.
///
/// `yyyy` year, `yy` its last two digits (1970-2069), `MM` month, `M` month of one or two digits, `MMM` English month (`Jan`), `dd` and `d` day, `HH` hour,
/// `hh` hour of twelve with `a` (AM, PM), `mm` minute, `ss` second, `S` one to six digits of the second's fraction, `XXX` offset (`+02:00` or `Z`).
/// Other letters must stand in single quotes; two single quotes are one. A text without offset means UTC, and timestamps are written in UTC.
struct DatePattern: Sendable, Hashable {
    enum Part: Sendable, Hashable {
        case year, shortYear, month, shortMonth, monthName, day, shortDay, hour, halfHour, minute, second, fraction(Int), half, offset
        case literal([UInt8])
    }

    let parts: [Part]

    init(_ text: String, allowsTime: Bool) throws(ValueFormat.Unusable) {
        var parts: [Part] = []
        let bytes = Array(text.utf8)
        var literal: [UInt8] = []
        var at = 0
        while at < bytes.count {
            let byte = bytes[at]
            if byte == UInt8(ascii: "'") {
                at += 1
                if at < bytes.count, bytes[at] == byte {
                    literal.append(byte)
                    at += 1
                    continue
                }
                while at < bytes.count, bytes[at] != byte {
                    literal.append(bytes[at])
                    at += 1
                }
                guard at < bytes.count else { throw ValueFormat.Unusable(reason: "in \(text) a single quote opens and never closes") }
                at += 1
                continue
            }
            guard byte | 0x20 >= UInt8(ascii: "a"), byte | 0x20 <= UInt8(ascii: "z") else {
                literal.append(byte)
                at += 1
                continue
            }
            var count = 1
            while at + count < bytes.count, bytes[at + count] == byte { count += 1 }
            if !literal.isEmpty { parts.append(.literal(literal)) }
            literal = []
            parts.append(try Self.part(byte, count, in: text))
            at += count
        }
        if !literal.isEmpty { parts.append(.literal(literal)) }
        let hasDay = parts.contains { $0 == .day || $0 == .shortDay }
        let hasMonth = parts.contains { $0 == .month || $0 == .shortMonth || $0 == .monthName }
        guard hasDay, hasMonth, parts.contains(where: { $0 == .year || $0 == .shortYear }) else {
            throw ValueFormat.Unusable(reason: "\(text) must say year, month and day, as in yyyy-MM-dd")
        }
        guard parts.contains(.halfHour) == parts.contains(.half) else { throw ValueFormat.Unusable(reason: "in \(text) hh needs a (AM or PM), and a needs hh") }
        if !allowsTime, parts.contains(where: Self.isTime) { throw ValueFormat.Unusable(reason: "\(text) has a time of day: declare the column as timestamp") }
        self.parts = parts
    }

    private static func isTime(_ part: Part) -> Bool {
        switch part {
        case .year, .shortYear, .month, .shortMonth, .monthName, .day, .shortDay, .literal: false
        case .hour, .halfHour, .minute, .second, .fraction, .half, .offset: true
        }
    }

    private static func part(_ letter: UInt8, _ count: Int, in text: String) throws(ValueFormat.Unusable) -> Part {
        switch (letter, count) {
        case (UInt8(ascii: "y"), 4): return .year
        case (UInt8(ascii: "y"), 2): return .shortYear
        case (UInt8(ascii: "M"), 1): return .shortMonth
        case (UInt8(ascii: "M"), 2): return .month
        case (UInt8(ascii: "M"), 3): return .monthName
        case (UInt8(ascii: "d"), 1): return .shortDay
        case (UInt8(ascii: "d"), 2): return .day
        case (UInt8(ascii: "H"), 2): return .hour
        case (UInt8(ascii: "h"), 2): return .halfHour
        case (UInt8(ascii: "m"), 2): return .minute
        case (UInt8(ascii: "s"), 2): return .second
        case (UInt8(ascii: "S"), 1...6): return .fraction(count)
        case (UInt8(ascii: "a"), 1): return .half
        case (UInt8(ascii: "X"), 3): return .offset
        default:
            let letters = String(repeating: Character(UnicodeScalar(letter)), count: count)
            throw ValueFormat.Unusable(reason: "\(letters) in \(text) has no meaning: use yyyy MM dd HH mm ss S XXX, and put literal letters in single quotes")
        }
    }

    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"].map { Array($0.utf8) }

    var maximumBytes: Int {
        parts.reduce(0) { sum, part in if case .literal(let text) = part { sum + text.count } else { sum + 8 } }
    }

    /// Microseconds since 1970; nil when the text hasn't the form or no such moment exists.
    func read(_ text: UnsafePointer<UInt8>, _ count: Int) -> Int64? {
        var (year, month, day, hour, minute, second, micro, offset) = (0, 0, 0, 0, 0, 0, 0, 0)
        var afternoon: Bool?
        var at = 0
        func number(_ least: Int, _ most: Int) -> Int? {
            var (value, digits) = (0, 0)
            while digits < most, at < count, text[at] &- 0x30 < 10 {
                value = value * 10 + Int(text[at] &- 0x30)
                digits += 1
                at += 1
            }
            return digits >= least ? value : nil
        }
        for part in parts {
            switch part {
            case .literal(let bytes):
                guard count - at >= bytes.count else { return nil }
                for (index, byte) in bytes.enumerated() where text[at + index] != byte { return nil }
                at += bytes.count
                continue
            case .monthName:
                guard count - at >= 3, let index = Self.months.firstIndex(where: { name in (0..<3).allSatisfy { name[$0] | 0x20 == text[at + $0] | 0x20 } }) else { return nil }
                month = index + 1
                at += 3
                continue
            case .half:
                guard count - at >= 2, text[at + 1] | 0x20 == UInt8(ascii: "m"), text[at] | 0x20 == UInt8(ascii: "a") || text[at] | 0x20 == UInt8(ascii: "p") else { return nil }
                afternoon = text[at] | 0x20 == UInt8(ascii: "p")
                at += 2
                continue
            case .offset:
                let length = at < count && text[at] | 0x20 == UInt8(ascii: "z") ? 1 : 6
                guard count - at >= length, let minutes = Self.offset(text + at, length) else { return nil }
                offset = Int(minutes)
                at += length
                continue
            case .fraction:
                let start = at
                guard var value = number(1, 6) else { return nil }
                for _ in (at - start)..<6 { value *= 10 }
                micro = value
                continue
            case .year: guard let value = number(4, 4) else { return nil }; year = value
            case .shortYear: guard let value = number(2, 2) else { return nil }; year = value < 70 ? 2000 + value : 1900 + value
            case .month: guard let value = number(2, 2) else { return nil }; month = value
            case .shortMonth: guard let value = number(1, 2) else { return nil }; month = value
            case .day: guard let value = number(2, 2) else { return nil }; day = value
            case .shortDay: guard let value = number(1, 2) else { return nil }; day = value
            case .hour: guard let value = number(2, 2) else { return nil }; hour = value
            case .halfHour:
                guard let value = number(2, 2), value >= 1, value <= 12 else { return nil }
                hour = value % 12
            case .minute: guard let value = number(2, 2) else { return nil }; minute = value
            case .second: guard let value = number(2, 2) else { return nil }; second = value
            }
        }
        if afternoon == true { hour += 12 }
        guard at == count, hour < 24, minute < 60, second < 60, let days = CalendarDate.days(year: year, month: month, day: day) else { return nil }
        return Int64(days) * 86_400_000_000 + Int64((hour * 60 + minute - offset) * 60 + second) * 1_000_000 + Int64(micro)
    }

    /// Minutes east of UTC of `Z`, `+02:00`, `+0200`, `+02`; nil for anything else.
    static func offset(_ text: UnsafePointer<UInt8>, _ count: Int) -> Int64? {
        if count == 1 { return text[0] | 0x20 == UInt8(ascii: "z") ? 0 : nil }
        guard count == 3 || count == 5 || count == 6, text[0] == UInt8(ascii: "+") || text[0] == UInt8(ascii: "-") else { return nil }
        if count == 6, text[3] != UInt8(ascii: ":") { return nil }
        func two(_ at: Int) -> Int64? {
            let (a, b) = (text[at] &- 0x30, text[at + 1] &- 0x30)
            return a < 10 && b < 10 ? Int64(a) * 10 + Int64(b) : nil
        }
        guard let hours = two(1), let minutes = count == 3 ? 0 : two(count - 2), hours < 24, minutes < 60 else { return nil }
        return (hours * 60 + minutes) * (text[0] == UInt8(ascii: "-") ? -1 : 1)
    }

    static func split(_ microseconds: Int64) -> (days: Int32, hour: Int, minute: Int, second: Int, microsecond: Int) {
        var days = microseconds / 86_400_000_000
        var rest = Int(microseconds % 86_400_000_000)
        if rest < 0 {
            rest += 86_400_000_000
            days -= 1
        }
        let second = rest / 1_000_000
        return (Int32(clamping: days), second / 3600, second / 60 % 60, second % 60, rest % 1_000_000)
    }

    /// The last `count` digits of a number that isn't negative.
    static func digits(_ value: Int, _ count: Int, _ target: UnsafeMutablePointer<UInt8>) {
        var rest = value
        for at in stride(from: count - 1, through: 0, by: -1) {
            target[at] = UInt8(truncatingIfNeeded: rest % 10) &+ 0x30
            rest /= 10
        }
    }

    /// - Parameter target: at least `maximumBytes`.
    func write(_ microseconds: Int64, to target: UnsafeMutablePointer<UInt8>) -> Int {
        let time = Self.split(microseconds)
        let date = CalendarDate.components(days: time.days)
        var at = 0
        func put(_ value: Int, _ count: Int) {
            Self.digits(value, count, target + at)
            at += count
        }
        for part in parts {
            switch part {
            case .literal(let bytes):
                for byte in bytes {
                    target[at] = byte
                    at += 1
                }
            case .year: put(date.year, 4)
            case .shortYear: put(date.year % 100, 2)
            case .month: put(date.month, 2)
            case .shortMonth: put(date.month, date.month > 9 ? 2 : 1)
            case .monthName:
                for byte in Self.months[(date.month - 1) % 12] {
                    target[at] = byte
                    at += 1
                }
            case .day: put(date.day, 2)
            case .shortDay: put(date.day, date.day > 9 ? 2 : 1)
            case .hour: put(time.hour, 2)
            case .halfHour: put((time.hour + 11) % 12 + 1, 2)
            case .minute: put(time.minute, 2)
            case .second: put(time.second, 2)
            case .fraction(let count):
                var value = time.microsecond
                for _ in count..<6 { value /= 10 }
                put(value, count)
            case .half:
                target[at] = time.hour >= 12 ? UInt8(ascii: "P") : UInt8(ascii: "A")
                target[at + 1] = UInt8(ascii: "M")
                at += 2
            case .offset:
                target[at] = UInt8(ascii: "Z")
                at += 1
            }
        }
        return at
    }
}
