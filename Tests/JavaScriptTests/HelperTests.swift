import RowSteps
import Rows
import Platform
import Testing

@testable import JavaScript

/// What `ctx` offers beside the row.
@Suite struct HelperTests {
    /// The text that an expression gives, or the error it throws.
    private static func evaluate(_ expressions: [String]) throws -> [String?] {
        let cases = expressions.enumerated().map { "case \"\($0)\": value = (\($1)); break;" }.joined(separator: "\n")
        let rig = try Rig(
            "function transform(row, ctx) { let value; switch (row.n) { \(cases) } row.v = value instanceof Date ? value.toISOString() : value === null ? 'null' : String(value); return row }",
            columns: Rig.text("n"))
        var results: [String?] = []
        for index in expressions.indices {
            let outcome = try rig.run([["\(index)"]])
            results.append(outcome.rows.first?[1] ?? outcome.rejections.first)
        }
        return results
    }

    static let values: [(String, String)] = [
        ("ctx.round(1.005, 2)", "1.01"), ("ctx.round(2.5)", "3"), ("ctx.round(-2.5)", "-3"), ("ctx.round(2.5, 0, 'halfEven')", "2"), ("ctx.round(3.5, 0, 'halfEven')", "4"),
        ("ctx.round(0.125, 2, 'halfEven')", "0.12"), ("ctx.round(1e21, 2)", "1e+21"), ("ctx.round(-0.001, 2)", "0"), ("ctx.round(9.999, 2)", "10"), ("ctx.round(1.45, 1)", "1.5"),
        ("ctx.formatNumber(1234567.891, 2, { group: '.', decimal: ',' })", "1.234.567,89"), ("ctx.formatNumber(-1234.5, 0)", "-1235"), ("ctx.formatNumber(0.5, 3)", "0.500"),
        ("ctx.formatNumber(1e-7, 2)", "0.00"),
        ("ctx.parseNumber('1.234,50', { decimal: ',' })", "1234.5"), ("ctx.parseNumber(' 12,5 ', { decimal: ',' })", "12.5"), ("ctx.parseNumber('1,234.5')", "1234.5"),
        ("ctx.parseNumber('')", "null"), ("ctx.parseNumber(null)", "null"), ("ctx.parseNumber('-0,05', { decimal: ',' })", "-0.05"),
        ("ctx.parseDate('29.02.2024', 'dd.MM.yyyy')", "2024-02-29T00:00:00.000Z"), ("ctx.parseDate('2026-11-20 13:05:09', 'yyyy-MM-dd HH:mm:ss')", "2026-11-20T13:05:09.000Z"),
        ("ctx.parseDate('', 'dd.MM.yyyy')", "null"), ("ctx.formatDate(new Date(Date.UTC(2026, 0, 5, 7, 8, 9, 12)), 'dd/MM/yyyy HH:mm:ss.SSS')", "05/01/2026 07:08:09.012"),
        ("ctx.convertDate('05.01.2026', 'dd.MM.yyyy', 'yyyyMMdd')", "20260105"),
        ("ctx.addToDate(new Date(Date.UTC(2024, 0, 31)), 1, 'months')", "2024-02-29T00:00:00.000Z"), ("ctx.addToDate(new Date(Date.UTC(2024, 1, 29)), -1, 'years')", "2023-02-28T00:00:00.000Z"),
        ("ctx.addToDate(new Date(0), 36, 'hours')", "1970-01-02T12:00:00.000Z"),
        ("ctx.dateDifference(new Date(Date.UTC(2026, 2, 1)), new Date(Date.UTC(2026, 1, 1)), 'days')", "28"),
        ("ctx.dateDifference(new Date(Date.UTC(2026, 1, 28)), new Date(Date.UTC(2026, 0, 31)), 'months')", "1"),
        ("ctx.dateDifference(new Date(Date.UTC(2020, 5, 1)), new Date(Date.UTC(2026, 4, 31)), 'years')", "-5"), ("ctx.keep('abc')", "abc"), ("String(ctx.keep())", "undefined"),
        ("ctx.validate(1 < 2)", "true"), ("new Date(2020, 0, 1).toISOString()", "2020-01-01T00:00:00.000Z"), ("new Date(2020, 6, 1).getTimezoneOffset()", "0"),
        ("Intl.DateTimeFormat().resolvedOptions().timeZone", "UTC"), ("new Date() - Date.now()", "0"), ("typeof performance", "undefined"),
        ("new Intl.DateTimeFormat('en-GB').format()", "20/11/2025"),
    ]

    @Test func helpersGiveWhatTheyPromise() throws {
        let results = try Self.evaluate(Self.values.map(\.0))
        for (index, (expression, expected)) in Self.values.enumerated() { #expect(results[index] == expected, "\(expression)") }
    }

    static let errors: [(String, String)] = [
        ("ctx.parseNumber('abc')", "is no number"), ("ctx.parseNumber('1.23,4')", "is no number"), ("ctx.parseNumber('12.5', { decimal: ',' })", "is no number"),
        ("ctx.parseDate('30.02.2024', 'dd.MM.yyyy')", "is no date written as dd.MM.yyyy"), ("ctx.parseDate('1.2.2024', 'dd.MM.yyyy')", "is no date"),
        ("ctx.parseDate('x', 'DD.MM.YYYY')", "the letter"), ("ctx.formatDate('2020', 'yyyy-MM-dd')", "must be a Date"), ("ctx.round(1, 30)", "decimals must be"),
        ("ctx.round(1, 1, 'up')", "halfUp"), ("ctx.addToDate(new Date(0), 1.5, 'days')", "whole number"), ("ctx.addToDate(new Date(0), 1, 'fortnights')", "the unit must be"),
        ("ctx.validate(false, 'too small')", "Validate: too small"), ("ctx.formatNumber(NaN, 2)", "no finite number"),
    ]

    @Test func helpersSayWhatIsWrong() throws {
        let results = try Self.evaluate(Self.errors.map(\.0))
        for (index, (expression, says)) in Self.errors.enumerated() { #expect(results[index]?.contains(says) == true, "\(expression): \(results[index] ?? "nothing")") }
    }

    @Test func whatIsLoggedComesWithThePacket() throws {
        let rig = try Rig("function transform(row, ctx) { ctx.log('warn', 'careful', { n: row.n }); ctx.log('plain', 1); console.error('bad'); return row }", columns: Rig.text("n"))
        #expect(try rig.run([["1"]]).log == [#"warning: careful {"n":"1"}"#, "plain 1", "error: bad"])
        let noisy = try Rig("function transform(row, ctx) { ctx.log(row.n); return row }", columns: Rig.text("n"))
        let log = try noisy.run((0..<3000).map { ["\($0)"] }).log
        #expect(log.count == 1001)
        #expect(log.last?.contains("left out") == true)
    }

    @Test func modulesExportAndRequire() throws {
        let modules: [JavaScriptSource.Module] = [
            .init(name: "tax", source: "const rates = require('rates');\nmodule.exports = { of: (c) => rates.table[c] ?? 0 };"), .init(name: "rates", source: "exports.table = { de: 0.19 };"),
        ]
        let rig = try Rig("const tax = require('tax');\nexports.transform = (row) => { row.t = tax.of(row.c); return row };", columns: Rig.text("c"), modules: modules)
        #expect(try rig.run([["de"], ["fr"]]).rows == [["de", "0.19"], ["fr", "0"]])
        #expect(throws: PipelineProblem.self) { try Rig("require('x'); function transform(r) { return r }", columns: Rig.text("c")) }
        let circle: [JavaScriptSource.Module] = [.init(name: "a", source: "require('b')"), .init(name: "b", source: "require('a')")]
        do {
            _ = try Rig("function transform(row) { return row }", columns: Rig.text("c"), modules: circle)
            Issue.record("a circle was loaded")
        } catch let problem as PipelineProblem { #expect(problem.why.contains("a needs b needs a")) }
    }

    @Test func numbersAreWrittenAsJavaScriptWritesThem() throws {
        let numbers: [Double] = [0, 1, -1, 0.1, 0.1 + 0.2, 1e21, 1e20, 123456789012345680000, 1.5e300, 5e-324, 1e-6, 1e-7, 123.456, 1 / 3, 9007199254740992, 1e15, 1e16, 0.00001234, -2.5e-9, 4.35, 1.005, 100, 12.5]
        var expected: [String?] = []
        let rig = try Rig("function transform(row) { row.s = String(Number(row.n)); row.v = Number(row.n); return row }", columns: Rig.text("n"))
        let outcome = try rig.run(numbers.map { ["\($0)"] })
        expected = outcome.rows.map { $0[1] }
        #expect(outcome.rows.map { $0[2] } == expected)
        var generator = SystemRandomNumberGenerator()
        let random = (0..<2000).map { _ in Double(bitPattern: generator.next()) }.filter(\.isFinite)
        let more = try rig.run(random.map { ["\($0)"] })
        for row in more.rows { #expect(row[1] == row[2], "\(row)") }
    }

    @Test func decimalsAreRoundedByTheDigitsPeopleSee() {
        let cases: [(Double, Int?, String?)] = [
            (1.005, 2, "1.01"), (2.675, 2, "2.68"), (-1.005, 2, "-1.01"), (0.125, 2, "0.13"), (1e20, 2, "100000000000000000000.00"), (3, 2, "3.00"), (0.1 + 0.2, nil, "0.30000000000000004"),
            (1e-40, 2, "0.00"), (1e300, 2, nil), (123456789.125, 2, "123456789.13"), (-0.0, 2, "0.00"), (0.5, 0, "1"),
        ]
        for (number, scale, expected) in cases { #expect(NumberText.decimal(number, scale: scale)?.description == expected, "\(number)") }
    }

    @Test func theProfileNamesTheLine() throws {
        let found = Locked<ScriptProfile?>(nil)
        let rig = try Rig(
            "function transform(row) {\n  let s = 0;\n  for (let i = 0; i < 300000; i++) s += Math.sqrt(i);\n  row.s = s;\n  return row;\n}", columns: Rig.text("n"), samples: true,
            profiled: { profile in found.withLock { $0 = profile } })
        _ = try rig.run((0..<300).map { ["\($0)"] })
        _ = try rig.step.drain()
        let profile = found.withLock { $0 }
        #expect(profile?.lines.first?.line == 3, "\(profile?.lines ?? [])")
        #expect(profile?.lines.first?.function == "transform")
    }
}
