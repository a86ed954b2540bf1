import Expressions
import Kernel
import Testing
import TimeZoneDatabase

@Suite struct TimeZoneTests {
    private func hours(_ source: String) throws -> Int64? {
        let program = try Environment(timeZones: MachineTimeZones()).compile(source)
        guard case .int(let hours) = try program.evaluate(Bindings([])) else { return nil }
        return hours
    }

    @Test func namedZonesFollowTheirRules() throws {
        #expect(try hours("timestamp('2026-01-15T12:00:00Z').getHours('Europe/Berlin')") == 13)
        #expect(try hours("timestamp('2026-07-15T12:00:00Z').getHours('Europe/Berlin')") == 14)
        #expect(try hours("timestamp('2009-02-13T23:31:30Z').getMinutes('Asia/Kathmandu')") == 16)
        #expect(try hours("timestamp('2026-07-15T23:00:00Z').getDate('Asia/Tokyo')") == 16)
        #expect(try hours("timestamp('2200-07-15T12:00:00Z').getHours('America/New_York')") == 8)
    }

    @Test func namesThatAreNoZonesAreErrors() {
        for name in ["Europe/Atlantis", "../../etc/passwd", "/etc/passwd", "Europe//Berlin", "Europe", ".", "zone.tab", String(repeating: "a", count: 500)] {
            #expect(throws: EvaluationError.self, "\(name)") { try hours("timestamp(0).getHours('\(name)')") }
        }
    }
}
