import Expressions
import Rows
import Testing

@testable import RowSteps

@Suite struct StepTests {
    private let directory = TemporaryDirectory()
    private var context: StepContext { StepContext(spill: SpillDirectory(path: directory.fresh()), memoryLimit: 1 << 20, seed: 7) }

    private let people: [[String?]] = [
        ["1", "Ada", "10.50"], ["2", nil, "3"], ["3", "Bob, \"B\"", "-1.25"], ["4", "", nil], ["5", "Ada", "10.5"],
    ]
    private let names = [StepColumn("id"), StepColumn("name"), StepColumn("price")]
    private func typing(_ rules: ColumnRule...) -> (String, any RowStepFactory) { ("columns", TypingFactory(rules: rules)) }

    @Test func selectOrdersAndRenameSwapsAtOnce() throws {
        let result = try run(
            [
                ("select", DescribedStepFactory(.select(columns: ["price", "id"]))),
                ("rename", DescribedStepFactory(.rename([ColumnRename(from: "price", to: "id"), ColumnRename(from: "id", to: "price")]))),
            ], on: people, columns: names, context: context)
        #expect(result.columns.map(\.name) == ["id", "price"])
        #expect(result.rows.first == ["10.50", "1"])
    }

    @Test func unknownColumnsAreNamedWithThoseThatAreThere() throws {
        let error = #expect(throws: PipelineProblem.self) { try run(.select(columns: ["nome"]), on: people, columns: names, context: context) }
        #expect(error?.category == .configuration)
        #expect(error?.why.contains("id, name, price") == true)
    }

    @Test func strangeColumnNamesAreNamesLikeOthers() throws {
        let columns = [StepColumn("__proto__"), StepColumn("0"), StepColumn("a"), StepColumn("a"), StepColumn("Full Name"), StepColumn("")]
        let rows: [[String?]] = [["p", "zero", "first", "second", "Ada L", "e"], ["q", "nought", "1", "2", "Bob", "f"]]
        let selected = try run(.select(columns: ["__proto__", "a", "", "0"]), on: rows, columns: columns, context: context)
        #expect(selected.rows[0] == ["p", "first", "e", "zero"])
        let filtered = try run(.filter(expression: #"row["Full Name"] == "Bob" && row["__proto__"] == "q" && row["0"] == "nought" && row[""] == "f""#), on: rows, columns: columns, context: context)
        #expect(filtered.rows == [["q", "nought", "1", "2", "Bob", "f"]])
        let derived = try run(.derive(column: "constructor", expression: #"row.__proto__ + row["0"] + row.a"#, type: nil), on: rows, columns: columns, context: context)
        #expect(derived.rows[0].last == "pzerofirst")
    }

    @Test func parametersOfTheRunAreSeen() throws {
        var context = context
        context.parameters = [
            StepParameter("least", .decimal, "3.00"), StepParameter("word", .string, "Ada"), StepParameter("n", .integer, "2"), StepParameter("day", .date, "2026-11-20"),
            StepParameter("on", .boolean, "true"), StepParameter("f", .float, "0.5"), StepParameter("at", .timestamp, "2026-11-20T06:00:00Z"),
        ]
        func kept(_ expression: String) throws -> [String?] {
            var rows: [[[String?]]] = []
            for usesVectors in [true, false] {
                rows.append(
                    try run(
                        [typing(ColumnRule(name: "id", type: .integer), ColumnRule(name: "price", type: .decimal)), ("f", DescribedStepFactory(.filter(expression: expression), usesVectors: usesVectors))],
                        on: people.map { [$0[0], $0[1], $0[2] ?? "0"] }, columns: names, context: context
                    ).rows)
            }
            #expect(rows[0] == rows[1], "\(expression)")
            return rows[0].map { $0[0] }
        }
        #expect(try kept("row.price >= parameters.least") == ["1", "2", "5"])
        #expect(try kept("row.name == parameters.word && parameters.on") == ["1", "5"])
        #expect(try kept("row.id > parameters.n + 1") == ["4", "5"])
        #expect(try kept("parameters.day.getDate() == 20 && parameters.at > parameters.day && parameters.f < 1.0 && row.id == 1") == ["1"])
        let error = #expect(throws: PipelineProblem.self) { try kept("row.id > parameters.m") }
        #expect(error?.why.contains("there is no field 'm'") == true)
        let derived = try run(.derive(column: "d", expression: "parameters.word + row.id", type: nil), on: people, columns: names, context: context)
        #expect(derived.rows.first?.last == "Ada1")
        let constrained = try run([typing(ColumnRule(name: "price", type: .decimal, constraint: "self < parameters.least"))], on: [["1", "x", "2"], ["2", "y", "3"]], columns: names, context: context)
        #expect(constrained.rows.map { $0[0] } == ["1"])
    }

    @Test func untouchedCellsKeepTheirText() throws {
        let result = try run(
            [typing(ColumnRule(name: "id", type: .integer), ColumnRule(name: "price", type: .decimal, format: "0.00")), ("f", DescribedStepFactory(.filter(expression: "row.id != 2")))],
            on: [["007", "x", "1.5"], ["2", "y", "2"], ["+3", "z", "3."]], columns: names, context: context)
        #expect(result.rows == [["007", "x", "1.5"], ["+3", "z", "3."]])
    }

    @Test func filterCountsWhatItLeavesOutAndRejectsWhatItCannotDecide() throws {
        let result = try run(
            [typing(ColumnRule(name: "price", type: .decimal)), ("cheap", DescribedStepFactory(.filter(expression: "row.price < 10.5")))], on: people, columns: names, context: context)
        #expect(result.rows.map { $0[0] } == ["2", "3"])
        #expect(result.account.filtered == 2)
        #expect(result.rejections.map(\.row) == [4])
        #expect(result.rejections.first?.problem.why.contains("price is null") == true)
        #expect(result.account.isBalanced)
    }

    @Test func nullsAreTestedFor() throws {
        let result = try run(
            [typing(ColumnRule(name: "price", type: .decimal)), ("f", DescribedStepFactory(.filter(expression: "row.price != null && row.price >= 3 && row.name != null")))], on: people,
            columns: names, context: context)
        #expect(result.rows.map { $0[0] } == ["1", "5"])
        #expect(result.rejections.isEmpty)
    }

    @Test func deriveComputesExactlyAndReplacesInPlace() throws {
        let result = try run(
            [
                typing(ColumnRule(name: "id", type: .integer), ColumnRule(name: "price", type: .decimal)),
                ("total", DescribedStepFactory(.derive(column: "total", expression: "row.price * row.id", type: nil))),
                ("name", DescribedStepFactory(.derive(column: "name", expression: #"row.name == null ? "?" : row.name + "!""#, type: .string))),
            ], on: people, columns: names, context: context)
        #expect(result.columns.map(\.name) == ["id", "name", "price", "total"])
        #expect(result.columns.last?.type == .decimal)
        #expect(result.rows.map { $0[3] } == ["10.50", "6", "-3.75", "52.5"])
        #expect(result.rows.map { $0[1] } == ["Ada!", "?", "Bob, \"B\"!", "Ada!"])
        #expect(result.rejections.map(\.row) == [4])
    }

    @Test func overflowIsTheRowsFaultNotAWrongNumber() throws {
        let result = try run(
            [typing(ColumnRule(name: "id", type: .integer)), ("d", DescribedStepFactory(.derive(column: "x", expression: "row.id * 9223372036854775807 / 1", type: nil)))],
            on: [["1", "a", "1"], ["2", "a", "1"], ["0", "a", "1"]], columns: names, context: context)
        #expect(result.rows.map { $0[3] } == ["9223372036854775807", "0"])
        #expect(result.rejections.map(\.row) == [2])
    }

    @Test func castReadsAndWrites() throws {
        let result = try run(
            [
                typing(ColumnRule(name: "price", type: .decimal)),
                ("cast", DescribedStepFactory(.cast([ColumnRule(name: "price", type: .integer, onError: .null), ColumnRule(name: "id", type: .decimal, format: "0.00")]))),
                ("again", DescribedStepFactory(.cast([ColumnRule(name: "id", type: .float)]))),
            ], on: people, columns: names, context: context)
        #expect(result.rows.map { $0[2] } == [nil, "3", nil, nil, nil])
        #expect(result.account.nulled == 3)
        #expect(result.columns.map(\.type) == [.float, .string, .integer])
    }

    @Test func typeFaultsFollowTheirColumnsPolicy() throws {
        let rows: [[String?]] = [["x", "a", "1"], ["2", "b", "y"], ["3", "c", "z"], [nil, "d", "4"]]
        let rules = [ColumnRule(name: "id", type: .integer, required: true, onError: .skip), ColumnRule(name: "price", type: .decimal, onError: .null)]
        let result = try run([("columns", TypingFactory(rules: rules))], on: rows, columns: names, context: context)
        #expect(result.rows == [["2", "b", nil], ["3", "c", nil]])
        #expect(result.account.skipped == 2)
        #expect(result.account.nulled == 2)
        #expect(result.rejections.map(\.rule) == ["Type", "Required"])
        #expect(result.rejections.allSatisfy { !$0.isKept })
        #expect(result.warnings.count == 2)
        #expect(result.account.isBalanced)
        let fail = [ColumnRule(name: "id", type: .integer, onError: .fail)]
        let error = #expect(throws: PipelineProblem.self) { try run([("columns", TypingFactory(rules: fail))], on: rows, columns: names, context: context) }
        #expect(error?.severity == .fatal)
        #expect(error?.place.row == 1)
        #expect(error?.place.column == "id")
    }

    @Test func aRejectedRowKeepsItsBytesNumberAndOffset() throws {
        let result = try run([typing(ColumnRule(name: "price", type: .integer))], on: people, columns: names, batchRows: 100, context: context)
        let bob = try #require(result.rejections.first { $0.row == 3 })
        #expect(String(decoding: bob.original, as: UTF8.self) == #"3,"Bob, ""B""",-1.25"#)
        #expect(bob.byte == 17)
        #expect(bob.rule == "Type")
        #expect(bob.problem.why.contains("-1.25"))
    }

    @Test func constraintsLookAtTheCellAndTheRow() throws {
        let rules = [ColumnRule(name: "id", type: .integer, constraint: "self > 1 && self < 5"), ColumnRule(name: "price", type: .decimal, constraint: "self > 0 || row.id == 3")]
        let result = try run([("columns", TypingFactory(rules: rules))], on: people, columns: names, context: context)
        #expect(result.rows.map { $0[0] } == ["2", "3", "4"])
        #expect(result.rejections.map(\.rule) == ["Constraint", "Constraint"])
    }

    @Test func uniqueKeepsTheFirstAndIgnoresNulls() throws {
        let rows: [[String?]] = [["1", "a", nil], ["2", nil, nil], ["1", "b", nil], ["3", nil, nil], ["1", "c", nil]]
        let result = try run([("unique", UniqueFactory(rules: [ColumnRule(name: "id", type: .string, unique: true), ColumnRule(name: "name", type: .string, unique: true)]))], on: rows, columns: names, batchRows: 2, context: context)
        #expect(result.rows.map { $0[0] } == ["1", "2", "3"])
        #expect(result.rejections.map(\.row) == [3, 5])
    }

    @Test func uniqueAndDeduplicateGiveTheSameInLittleMemory() throws {
        var random = Seeded(11)
        let rows = (0..<6000).map { _ in ["\(Int.random(in: 0..<4000, using: &random))", "\(Int.random(in: 0..<5000, using: &random))", "1"] as [String?] }
        let rules = [ColumnRule(name: "id", type: .string, unique: true), ColumnRule(name: "name", type: .string, unique: true, onError: .null)]
        func results(_ limit: Int) throws -> [StepRun] {
            var context = context
            context.memoryLimit = limit
            return [
                try run([("unique", UniqueFactory(rules: rules))], on: rows, columns: names, batchRows: 512, context: context),
                try run(.deduplicate(keys: ["name", "id"], keep: .first), on: rows, columns: names, batchRows: 100, context: context),
            ]
        }
        let (whole, little) = (try results(64 << 20), try results(4 << 10))
        for (a, b) in zip(whole, little) {
            #expect(a.rows == b.rows)
            #expect(a.rejections == b.rejections)
            #expect(a.account == b.account && b.account.isBalanced)
        }
        #expect(whole[0].account.nulled > 0 && whole[0].rejections.count > 0 && whole[1].account.filtered > 0)
    }

    @Test(arguments: [
        .rename([ColumnRename(from: "id", to: "name")]), .rename([ColumnRename(from: "id", to: "x"), ColumnRename(from: "name", to: "x")]),
        .split(SplitDescription(column: "name", delimiter: ";", into: ["a", "id"])), .split(SplitDescription(column: "name", delimiter: ";", into: ["a", "a"])),
        .aggregate(groupBy: ["name"], columns: [Aggregation(name: "name", function: .count)]),
    ] as [StepDescription])
    func noStepMakesASecondColumnOfAName(_ step: StepDescription) {
        let error = #expect(throws: PipelineProblem.self) { try run(step, on: people, columns: names, context: context) }
        #expect(error?.category == .configuration)
        #expect(error?.what.contains("second column") == true)
    }

    /// The functions of texts and lists that expressions have elsewhere.
    @Test(arguments: [
        ("row.name.upperAscii()", "A B"), ("row.name.trim().replace(\" \", \"-\")", "a-b"), ("row.name.split(\" \")[1]", "b"), ("row.name.substring(0, 1)", "a"),
        ("[row.id, row.name].join(\"/\")", "1/a b"), ("row.name.find(\"[b-z]\")", "b"), ("\"%s.\".format([string(row.id)])", "1."),
    ])
    func textFunctionsAreThere(_ source: String, _ expected: String) throws {
        let result = try run(.derive(column: "x", expression: source, type: nil), on: [["1", "a b", "2"]], columns: names, context: context)
        #expect(result.rows == [["1", "a b", "2", expected]])
    }

    private struct OneZone: TimeZones {
        func offset(of zone: String, at moment: Int64) -> Int32? { zone == "Europe/Berlin" ? 3600 : nil }
    }

    @Test func hoursAreThoseOfTheZoneAskedFor() throws {
        let context = StepContext(spill: SpillDirectory(path: directory.fresh()), timeZones: OneZone())
        let steps: [(String, any RowStepFactory)] = [
            ("columns", TypingFactory(rules: [ColumnRule(name: "price", type: .timestamp)])),
            ("x", DescribedStepFactory(.derive(column: "x", expression: "row.price.getHours(\"Europe/Berlin\")", type: nil))),
        ]
        let result = try run(steps, on: [["1", "a", "2026-01-02T23:30:00Z"]], columns: names, context: context)
        #expect(result.rows.map { $0[3] } == ["0"])
    }

    @Test func splitCutsAndKeepsTheRest() throws {
        let rows: [[String?]] = [["1", "a::b::c::d", "x"], ["2", "a", "x"], ["3", nil, "x"], ["4", "", "x"], ["5", "::", "x"]]
        let result = try run(.split(SplitDescription(column: "name", delimiter: "::", into: ["p", "q", "name"])), on: rows, columns: names, context: context)
        #expect(result.columns.map(\.name) == ["id", "p", "q", "name", "price"])
        #expect(result.rows.map { Array($0[1...3]) } == [["a", "b", "c::d"], ["a", nil, nil], [nil, nil, nil], ["", nil, nil], ["", "", nil]])
    }

    @Test func lookupAddsColumnsByKey() throws {
        var context = context
        context.tables = ["t": LookupTable(columns: ["who", "city", "zip"], rows: [["Ada", "London", "1"], ["Bob, \"B\"", nil, "2"], [nil, "nowhere", "3"]])]
        let description = LookupDescription(table: "t", on: [.init(column: "name", tableColumn: "who")], columns: ["zip", "city"])
        let result = try run(.lookup(description), on: people, columns: names, context: context)
        #expect(result.rows.map { Array($0[3...]) } == [["1", "London"], [nil, nil], ["2", nil], [nil, nil], ["1", "London"]])
        var strict = description
        strict.missing = .deadLetter
        let rejected = try run(.lookup(strict), on: people, columns: names, context: context)
        #expect(rejected.rejections.map(\.row) == [2, 4])
        strict.missing = .fail
        #expect(throws: PipelineProblem.self) { try run(.lookup(strict), on: people, columns: names, context: context) }
        context.tables = ["t": LookupTable(columns: ["who", "city", "zip"], rows: [["Ada", "x", "1"], ["Ada", "y", "2"]])]
        #expect(throws: PipelineProblem.self) { try run(.lookup(description), on: people, columns: names, context: context) }
    }

    @Test func deduplicateKeepsTheFirstOrTheLastInItsPlace() throws {
        let rows: [[String?]] = [["1", "a", "1"], ["2", nil, "2"], ["3", "a", "3"], ["4", "b", "4"], ["5", nil, "5"], ["6", "a", "6"]]
        let first = try run(.deduplicate(keys: ["name"], keep: .first), on: rows, columns: names, batchRows: 2, context: context)
        #expect(first.rows.map { $0[0] } == ["1", "2", "4"])
        let last = try run(.deduplicate(keys: ["name"], keep: .last), on: rows, columns: names, batchRows: 2, context: context)
        #expect(last.rows.map { $0[0] } == ["4", "5", "6"])
        #expect(first.account.isBalanced && last.account.isBalanced)
        #expect(first.account.filtered == 3 && last.account.filtered == 3)
    }

    @Test func sortedRowsStillKnowWhereTheyCameFrom() throws {
        let result = try run(
            [("sort", DescribedStepFactory(.sort([SortKey(column: "id", order: .descending)]))), typing(ColumnRule(name: "price", type: .integer))], on: people, columns: names,
            context: context)
        #expect(result.rejections.map(\.row) == [5, 3, 1])
        #expect(String(decoding: result.rejections[1].original, as: UTF8.self) == #"3,"Bob, ""B""",-1.25"#)
    }

    @Test func anAggregateOfNothingIsOneRow() throws {
        let description = StepDescription.aggregate(groupBy: [], columns: [Aggregation(name: "n", function: .count), Aggregation(name: "max", function: .max, of: "name")])
        let empty = try run(description, on: [], columns: names, context: context)
        #expect(empty.rows == [["0", nil]])
        #expect(empty.account.isBalanced)
        let grouped = try run(.aggregate(groupBy: ["name"], columns: [Aggregation(name: "n", function: .count)]), on: [], columns: names, context: context)
        #expect(grouped.rows.isEmpty)
    }

    @Test func meansAreExactAndRoundedOnce() throws {
        let rows: [[String?]] = [["1", "a", "1.00"], ["2", "a", "2.00"], ["2", "a", "2.01"], ["1", "b", "0.1"], ["1", "b", "0.2"]]
        let result = try run(
            [
                typing(ColumnRule(name: "id", type: .integer), ColumnRule(name: "price", type: .decimal)),
                ("sum", DescribedStepFactory(.aggregate(groupBy: ["name"], columns: [Aggregation(name: "mean", function: .mean, of: "price"), Aggregation(name: "ids", function: .mean, of: "id")]))),
            ], on: rows, columns: names, context: context)
        #expect(result.rows == [["a", "1.67", "1.666667"], ["b", "0.15", "1"]])
    }

    /// A column of decimal commas: its sum, extremes and mean have them as well; the mean has its own digits.
    @Test func aggregatesOfADecimalCommaHaveIt() throws {
        let rows: [[String?]] = [["1", "a", "1,00"], ["2", "a", "2,00"], ["2", "a", "2,01"]]
        let columns = [("sum", Aggregation.Function.sum), ("least", .min), ("mean", .mean)].map { Aggregation(name: $0.0, function: $0.1, of: "price") }
        let result = try run(
            [typing(ColumnRule(name: "price", type: .decimal, format: "0,00")), ("sum", DescribedStepFactory(.aggregate(groupBy: ["name"], columns: columns)))], on: rows, columns: names, context: context)
        #expect(result.rows == [["a", "5,01", "1,00", "1,67"]])
        #expect(result.columns.last?.format == "0,#")
        let float = try run(
            [typing(ColumnRule(name: "price", type: .float, format: "0,#")), ("sum", DescribedStepFactory(.aggregate(groupBy: [], columns: [columns[0], columns[2]])))],
            on: [["1", "a", "1,5"], ["1", "a", "2,25"], ["1", "a", "0.5"]], columns: names, context: context)
        #expect(float.rows == [["3,75", "1,875"]] && float.rejections.count == 1)
    }

    @Test func aNewValueOfAColumnIsWrittenAsTheColumnIs() throws {
        let price = typing(ColumnRule(name: "price", type: .decimal, format: "0,00"), ColumnRule(name: "id", type: .integer))
        func derived(_ column: String, _ expression: String, _ type: ColumnType? = nil) throws -> StepRun {
            try run([price, ("derive", DescribedStepFactory(.derive(column: column, expression: expression, type: type)))], on: [["3", "a", "1,50"]], columns: names, context: context)
        }
        #expect(try derived("price", "row.price * row.id").rows == [["3", "a", "4,50"]])
        // A new column has no form of its own; the output gives it the document's decimal sign.
        #expect(try derived("total", "row.price * row.id").columns.last == StepColumn("total", .decimal))
        #expect(try derived("price", "row.name", .string).columns.last == StepColumn("price"))
    }

    @Test(arguments: ["row.name > 5", "5 < row.name", "row.name == 5", "row.name * 2", "row.name + 1.5"])
    func textBesideNumbersIsToldWithTheTypeToDeclare(expression: String) throws {
        let error = #expect(throws: PipelineProblem.self) {
            try run([("derive", DescribedStepFactory(.derive(column: "x", expression: expression, type: nil)))], on: people, columns: names, context: context)
        }
        #expect(error?.fix.contains("columns: [{name: amount, type: decimal}]") == true, "\(error?.description ?? "")")
    }

    @Test func whatDecimalsDoNotDoIsSaidWithWhatToWriteInstead() throws {
        let types = typing(ColumnRule(name: "id", type: .integer), ColumnRule(name: "price", type: .decimal))
        for (expression, advice) in [("row.price / row.id", "double(a) / double(b)"), ("row.id / row.price", "double(a) / double(b)"), ("row.price % 2", "int(a) % int(b)"), ("row.price + \"x\"", "string(row.price)")] {
            let error = #expect(throws: PipelineProblem.self) {
                try run([types, ("derive", DescribedStepFactory(.derive(column: "x", expression: expression, type: nil)))], on: people, columns: names, context: context)
            }
            #expect(error?.category == .configuration && error?.fix.contains(advice) == true, "\(expression): \(error?.description ?? "")")
        }
        // And what the advice says works.
        let result = try run(
            [types, ("derive", DescribedStepFactory(.derive(column: "x", expression: "decimal(double(row.price) / double(row.id)).round(2)", type: nil)))], on: [["3", "a", "10.50"]], columns: names,
            context: context)
        #expect(result.rows == [["3", "a", "10.50", "3.50"]])
    }
}
