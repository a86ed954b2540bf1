import TestSupport
import Testing

@testable import Rows

/// The quick ways of digits and dates against the slow ones.
@Suite struct DigitsTests {

    /// Around each power of ten, and some of every length.
    private var numbers: [Int64] {
        var random = Seeded(9)
        var result: [Int64] = [.min, .min + 1, .max, .max - 1]
        var power: Int64 = 1
        for _ in 0...18 {
            result += [power - 1, power, power + 1, -power, 1 - power, -1 - power, Int64.random(in: 0...power, using: &random), -Int64.random(in: 0...power, using: &random)]
            power = power.multipliedReportingOverflow(by: 10).partialValue
        }
        return result
    }

    private func written(_ body: (UnsafeMutablePointer<UInt8>) -> Int) -> String {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 128) { room in String(decoding: room[..<body(room.baseAddress!)], as: UTF8.self) }
    }

    @Test func numbersAreWrittenWithTheirDigits() throws {
        for number in numbers {
            #expect(written { ValueFormat.write(number, to: $0) } == "\(number)")
            for scale in [0, 1, 2, 3, 7, 18, 19, 20, 35] {
                let digits = String(number.magnitude)
                let padded = String(repeating: "0", count: max(0, scale + 1 - digits.count)) + digits
                let expected = (number < 0 ? "-" : "") + padded.dropLast(scale) + (scale > 0 ? "." + padded.suffix(scale) : "")
                #expect(try #require(Decimal(coefficient: Int128(number), scale: scale)).description == expected)
            }
        }
    }

    @Test func daysAndTheirPartsAreEachOthers() {
        var wrong: [Int32] = []
        func check(_ days: Int32) {
            let (year, month, day) = CalendarDate.components(days: days)
            if CalendarDate.days(year: year, month: month, day: day) != days { wrong.append(days) }
        }
        for days in stride(from: CalendarDate.dayRange.lowerBound, through: CalendarDate.dayRange.upperBound, by: 17) { check(days) }
        // Around the ends of February and of the year, where the rules are.
        for year in [0, 1, 3, 4, 99, 100, 101, 399, 400, 1600, 1900, 1970, 2000, 2024, 2100, 9999] {
            for (month, day) in [(1, 1), (2, 28), (3, 1), (12, 31)] {
                let days = CalendarDate.days(year: year, month: month, day: day) ?? 0
                for near in days - 1...days + 1 where CalendarDate.dayRange.contains(near) { check(near) }
            }
        }
        #expect(wrong == [])
        #expect(CalendarDate.days(year: 0, month: 1, day: 1) == CalendarDate.dayRange.lowerBound)
        #expect(CalendarDate.days(year: 9999, month: 12, day: 31) == CalendarDate.dayRange.upperBound)
        // Beyond them days still have parts.
        #expect(CalendarDate.components(days: CalendarDate.dayRange.upperBound + 1) == (10_000, 1, 1))
        #expect(CalendarDate.components(days: CalendarDate.dayRange.lowerBound - 1) == (-1, 12, 31))
    }

    @Test(arguments: ["dd.MM.yyyy", "yyyy-MM-dd", "yyyyMMdd", "ddMMyyyy", "'on' dd/MM/yyyy", "MM/dd/yyyy", "yyyy'T'MMdd'{~ |}'", "dd-'xy'-MM-yyyy"])
    func datesByTheirPlacesAreDatesByTheirParts(_ text: String) throws {
        let pattern = try DatePattern(text, allowsTime: false)
        let layout = try #require(DateLayout(pattern.parts))
        var random = Seeded(UInt64(text.utf8.count) | 1)
        var wrong: [String] = []
        var (good, bad) = (0, 0)
        for _ in 0..<4000 {
            let days = Int32.random(in: CalendarDate.dayRange, using: &random)
            #expect(written { layout.write(days: days, to: $0) } == written { pattern.write(Int64(days) * 86_400_000_000, to: $0) })
            var bytes = Array(written { layout.write(days: days, to: $0) }.utf8)
            if Bool.random(using: &random) {
                let at = Int.random(in: 0..<bytes.count, using: &random)
                bytes[at] = Bool.random(using: &random) ? UInt8.random(in: 0x2A...0x40, using: &random) : UInt8.random(in: 0...255, using: &random)
            }
            if Int.random(in: 0..<20, using: &random) == 0 { bytes.removeLast() }
            let count = bytes.count
            // Behind the text stands more.
            bytes += [0x30, 0x30]
            let (quick, slow) = bytes.withUnsafeBufferPointer { bytes in
                (layout.days(bytes.baseAddress!, count), pattern.read(bytes.baseAddress!, count).map { Int32(($0 - (($0 % 86_400_000_000) + 86_400_000_000) % 86_400_000_000) / 86_400_000_000) })
            }
            if quick != slow { wrong.append(String(decoding: bytes, as: UTF8.self)) }
            if slow == nil { bad += 1 } else { good += 1 }
        }
        #expect(wrong == [])
        #expect(good > 1000 && bad > 500)
    }

    @Test(arguments: ["d.M.yyyy", "dd.MM.yy", "MMM dd yyyy", "dd.MM.yyyy yyyy", "'a long text before it' dd.MM.yyyy", "dd·MM·yyyy"])
    func formsWithoutCertainPlacesAreReadByTheirParts(_ text: String) throws {
        #expect(DateLayout(try DatePattern(text, allowsTime: false).parts) == nil)
    }

    /// What a format says it never writes decides about quotes.
    @Test func formatsKnowTheBytesTheyMayWrite() throws {
        let dates = try [ValueFormat(.date), ValueFormat(.date, "dd.MM.yyyy"), ValueFormat(.date, "d MMM yyyy"), ValueFormat(.date, "dd,MM,yyyy")]
        let decimals = try [ValueFormat(.decimal), ValueFormat(.decimal, "0,00"), ValueFormat(.decimal, "#.##0,00"), ValueFormat(.decimal, "# ##0,00")]
        for format in dates + decimals + [ValueFormat(plain: .integer), ValueFormat(plain: .float), ValueFormat(plain: .boolean), try ValueFormat(.boolean, "a,b|c")] {
            var texts: [String] = []
            switch format.type {
            case .date: texts = [-719_528, 0, 20_000, 2_932_896].map { days in written { format.write(days: days, to: $0) } }
            case .decimal: texts = numbers.compactMap { Decimal(coefficient: Int128($0), scale: 3) }.map { value in written { format.write(value, to: $0) } }
            case .integer: texts = numbers.map { value in written { ValueFormat.write(value, to: $0) } }
            case .float: texts = [0.1, -1e300, 1e-7, .infinity, .nan].map { value in written { ValueFormat.write(value, to: $0) } }
            default: texts = [true, false].map { value in written { format.write(value, to: $0) } }
            }
            for text in texts { for byte in text.utf8 { #expect(format.mayWrite(byte), "\(format.type) \(format.text ?? "") \(text)") } }
        }
        #expect(!ValueFormat(plain: .integer).mayWrite(0x2C))
        #expect(!dates[1].mayWrite(0x2C) && dates[3].mayWrite(0x2C))
        #expect(!decimals[0].mayWrite(0x2C) && decimals[1].mayWrite(0x2C))
    }
}
