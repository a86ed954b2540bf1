import Kernel

/// What Go's `time.Parse` says of a text that is no time, as clients get to read it.
enum GoTime {
    /// - Parameter microseconds: the form of Leases and Events, six digits after the second; else RFC 3339, any fraction or none.
    /// - Returns: nil when it is a time.
    static func problem(_ text: String, microseconds: Bool) -> String? {
        let layout = microseconds ? "2006-01-02T15:04:05.000000Z07:00" : "2006-01-02T15:04:05Z07:00"
        var rest = text.utf8[...]
        func remains() -> String { GoQuote.quote(String(rest) ?? "") }
        func unreadable(_ part: String) -> String {
            "parsing time \(GoQuote.quote(text)) as \(GoQuote.quote(layout)): cannot parse \(remains()) as \(GoQuote.quote(part))"
        }
        func range(_ part: String) -> String { "parsing time \(GoQuote.quote(text)): \(part) out of range" }
        func number(_ digits: Int) -> Int? {
            let part = rest.prefix(digits)
            guard part.count == digits, part.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
            rest = rest.dropFirst(digits)
            return part.reduce(0) { $0 * 10 + Int($1 - 0x30) }
        }
        var values: [Int] = []
        for (name, mark, digits, most, word) in [
            ("2006", "-", 4, 9999, "year"), ("01", "-", 2, 12, "month"), ("02", "T", 2, 31, "day"), ("15", ":", 2, 23, "hour"), ("04", ":", 2, 59, "minute"),
            ("05", "", 2, 59, "second"),
        ] {
            guard let value = number(digits) else { return unreadable(name) }
            if value > most || value < (word == "month" || word == "day" ? 1 : 0) { return range(word) }
            values.append(value)
            guard rest.starts(with: mark.utf8) else { return unreadable(mark) }
            rest = rest.dropFirst(mark.utf8.count)
        }
        if microseconds {
            guard rest.first == UInt8(ascii: "."), rest.dropFirst().prefix(6).count == 6, rest.dropFirst().prefix(6).allSatisfy({ (0x30...0x39).contains($0) })
            else { return unreadable(".000000") }
            rest = rest.dropFirst(7)
        } else if rest.first == UInt8(ascii: ".") || rest.first == UInt8(ascii: ","), let digit = rest.dropFirst().first, (0x30...0x39).contains(digit) {
            rest = rest.dropFirst().drop { (0x30...0x39).contains($0) }
        }
        if rest.first == UInt8(ascii: "Z") {
            rest = rest.dropFirst()
        } else {
            let zone = rest
            guard let sign = rest.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") else { return unreadable("Z07:00") }
            rest = rest.dropFirst()
            guard let hours = number(2), rest.first == UInt8(ascii: ":") else {
                rest = zone
                return unreadable("Z07:00")
            }
            rest = rest.dropFirst()
            guard let minutes = number(2) else {
                rest = zone
                return unreadable("Z07:00")
            }
            if hours > 24 { return range("time zone offset hour") }
            if minutes > 60 { return range("time zone offset minute") }
        }
        guard rest.isEmpty else { return "parsing time \(GoQuote.quote(text)): extra text: \(remains())" }
        let isLeap = values[0] % 4 == 0 && (values[0] % 100 != 0 || values[0] % 400 == 0)
        let days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        return values[2] > days[values[1] - 1] ? range("day") : nil
    }
}
