import Kernel

/// Moments as Go reads RFC 3339: capital letters, an hour may have one digit, a second as many decimals as one likes after a point or a
/// comma, of which nine count, and an offset may go up to 24:60.
enum GoTime {
    /// The moment, and how many minutes its clock is ahead of UTC; nil for what Go doesn't take. Any year from 0 to 9999.
    ///
    /// - Parameter needsOffset: a time without one is none; else it is one in UTC.
    static func parse(_ text: String, needsOffset: Bool = true) -> (moment: Timestamp, offset: Int16)? {
        var text = text
        return text.withUTF8 { bytes in
            var reader = Reader(bytes)
            guard let seconds = reader.localTime() else { return nil }
            guard let sign = reader.next() else { return needsOffset ? nil : (Timestamp(seconds: seconds, nanoseconds: reader.nanoseconds), 0) }
            var offset: Int64 = 0
            if sign != UInt8(ascii: "Z") {
                guard sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-"), let hours = reader.number(2), hours <= 24,
                    reader.next() == UInt8(ascii: ":"), let minutes = reader.number(2), minutes <= 60
                else { return nil }
                offset = (hours * 60 + minutes) * (sign == UInt8(ascii: "-") ? -1 : 1)
            }
            guard reader.isAtEnd else { return nil }
            return (Timestamp(seconds: seconds - offset * 60, nanoseconds: reader.nanoseconds), Int16(offset))
        }
    }

    /// What Go says of a text that a schema takes for a time and `parse` doesn't, having tried to read it without an offset at last.
    static func problem(_ text: String) -> String {
        if let at = text.utf8.firstIndex(of: UInt8(ascii: "t")) {
            return "parsing time \"\(text)\" as \"2006-01-02T15:04:05\": cannot parse \"\(text[at...])\" as \"T\""
        }
        var copy = text
        let read = copy.withUTF8 { bytes in
            var reader = Reader(bytes)
            return reader.localTime() == nil ? 0 : reader.position
        }
        return "parsing time \"\(text)\": extra text: \"\(String(decoding: text.utf8.dropFirst(read), as: UTF8.self))\""
    }

    /// Reads on in a text.
    private struct Reader {
        private let bytes: UnsafeBufferPointer<UInt8>
        private(set) var position = 0
        private(set) var nanoseconds: Int32 = 0

        init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

        var isAtEnd: Bool { position == bytes.count }

        mutating func next() -> UInt8? {
            guard position < bytes.count else { return nil }
            defer { position += 1 }
            return bytes[position]
        }

        private func digit(_ ahead: Int = 0) -> Int64? {
            guard position + ahead < bytes.count, case let byte = bytes[position + ahead], (0x30...0x39).contains(byte) else { return nil }
            return Int64(byte - 0x30)
        }

        /// So many digits.
        mutating func number(_ width: Int) -> Int64? {
            var value: Int64 = 0
            for _ in 0..<width {
                guard let digit = digit() else { return nil }
                value = value * 10 + digit
                position += 1
            }
            return value
        }

        private mutating func sign(_ expected: UInt8) -> Bool {
            guard position < bytes.count, bytes[position] == expected else { return false }
            position += 1
            return true
        }

        /// Up to the second and its decimals, as seconds since 1970 by the clock that is read.
        mutating func localTime() -> Int64? {
            guard let year = number(4), sign(UInt8(ascii: "-")), let month = number(2), (1...12).contains(month), sign(UInt8(ascii: "-")),
                let day = number(2), sign(UInt8(ascii: "T")), let hour = number(digit(1) == nil ? 1 : 2), hour < 24, sign(UInt8(ascii: ":")),
                let minute = number(2), minute < 60, sign(UInt8(ascii: ":")), let second = number(2), second < 60
            else { return nil }
            let days = CalendarDate.days(year: year, month: month, day: day)
            let nextMonth = month == 12 ? CalendarDate.days(year: year + 1, month: 1, day: 1) : CalendarDate.days(year: year, month: month + 1, day: 1)
            guard day >= 1, days < nextMonth else { return nil }
            if position < bytes.count, bytes[position] == UInt8(ascii: ".") || bytes[position] == UInt8(ascii: ","), digit(1) != nil {
                position += 1
                var scale: Int32 = 100_000_000
                while let digit = digit() {
                    nanoseconds += Int32(digit) * scale
                    scale /= 10
                    position += 1
                }
            }
            return days * 86_400 + hour * 3600 + minute * 60 + second
        }
    }
}
