import Rows
import Testing

@testable import RowSteps

/// Whole columns at a time and row by row must agree on every row: values, nulls, what is rejected and what messages say.
@Suite struct ExpressionDifferentialTests {
    private let directory = TemporaryDirectory()
    private var context: StepContext { StepContext(spill: SpillDirectory(path: directory.fresh()), seed: 3) }

    private static let columns = [
        StepColumn("i"), StepColumn("j"), StepColumn("d"), StepColumn("e"), StepColumn("f"), StepColumn("b"), StepColumn("s"), StepColumn("t"), StepColumn("day"), StepColumn("at"),
    ]
    private static let rules = [
        ColumnRule(name: "i", type: .integer), ColumnRule(name: "j", type: .integer), ColumnRule(name: "d", type: .decimal), ColumnRule(name: "e", type: .decimal),
        ColumnRule(name: "f", type: .float), ColumnRule(name: "b", type: .boolean), ColumnRule(name: "day", type: .date), ColumnRule(name: "at", type: .timestamp),
    ]

    private func row(_ random: inout Seeded) -> [String?] {
        func maybe(_ text: String) -> String? { random.chance(12) ? nil : text }
        return [
            maybe(random.pick(["0", "1", "-1", "7", "42", "9223372036854775807", "-9223372036854775808", "1000000"])), maybe(random.pick(["0", "2", "-3", "10"])),
            maybe(random.pick(["0", "0.00", "1.5", "1.50", "-2.25", "10", "99999999999999999999999999999999999", "0.1", "123456789.123456789"])),
            maybe(random.pick(["1", "0.5", "-1.50", "3.141", "1.50"])), maybe(random.pick(["0", "1.5", "-2.25", "1e300", "0.1", "1e-300"])), maybe(random.pick(["true", "false"])),
            maybe(random.pick(["", "a", "ab", "abc", "ABC", "b\"q\"", "é", "a,b"])), maybe(random.pick(["a", "ab", "", "z", "12", "-7", "1.5", "1e3", "+4", "007", "0.10", "-0", " 1", "123456789012345678901", "."])), maybe(random.pick(["2026-11-20", "1969-12-31", "2000-01-01"])),
            maybe(random.pick(["2026-11-20T00:00:00Z", "1969-12-31T23:59:59.999999Z", "2000-01-01T12:30:00Z"])),
        ]
    }

    private static let integers = ["row.i", "row.j", "0", "1", "-5", "42", "9223372036854775807"]
    private static let decimals = ["row.d", "row.e", "decimal(\"1.5\")", "decimal(2)"]
    private static let floats = ["row.f", "1.5", "-0.25", "1e300"]
    private static let texts = ["row.s", "row.t", "\"a\"", "\"ab\"", "\"\""]
    private static let moments = ["row.day", "row.at", "timestamp(\"2000-01-01T00:00:00Z\")", "timestamp(\"2026-11-20T00:00:00Z\")"]

    private func integer(_ random: inout Seeded, _ depth: Int) -> String {
        if depth == 0 || random.chance(40) { return random.pick(Self.integers) }
        if random.chance(10) { return "-(" + integer(&random, depth - 1) + ")" }
        if random.chance(10) { return "(\(condition(&random, depth - 1)) ? \(integer(&random, depth - 1)) : \(integer(&random, depth - 1)))" }
        if random.chance(10) { return "\(random.chance(50) ? "size" : "int")(\(text(&random, depth - 1)))" }
        if random.chance(10) { return "int(\(random.chance(50) ? decimal(&random, depth - 1) : float(&random, depth - 1)))" }
        return "(\(integer(&random, depth - 1)) \(random.pick(["+", "-", "*", "/", "%"])) \(integer(&random, depth - 1)))"
    }

    private func decimal(_ random: inout Seeded, _ depth: Int) -> String {
        if depth == 0 || random.chance(40) { return random.pick(Self.decimals) }
        if random.chance(10) { return "-(" + decimal(&random, depth - 1) + ")" }
        let other = random.chance(60) ? decimal(&random, depth - 1) : random.chance(70) ? integer(&random, depth - 1) : random.pick(["0.1", "1.5", "2.0"])
        let pair = random.chance(50) ? (decimal(&random, depth - 1), other) : (other, decimal(&random, depth - 1))
        return "(\(pair.0) \(random.pick(["+", "-", "*"])) \(pair.1))"
    }

    private func float(_ random: inout Seeded, _ depth: Int) -> String {
        if depth == 0 || random.chance(40) { return random.pick(Self.floats) }
        if random.chance(15) { return "double(\(random.pick([integer(&random, depth - 1), decimal(&random, depth - 1), text(&random, depth - 1)])))" }
        if random.chance(10) { return "-(" + float(&random, depth - 1) + ")" }
        return "(\(float(&random, depth - 1)) \(random.pick(["+", "-", "*", "/"])) \(float(&random, depth - 1)))"
    }

    private func text(_ random: inout Seeded, _ depth: Int) -> String {
        if depth == 0 || random.chance(40) { return random.pick(Self.texts) }
        if random.chance(25) { return "string(\(random.chance(50) ? integer(&random, depth - 1) : decimal(&random, depth - 1)))" }
        if random.chance(25) { return "(\(condition(&random, depth - 1)) ? \(text(&random, depth - 1)) : \(text(&random, depth - 1)))" }
        return "(\(text(&random, depth - 1)) + \(text(&random, depth - 1)))"
    }

    private func condition(_ random: inout Seeded, _ depth: Int) -> String {
        let order = ["==", "!=", "<", "<=", ">", ">="]
        if depth > 0, random.chance(45) {
            switch Int.random(in: 0..<4, using: &random) {
            case 0: return "!(\(condition(&random, depth - 1)))"
            case 1: return "(" + (0..<Int.random(in: 2...3, using: &random)).map { _ in condition(&random, depth - 1) }.joined(separator: " && ") + ")"
            case 2: return "(" + (0..<Int.random(in: 2...3, using: &random)).map { _ in condition(&random, depth - 1) }.joined(separator: " || ") + ")"
            default: return "(\(condition(&random, depth - 1)) ? \(condition(&random, depth - 1)) : \(condition(&random, depth - 1)))"
            }
        }
        let next = max(depth - 1, 0)
        switch Int.random(in: 0..<12, using: &random) {
        case 0, 1: return "\(integer(&random, next)) \(random.pick(order)) \(integer(&random, next))"
        case 2: return "\(decimal(&random, next)) \(random.pick(order)) \(decimal(&random, next))"
        case 3: return "\(decimal(&random, next)) \(random.pick(order)) \(random.chance(50) ? integer(&random, next) : random.pick(["0.1", "1.5"]))"
        case 4: return "\(float(&random, next)) \(random.pick(order)) \(float(&random, next))"
        case 5: return "\(text(&random, next)) \(random.pick(order)) \(text(&random, next))"
        case 6: return "\(random.pick(["row.s", "row.t", text(&random, next)])).\(random.pick(["startsWith", "endsWith", "contains", "matches"]))(\(random.pick(["\"a\"", "\"b\"", "\"\"", "\"bc\"", "\"é\"", "\"^a.?[b-y]*$\""])))"
        case 7: return "\(random.pick(Self.moments)) \(random.pick(order)) \(random.pick(Self.moments))"
        case 8: return "row.\(random.pick(["i", "d", "f", "b", "s", "day", "at"])) \(random.pick(["==", "!="])) null"
        case 9: return random.chance(50) ? "row.s in [\"a\", \"abc\", \"b\\\"q\\\"\"]" : "row.i in [1, 42, -1]"
        case 10: return random.chance(50) ? "row.b" : "row.b == \(random.pick(["true", "false", "row.b"]))"
        default: return random.pick(["row.s.size() > 1", "row.s.matches(\"^a.*c$\")", "string(row.i) == \"42\"", "double(row.d) > 1.0", "int(row.d) == 1", "row.i > 1.5", "row.day.getFullYear() == 2026", "row.s.upperAscii() == \"ABC\"", "row.s + \"\" in [row.t + \"\", \"ab\"]"])
        }
    }

    private func compare(_ make: (Bool) -> any RowStepFactory, _ rows: [[String?]], _ what: String) throws {
        func result(_ usesVectors: Bool) throws -> StepRun {
            try run([("columns", TypingFactory(rules: Self.rules)), ("x", make(usesVectors))], on: rows, columns: Self.columns, batchRows: 13, context: context)
        }
        let (fast, slow) = (try result(true), try result(false))
        #expect(fast.rows == slow.rows, "\(what)")
        #expect(fast.columns == slow.columns, "\(what)")
        #expect(fast.rejections == slow.rejections, "\(what)")
        #expect(fast.account == slow.account, "\(what)")
        #expect(fast.account.isBalanced)
    }

    @Test(arguments: 0..<60)
    func filtersAgree(_ seed: UInt64) throws {
        var random = Seeded(seed)
        let rows = (0..<40).map { _ in row(&random) }
        let expression = condition(&random, 3)
        try compare({ DescribedStepFactory(.filter(expression: expression), usesVectors: $0) }, rows, "seed \(seed): \(expression)")
    }

    @Test(arguments: 0..<60)
    func derivedColumnsAgree(_ seed: UInt64) throws {
        var random = Seeded(seed &+ 1000)
        let rows = (0..<40).map { _ in row(&random) }
        let (expression, type): (String, ColumnType?) =
            switch Int.random(in: 0..<7, using: &random) {
            case 0: (integer(&random, 3), random.pick([nil, .decimal, .float, .string]))
            case 1: (decimal(&random, 3), random.pick([nil, .integer, .string]))
            case 2: (float(&random, 3), random.pick([nil, .string]))
            case 3: (text(&random, 3), random.pick([nil, .integer]))
            case 4: (condition(&random, 2), nil)
            case 5: (random.pick(Self.moments), random.pick([nil, .date]))
            default: ("\(condition(&random, 2)) ? \(text(&random, 1)) : \(text(&random, 1))", nil)
            }
        let column = random.pick(["x", "s"])
        try compare({ DescribedStepFactory(.derive(column: column, expression: expression, type: type), usesVectors: $0) }, rows, "seed \(seed): \(expression)")
    }

    /// Else the comparison above would compare the evaluator with itself.
    @Test(arguments: [
        "row.i > 5 && row.d < 10.5", "row.s == \"a\" || !(row.j <= 3)", "row.s.startsWith(\"ab\")", "row.i * 2 + row.j >= 7", "row.d * row.i > 100", "row.day >= timestamp(\"2026-01-01T00:00:00Z\")",
        "row.s != null && row.s in [\"a\", \"b\"]", "row.b && row.f * 2.0 < 1.5", "row[\"s\"] == row.t", "row.s.matches(\"^a\")", "size(row.s) > 2 && row.t.size() == 1", "int(row.t) > 3", "double(row.t) < double(row.i) + 0.5",
        "string(row.i) + row.s == (row.b ? row.s : row.t + \"x\")", "(row.s + row.t).startsWith(\"a\")", "row.i > 3 && row.day.getFullYear() == 2026",
    ])
    func commonConditionsAreComputedForWholeColumns(_ source: String) throws {
        let types: [String: ColumnType] = Dictionary(uniqueKeysWithValues: Self.rules.map { ($0.name, $0.type) })
        let columns = Self.columns.map { StepColumn($0.name, types[$0.name] ?? .string) }
        let expression = try RowExpression(source, columns: columns, place: .init(), expecting: .boolean, context: context)
        guard case .boolean? = expression.vectors else {
            Issue.record("\(source) is evaluated row by row")
            return
        }
    }

    @Test(arguments: ["row.b ? row.s : row.t", "row.s + \" (\" + string(row.i) + \")\"", "string(row.d)", "row.i > 10 ? \"many\" : \"few\"", "row.b ? row.s + \"!\" : string(row.j)"])
    func commonTextsAreComputedForWholeColumns(_ source: String) throws {
        let types: [String: ColumnType] = Dictionary(uniqueKeysWithValues: Self.rules.map { ($0.name, $0.type) })
        let expression = try RowExpression(source, columns: Self.columns.map { StepColumn($0.name, types[$0.name] ?? .string) }, place: .init(), expecting: .anything, context: context)
        guard case .text? = expression.vectors else {
            Issue.record("\(source) is evaluated row by row")
            return
        }
    }

    @Test func mistakesInExpressionsAreSaidWithTheirPlace() throws {
        let error = #expect(throws: PipelineProblem.self) { try run(.filter(expression: "row.quantity > 1"), on: [], columns: Self.columns, context: context) }
        #expect(error?.category == .configuration)
        #expect(error?.why.contains("line 1, column") == true)
        #expect(error?.fix.contains("i, j, d") == true)
        let text = #expect(throws: PipelineProblem.self) { try run(.filter(expression: "row.s + row.t"), on: [], columns: Self.columns, context: context) }
        #expect(text?.why == "it gives text, not true or false")
    }
}
