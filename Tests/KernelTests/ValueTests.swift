import Testing

@testable import Kernel

@Suite struct ValueTests {
    static let readsTimesCases: [(String, Int64, Int32)] = [
        ("1970-01-01T00:00:00Z", Int64(0), Int32(0)), ("2026-11-20T06:00:00Z", 1_795_154_400, 0), ("2000-02-29T23:59:59+01:00", 951_865_199, 0),
        ("2024-12-31T23:59:59.123456Z", 1_735_689_599, 123_456_000), ("1969-12-31T23:59:59Z", -1, 0),
    ]

    @Test(arguments: readsTimesCases)
    func readsTimes(text: String, seconds: Int64, nanoseconds: Int32) throws {
        let moment = try #require(Timestamp(rfc3339: text))
        #expect(moment == Timestamp(seconds: seconds, nanoseconds: nanoseconds))
        #expect(Timestamp(rfc3339: moment.text(fractionDigits: 9)) == moment)
    }

    static let refusesOtherTimesCases: [String] = [
        "", "2026-11-20", "2026-02-30T00:00:00Z", "2026-13-01T00:00:00Z", "2026-11-20T24:00:00Z", "2026-11-20T06:00:00", "2026-11-20T06:00:00.Z",
        "2026-11-20T06:00:00+1:00", "2026-11-20 06:00:00Zx", "xxxx-11-20T06:00:00Z",
    ]

    @Test(arguments: refusesOtherTimesCases)
    func refusesOtherTimes(text: String) {
        #expect(Timestamp(rfc3339: text) == nil)
    }

    @Test func addsAcrossSecondsAndBack() {
        let moment = Timestamp(seconds: 10, nanoseconds: 900_000_000)
        #expect(moment + .milliseconds(200) == Timestamp(seconds: 11, nanoseconds: 100_000_000))
        #expect(moment + .milliseconds(-950) == Timestamp(seconds: 9, nanoseconds: 950_000_000))
        #expect((moment + .seconds(5)) - moment == .seconds(5))
    }

    static let readsDurationsCases: [(String, Int64)] = [
        ("30s", Int64(30000)), ("1h30m", 5_400_000), ("500ms", 500), ("2m5s", 125_000), ("0s", 0),
    ]

    @Test(arguments: readsDurationsCases)
    func readsDurations(text: String, milliseconds: Int64) throws {
        let span = try #require(Duration(manifest: text))
        #expect(span == .milliseconds(milliseconds))
        #expect(Duration(manifest: span.manifest) == span)
    }

    static let refusesOtherDurationsCases: [String] = ["", "5", "s", "1d", "-1s", "1.5s", "99999999999999999999h", "9223372036854775807h", "1 s"]

    @Test(arguments: refusesOtherDurationsCases)
    func refusesOtherDurations(text: String) {
        #expect(Duration(manifest: text) == nil)
    }

    static let printsAgesAsKubectlCases: [(Int64, String)] = [
        (Int64(12), "12s"), (119, "119s"), (330, "5m30s"), (3600, "60m"), (3 * 3600, "3h"), (5 * 3600 + 600, "5h10m"), (52 * 3600, "2d4h"), (400 * 86400, "400d"),
    ]

    @Test(arguments: printsAgesAsKubectlCases)
    func printsAgesAsKubectl(seconds: Int64, text: String) {
        #expect(Duration.seconds(seconds).age == text)
    }

    static let readsQuantitiesCases: [(String, Int64)] = [
        ("1", Int64(1000)), ("500m", 500), ("2Gi", 2_147_483_648_000), ("1.5", 1500), ("1e3", 1_000_000), ("0.5Mi", 524_288_000), ("-1", -1000),
        ("1n", 1), (".5", 500), ("5.", 5000), ("1k", 1_000_000),
    ]

    @Test(arguments: readsQuantitiesCases)
    func readsQuantities(text: String, thousandths: Int64) {
        #expect(Quantity(text)?.thousandths == thousandths)
    }

    static let refusesOtherQuantitiesCases: [String] = ["", "1KB", "abc", "1e99", "99999999999999999999", "1 Gi", "--1", "1Ei", ".", "0x1"]

    @Test(arguments: refusesOtherQuantitiesCases)
    func refusesOtherQuantities(text: String) {
        #expect(Quantity(text) == nil)
    }

    @Test func aConditionKeepsItsTimeUntilItsStatusMoves() {
        var conditions: [Condition] = []
        func ready(_ status: Condition.Status, _ reason: String, at seconds: Int64) -> Condition {
            Condition(type: "Ready", status: status, reason: reason, message: "", observedGeneration: 1, lastTransition: Timestamp(seconds: seconds))
        }
        conditions.set(ready(.false, "Starting", at: 1))
        conditions.set(ready(.false, "Pulling", at: 2))
        #expect(conditions["Ready"]?.lastTransition == Timestamp(seconds: 1))
        #expect(conditions["Ready"]?.reason == "Pulling")
        conditions.set(ready(.true, "Running", at: 3))
        #expect(conditions["Ready"]?.lastTransition == Timestamp(seconds: 3))
        #expect(Condition(conditions[0].json) == conditions[0])
    }
}
