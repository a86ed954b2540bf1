import Foundation
import Kernel
import Schedules
import Testing

@Suite struct CronScheduleTests {
    static func zone(_ name: String) throws -> ZoneRules {
        name == "UTC" ? .utc : try ZoneRules(tzif: Array(Data(contentsOf: URL(fileURLWithPath: "/usr/share/zoneinfo/\(name)"))))
    }

    static func moment(_ text: String) throws -> Timestamp { try #require(Timestamp(rfc3339: text)) }

    @Test(arguments: [
        ("0 6 * * *", "UTC", "2026-11-20T06:00:00Z", "2026-11-21T06:00:00Z"),
        ("0 6 * * *", "UTC", "2026-11-20T05:59:59Z", "2026-11-20T06:00:00Z"),
        ("*/15 * * * *", "UTC", "2026-11-20T06:07:00Z", "2026-11-20T06:15:00Z"),
        ("0 8 * * 1-5", "Europe/Berlin", "2026-11-20T08:00:00Z", "2026-11-23T07:00:00Z"),
        ("0 8 * * MON-FRI", "Europe/Berlin", "2026-07-03T07:00:00Z", "2026-07-06T06:00:00Z"),
        // Either day is enough when both are restricted.
        ("0 0 13 * 5", "UTC", "2026-11-01T00:00:00Z", "2026-11-06T00:00:00Z"),
        ("0 0 13 * 5", "UTC", "2026-11-07T00:00:00Z", "2026-11-13T00:00:00Z"),
        ("0 0 29 2 *", "UTC", "2026-01-01T00:00:00Z", "2028-02-29T00:00:00Z"),
        ("0 0 29 2 *", "UTC", "2096-03-01T00:00:00Z", "2104-02-29T00:00:00Z"),
        ("@weekly", "UTC", "2026-11-20T00:00:00Z", "2026-11-22T00:00:00Z"),
        ("0 0 * * 7", "UTC", "2026-11-20T00:00:00Z", "2026-11-22T00:00:00Z"),
        ("5,10-20/5 3 1 jan ?", "UTC", "2026-01-01T03:05:00Z", "2026-01-01T03:10:00Z"),
        // 02:30 is skipped on 2027-03-28: it comes at 03:00 summer time.
        ("30 2 * * *", "Europe/Berlin", "2027-03-27T12:00:00Z", "2027-03-28T01:00:00Z"),
        // 02:30 comes twice on 2026-10-25: the first counts, and the next is tomorrow's.
        ("30 2 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z", "2026-10-25T00:30:00Z"),
        ("30 2 * * *", "Europe/Berlin", "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"),
        // With every hour both count.
        ("30 * * * *", "Europe/Berlin", "2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"),
        // Far beyond the file's transitions: its last rule.
        ("0 12 1 7 *", "America/New_York", "2060-01-01T00:00:00Z", "2060-07-01T16:00:00Z"),
        ("0 12 1 1 *", "Australia/Lord_Howe", "2060-06-01T00:00:00Z", "2061-01-01T01:00:00Z"),
        ("0 0 * * *", "Asia/Kathmandu", "2026-11-20T00:00:00Z", "2026-11-20T18:15:00Z"),
    ])
    func theNextTimeIs(_ schedule: String, _ zone: String, _ after: String, _ expected: String) throws {
        #expect(try CronSchedule(schedule).next(after: Self.moment(after), in: Self.zone(zone))?.rfc3339 == expected)
    }

    @Test(arguments: [
        ("* * *", "five"), ("60 * * * *", "minute: '60' must be a number from 0 to 59"), ("* 24 * * *", "hour"), ("* * 0 * *", "day of month"), ("* * * foo *", "as feb"),
        ("* * * * 8", "day of week"), ("*/0 * * * *", "minute"), ("5-1 * * * *", "write 1-5"), ("@sometimes", "@daily"), ("", "0 fields"), ("1,,2 * * * *", "minute"),
    ])
    func aBadScheduleSaysWhatWouldBeRight(_ schedule: String, _ word: String) {
        do throws(ScheduleError) {
            _ = try CronSchedule(schedule)
            Issue.record("'\(schedule)' is taken")
        } catch { #expect(error.description.contains(word), "\(error)") }
    }

    @Test func whatNeverComesIsNone() throws {
        #expect(try CronSchedule("0 0 30 2 *").next(after: Timestamp(seconds: 0), in: .utc) == nil)
        #expect(try CronSchedule("* * 30 2 *").next(after: Timestamp(seconds: 0), in: .utc) == nil)
    }

    @Test func ofMissedTimesTheLastIsKnown() throws {
        let schedule = try CronSchedule("0 * * * *")
        let missed = try #require(schedule.missed(after: try Self.moment("2026-11-20T06:00:00Z"), upTo: try Self.moment("2026-11-20T09:30:00Z"), in: .utc))
        #expect(missed.last.rfc3339 == "2026-11-20T09:00:00Z" && missed.count == 3)
        #expect(schedule.missed(after: try Self.moment("2026-11-20T06:00:00Z"), upTo: try Self.moment("2026-11-20T06:59:00Z"), in: .utc) == nil)
        let ages = try #require(try CronSchedule("* * * * *").missed(after: Timestamp(seconds: 0), upTo: try Self.moment("2026-11-20T09:30:30Z"), in: .utc))
        #expect(ages.last.rfc3339 == "2026-11-20T09:30:00Z" && ages.count == 1000)
    }

    /// Every zone of the database agrees with the C library at many moments, past and future.
    @Test(arguments: ["Europe/Berlin", "Europe/Dublin", "America/Sao_Paulo", "Africa/Casablanca", "Asia/Tehran", "Pacific/Apia", "Antarctica/Troll", "America/Nuuk", "Asia/Gaza"])
    func offsetsAreTheSystems(_ name: String) throws {
        let zone = try Self.zone(name), system = try #require(TimeZone(identifier: name))
        for day in stride(from: Int64(0), to: 30_000, by: 7) {
            let moment = day * 86400 + 5 * 3600
            guard moment < 2_145_916_800 else { break }
            #expect(zone.offset(at: moment) == system.secondsFromGMT(for: Date(timeIntervalSince1970: Double(moment))), "\(name) at \(Timestamp(seconds: moment).rfc3339)")
        }
    }

    @Test func aDamagedFileIsAnError() throws {
        let whole = try Array(Data(contentsOf: URL(fileURLWithPath: "/usr/share/zoneinfo/Europe/Berlin")))
        for length in stride(from: 0, to: whole.count - 1, by: 7) {
            #expect(throws: ScheduleError.self) { _ = try ZoneRules(tzif: Array(whole[..<length])) }
        }
    }
}
