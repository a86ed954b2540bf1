@testable import DataPipelinePlan
import Kernel
import Testing

@Suite struct RunPaceTests {
    private static func report(_ rows: Int64, _ bytes: Int64) -> JSON { ["rows": ["rowsRead": .int(rows)], "bytesRead": .int(bytes), "bytesTotal": 1000] }
    private static func at(_ milliseconds: Int64) -> MonotonicInstant { MonotonicInstant(nanoseconds: milliseconds * 1_000_000) }

    /// A run that was resumed has rows from before: they are no speed of now.
    @Test func theSpeedIsThatOfTheLastSeconds() {
        var pace = RunPace()
        pace.note(Self.report(5000, 500), at: Self.at(0))
        #expect(pace.rowsPerSecond == nil && pace.remaining(Self.report(5000, 500)) == nil)
        pace.note(Self.report(5050, 505), at: Self.at(500))
        #expect(pace.rowsPerSecond == nil)
        pace.note(Self.report(5100, 510), at: Self.at(1000))
        #expect(pace.rowsPerSecond == 100 && pace.remaining(Self.report(5100, 510)) == .seconds(49))
        // Half of what was known stays.
        pace.note(Self.report(5100, 510), at: Self.at(2000))
        #expect(pace.rowsPerSecond == 50)
    }

    @Test func progressSaysPercentAndTheSpeedOfLate() {
        var worker = ObservedRun.Worker()
        worker.rowsPerSecond = 7
        worker.remaining = .seconds(90)
        let progress = RunProgress.progress(Self.report(5000, 505), isEnded: false, worker: worker)
        #expect(progress["percent"] == 50 && progress["rowsPerSecond"] == 7 && progress["remaining"] == "1m30s", "\(progress.text)")
        var ended = Self.report(5000, 990)
        ended["outcome"] = "Succeeded"
        #expect(RunProgress.progress(ended, isEnded: true)["percent"] == 100)
    }
}
