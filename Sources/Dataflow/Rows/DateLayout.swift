/// A date's form in which each part has its place, as in `dd.MM.yyyy`: read and written by moving digits.
///
/// Of four digits of a year, two of a month, two of a day, each once, and literal text; 8 to 16 bytes. It holds no reference, so that the
/// loops over cells may have it at hand.
public struct DateLayout: Sendable, Hashable, BitwiseCopyable {
    private let length: UInt8
    private let year: UInt8
    private let month: UInt8
    private let day: UInt8
    // The literal text, with 0 for each digit: its first eight bytes and its last eight.
    private let first: UInt64
    private let last: UInt64
    // What added to a digit's value or to a literal's 0 stays below 128, and with anything more doesn't.
    private let firstRoom: UInt64
    private let lastRoom: UInt64

    /// `yyyy-MM-dd`.
    static let iso = DateLayout([.year, .literal([UInt8(ascii: "-")]), .month, .literal([UInt8(ascii: "-")]), .day])

    /// nil for a form in which a part is missing, comes twice, or has no certain place.
    init?(_ parts: [DatePattern.Part]) {
        var (text, room): ([UInt8], [UInt8]) = ([], [])
        var (year, month, day): (Int?, Int?, Int?)
        for part in parts {
            let digits: Int
            switch part {
            case .year where year == nil: (year, digits) = (text.count, 4)
            case .month where month == nil: (month, digits) = (text.count, 2)
            case .day where day == nil: (day, digits) = (text.count, 2)
            case .literal(let bytes):
                // Only of ASCII the highest bit is free.
                guard bytes.allSatisfy({ $0 < 0x80 }) else { return nil }
                text += bytes
                room += Array(repeating: 0x7F, count: bytes.count)
                continue
            default: return nil
            }
            text += Array(repeating: 0x30, count: digits)
            room += Array(repeating: 0x7F - 9, count: digits)
        }
        guard let year, let month, let day, text.count >= 8, text.count <= 16 else { return nil }
        length = UInt8(text.count)
        (self.year, self.month, self.day) = (UInt8(year), UInt8(month), UInt8(day))
        func word(_ bytes: [UInt8], at start: Int) -> UInt64 { bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: start, as: UInt64.self) } }
        (first, last) = (word(text, at: 0), word(text, at: text.count - 8))
        (firstRoom, lastRoom) = (word(room, at: 0), word(room, at: room.count - 8))
    }

    /// Days since 1970-01-01; nil for another text, and for a day that isn't there. Looks at `count` bytes and no more.
    @inline(__always)
    public func days(_ text: UnsafePointer<UInt8>, _ count: Int) -> Int32? {
        guard count == Int(length) else { return nil }
        let bytes = UnsafeRawPointer(text)
        let head = bytes.loadUnaligned(as: UInt64.self) ^ first
        let tail = bytes.loadUnaligned(fromByteOffset: count &- 8, as: UInt64.self) ^ last
        guard (head | (head &+ firstRoom) | tail | (tail &+ lastRoom)) & 0x8080_8080_8080_8080 == 0 else { return nil }
        @inline(__always) func two(_ at: UInt8, _ more: Int = 0) -> Int {
            let pair = text + Int(at) + more
            return Int(pair[0] &- 0x30) &* 10 &+ Int(pair[1] &- 0x30)
        }
        return CalendarDate.days(year: two(year) &* 100 &+ two(year, 2), month: two(month), day: two(day))
    }

    /// Whether it is in the literal text; digits apart.
    func mayWrite(_ byte: UInt8) -> Bool {
        func has(_ word: UInt64) -> Bool { withUnsafeBytes(of: word) { $0.contains(byte) } }
        return has(first) || has(last)
    }

    /// Writes a day of the years 0 to 9999 (`CalendarDate.dayRange`) into 16 bytes of room. Returns the bytes that count.
    @inline(__always)
    public func write(days: Int32, to target: UnsafeMutablePointer<UInt8>) -> Int {
        let date = CalendarDate.components(days: days)
        let bytes = UnsafeMutableRawPointer(target)
        bytes.storeBytes(of: first, as: UInt64.self)
        bytes.storeBytes(of: last, toByteOffset: Int(length) &- 8, as: UInt64.self)
        let century = date.year / 100
        DigitPairs.write(UInt64(truncatingIfNeeded: century), to: target + Int(year))
        DigitPairs.write(UInt64(truncatingIfNeeded: date.year &- century &* 100), to: target + Int(year) + 2)
        DigitPairs.write(UInt64(truncatingIfNeeded: date.month), to: target + Int(month))
        DigitPairs.write(UInt64(truncatingIfNeeded: date.day), to: target + Int(day))
        return Int(length)
    }
}
