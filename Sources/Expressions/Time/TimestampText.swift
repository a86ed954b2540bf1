import Kernel

extension Timestamp {
    /// The years that CEL's timestamps span: 1 to 9999.
    static let celSeconds: ClosedRange<Int64> = -62_135_596_800...253_402_300_799

    /// What a message can hold in Kubernetes, though nothing else makes such a time: here a thousand million years each way, so that no
    /// reckoning with seconds, days or years overflows.
    static let farSeconds: ClosedRange<Int64> = -(1 << 55)...(1 << 55)

    /// As `string()` writes it: RFC 3339 by a clock that is so many minutes ahead of UTC, with as many decimals of a second as are needed.
    func canonicalText(offset: Int16) -> String {
        let date = CalendarDate(self, offset: Int64(offset) * 60)
        var text: [UInt8] = []
        text.reserveCapacity(35)
        func append(_ value: Int64, _ width: Int) {
            let digits = String(value).utf8
            for _ in 0..<max(0, width - digits.count) { text.append(UInt8(ascii: "0")) }
            text += digits
        }
        if date.year < 0 { text.append(UInt8(ascii: "-")) }
        append(abs(date.year), 4)
        text.append(UInt8(ascii: "-"))
        append(date.month, 2)
        text.append(UInt8(ascii: "-"))
        append(date.day, 2)
        text.append(UInt8(ascii: "T"))
        append(date.secondOfDay / 3600, 2)
        text.append(UInt8(ascii: ":"))
        append(date.secondOfDay / 60 % 60, 2)
        text.append(UInt8(ascii: ":"))
        append(date.secondOfDay % 60, 2)
        if nanoseconds > 0 {
            text.append(UInt8(ascii: "."))
            append(Int64(nanoseconds), 9)
            while text.last == UInt8(ascii: "0") { text.removeLast() }
        }
        if offset == 0 {
            text.append(UInt8(ascii: "Z"))
        } else {
            let size = Int64(offset.magnitude)
            text.append(offset < 0 ? UInt8(ascii: "-") : UInt8(ascii: "+"))
            append(size / 60, 2)
            text.append(UInt8(ascii: ":"))
            append(size % 60, 2)
        }
        return String(decoding: text, as: UTF8.self)
    }
}
