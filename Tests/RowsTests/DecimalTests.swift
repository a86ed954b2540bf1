import Testing

@testable import Rows

@Suite struct DecimalTests {
    static func decimal(_ coefficient: Int128, _ scale: Int) throws -> Decimal { try #require(Decimal(coefficient: coefficient, scale: scale)) }

    @Test func writesAllDigitsOfTheScale() throws {
        #expect(try Self.decimal(150, 2).description == "1.50")
        #expect(try Self.decimal(-5, 3).description == "-0.005")
        #expect(try Self.decimal(0, 2).description == "0.00")
        #expect(Decimal(.min).description == "-9223372036854775808")
        #expect(try Self.decimal(Int128(Decimal.largestCoefficient), 35).description == "0." + String(repeating: "9", count: 35))
        #expect(try Self.decimal(-Int128(Decimal.largestCoefficient), 0).description == "-" + String(repeating: "9", count: 35))
        #expect(try Self.decimal(10_000_000_000_000_000_000_000, 4).description == "1000000000000000000.0000")
    }

    @Test func equalWhateverTheScale() throws {
        #expect(try Self.decimal(150, 2) == Self.decimal(15, 1))
        #expect(try Self.decimal(150, 2).hashValue == Self.decimal(15, 1).hashValue)
        #expect(try Self.decimal(-151, 2) < Self.decimal(-15, 1))
        #expect(try Self.decimal(Int128(Decimal.largestCoefficient), 0) > Self.decimal(1, 35))
        #expect(try Self.decimal(-Int128(Decimal.largestCoefficient), 0) < Self.decimal(-1, 35))
    }

    @Test func roundsOnlyWhenAsked() throws {
        #expect(try Self.decimal(125, 2).rescaled(to: 1)?.description == "1.3")
        #expect(try Self.decimal(-125, 2).rescaled(to: 1)?.description == "-1.3")
        #expect(try Self.decimal(124, 2).rescaled(to: 1)?.description == "1.2")
        #expect(try Self.decimal(5, 0).rescaled(to: 3)?.description == "5.000")
        #expect(try Self.decimal(Int128(Decimal.largestCoefficient), 0).rescaled(to: 1) == nil)
    }

    @Test func calculatesExactlyOrNotAtAll() throws {
        #expect(try Self.decimal(10, 2).adding(Self.decimal(2, 1))?.description == "0.30")
        #expect(try Self.decimal(150, 2).multiplied(by: Decimal(3))?.description == "4.50")
        #expect(try Self.decimal(150, 2).subtracting(Decimal(3))?.description == "-1.50")
        let large = try Self.decimal(Int128(Decimal.largestCoefficient), 0)
        #expect(large.adding(large) == nil)
        #expect(large.multiplied(by: large) == nil)
        #expect(try Self.decimal(300, 2).wholeInt64 == 3)
        #expect(try Self.decimal(301, 2).wholeInt64 == nil)
    }

    @Test func datesGoBothWays() throws {
        #expect(CalendarDate.days(year: 1970, month: 1, day: 1) == 0)
        #expect(CalendarDate.days(year: 2026, month: 2, day: 29) == nil)
        #expect(CalendarDate.days(year: 2024, month: 2, day: 29) != nil)
        let first = try #require(CalendarDate.days(year: 0, month: 1, day: 1))
        let last = try #require(CalendarDate.days(year: 9999, month: 12, day: 31))
        for days in stride(from: first, through: last, by: 97) {
            let (year, month, day) = CalendarDate.components(days: days)
            #expect(CalendarDate.days(year: year, month: month, day: day) == days)
        }
    }
}
