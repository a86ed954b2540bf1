import Rows
import Testing

@Suite struct ValueFormatTests {
    private func bytes<R>(_ text: String, _ body: (UnsafePointer<UInt8>, Int) -> R) -> R {
        var room = Array(text.utf8)
        let count = room.count
        room.append(0)
        return room.withUnsafeBufferPointer { body($0.baseAddress!, count) }
    }

    private func written(_ format: ValueFormat, _ body: (UnsafeMutablePointer<UInt8>) -> Int) -> String {
        var room = [UInt8](repeating: 0, count: format.maximumBytes)
        let count = room.withUnsafeMutableBufferPointer { body($0.baseAddress!) }
        return String(decoding: room[..<count], as: UTF8.self)
    }

    @Test(arguments: [
        ("0", 0), ("-1", -1), ("+7", 7), ("007", 7), ("9223372036854775807", Int64.max), ("-9223372036854775808", Int64.min), ("0000000000000000000000012", 12),
    ] as [(String, Int64)])
    func readsIntegers(_ text: String, _ value: Int64) {
        #expect(bytes(text) { ValueFormat.integer($0, $1) } == value)
    }

    @Test(arguments: ["", "-", "+", "1.0", " 1", "1 ", "9223372036854775808", "-9223372036854775809", "1e3", "٣", "0x1"])
    func refusesWhatIsNoInteger(_ text: String) {
        #expect(bytes(text) { ValueFormat.integer($0, $1) } == nil)
    }

    @Test func integersWrittenReadBackAsThemselves() {
        for value in [Int64.min, -1, 0, 9, 10, 99, 100, 12_345, Int64.max] {
            #expect(written(ValueFormat(plain: .integer)) { ValueFormat.write(value, to: $0) } == "\(value)")
        }
    }

    @Test(arguments: [
        (nil, "1.50", "1.50"), (nil, "-0.5", "-0.5"), (nil, ".5", "0.5"), (nil, "5.", "5"), (nil, "12345678901234567890.123", "12345678901234567890.123"),
        ("0.00", "1.505", "1.51"), ("0.00", "-1.505", "-1.51"), ("0.00", "2", "2.00"), ("0,00", "1,5", "1,50"), ("0,#", "1,505", "1,505"), ("0,#", "12", "12"), ("#.##0,#", "1.234,5", "1.234,5"), ("0.#", "1.50", "1.50"), ("#,##0.00", "1,234,567.891", "1,234,567.89"),
        ("#,##0.00", "1234.5", "1,234.50"), ("#.##0,00", "-1.234,5", "-1.234,50"), ("#,##0", "999", "999"), ("#,##0", "1,000", "1,000"), ("0", "7.5", "8"),
    ] as [(String?, String, String)])
    func readsAndWritesDecimals(_ format: String?, _ text: String, _ expected: String) throws {
        let format = try ValueFormat(.decimal, format)
        let value = try #require(bytes(text) { format.decimal($0, $1) })
        #expect(written(format) { format.write(value, to: $0) } == expected)
    }

    @Test(arguments: [
        (nil, "1,5"), (nil, ""), (nil, "."), (nil, "1.2.3"), (nil, "1e5"), ("#,##0.00", "12,34.5"), ("#,##0.00", ",123"), ("#,##0.00", "1,23"), ("#,##0.00", "1234,567"),
        (nil, "1234567890123456789012345678901234567890"), ("0,00", "1.5"),
    ] as [(String?, String)])
    func refusesWhatIsNoDecimal(_ format: String?, _ text: String) throws {
        let format = try ValueFormat(.decimal, format)
        #expect(bytes(text) { format.decimal($0, $1) } == nil)
    }

    @Test(arguments: ["0.1", "1e5", "-2.5E-3", "123456789012345678901234567890", "4.9e-324", "1.7976931348623157e308", "0.30000000000000004", "9007199254740993"])
    func readsFloatsAsTheLanguageDoes(_ text: String) {
        #expect(bytes(text) { ValueFormat.float($0, $1) } == Double(text))
    }

    @Test(arguments: ["", "nan", "inf", "0x1p3", "1e", "1e400", "--1", "1_000", "."])
    func refusesWhatIsNoFloat(_ text: String) {
        #expect(bytes(text) { ValueFormat.float($0, $1) } == nil)
    }

    @Test func booleansByWordsOfTheirOwn() throws {
        let plain = ValueFormat(plain: .boolean)
        #expect(bytes("TRUE") { plain.boolean($0, $1) } == true)
        #expect(bytes("false") { plain.boolean($0, $1) } == false)
        #expect(bytes("1") { plain.boolean($0, $1) } == nil)
        let german = try ValueFormat(.boolean, "ja|nein")
        #expect(bytes("ja") { german.boolean($0, $1) } == true)
        #expect(bytes("nein") { german.boolean($0, $1) } == false)
        #expect(bytes("true") { german.boolean($0, $1) } == nil)
        #expect(written(german) { german.write(false, to: $0) } == "nein")
    }

    @Test(arguments: [
        (nil, "2026-11-20", "2026-11-20"), ("dd.MM.yyyy", "20.11.2026", "20.11.2026"), ("d.M.yy", "1.2.69", "1.2.69"), ("MMM d, yyyy", "feb 29, 2024", "Feb 29, 2024"),
        ("yyyyMMdd", "19691231", "19691231"), ("'on' dd/MM/yyyy", "on 05/01/1900", "on 05/01/1900"),
    ] as [(String?, String, String)])
    func readsAndWritesDates(_ format: String?, _ text: String, _ expected: String) throws {
        let format = try ValueFormat(.date, format)
        let days = try #require(bytes(text) { format.date($0, $1) })
        #expect(written(format) { format.write(days: days, to: $0) } == expected)
    }

    @Test(arguments: ["2026-02-29", "2026-13-01", "2026-11-2", "20261120", "", "2026-11-20 "])
    func refusesDaysThatDoNotExist(_ text: String) {
        let format = ValueFormat(plain: .date)
        #expect(bytes(text) { format.date($0, $1) } == nil)
    }

    @Test(arguments: [
        (nil, "2026-11-20T13:05:00Z", "2026-11-20T13:05:00Z"), (nil, "2026-11-20 13:05", "2026-11-20T13:05:00Z"), (nil, "2026-11-20T13:05:00.250+02:00", "2026-11-20T11:05:00.250Z"),
        (nil, "1969-12-31T23:59:59.999999Z", "1969-12-31T23:59:59.999999Z"), ("dd.MM.yyyy HH:mm:ss", "20.11.2026 13:05:09", "20.11.2026 13:05:09"),
        ("MM/dd/yyyy hh:mm a", "11/20/2026 12:30 am", "11/20/2026 12:30 AM"), ("yyyy-MM-dd'T'HH:mm:ss.SSSXXX", "2026-11-20T23:30:00.5-01:00", "2026-11-21T00:30:00.500Z"),
    ] as [(String?, String, String)])
    func readsAndWritesTimestamps(_ format: String?, _ text: String, _ expected: String) throws {
        let format = try ValueFormat(.timestamp, format)
        let moment = try #require(bytes(text) { format.timestamp($0, $1) })
        #expect(written(format) { format.write(microseconds: moment, to: $0) } == expected)
    }

    @Test(arguments: [(.decimal, "1.00"), (.decimal, "0.0,0"), (.decimal, ""), (.date, "yyyy-MM"), (.date, "yyyy-MM-dd HH:mm"), (.date, "yyyy-QQ-dd"), (.timestamp, "yyyy-MM-dd hh:mm"), (.integer, "0"), (.boolean, "yes")] as [(ColumnType, String)])
    func refusesFormatsThatSayNothing(_ type: ColumnType, _ text: String) {
        #expect(throws: ValueFormat.Unusable.self) { try ValueFormat(type, text) }
    }
}
