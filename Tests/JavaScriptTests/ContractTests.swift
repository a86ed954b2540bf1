import RowSteps
import Rows
import Testing

@testable import JavaScript

/// What `transform` may return, and what becomes of it.
@Suite struct ContractTests {
    static let orders = [
        StepColumn("id"), StepColumn("first"), StepColumn("last"), StepColumn("qty", .integer), StepColumn("price", .decimal, format: "0.00"), StepColumn("date"),
        StepColumn("status"),
    ]

    @Test func rowsAreChangedDroppedAndGetNewColumns() throws {
        let rig = try Rig(
            """
            function transform(row, ctx) {
              if (row.status === "cancelled") return null;
              row.name = row.first + " " + row.last;
              row.total = row.qty * row.price;
              row.date = ctx.convertDate(row.date, "dd.MM.yyyy", "yyyy-MM-dd");
              return row;
            }
            """, columns: Self.orders, output: [StepColumn("total", .decimal, format: "0.00")])
        #expect(rig.step.outputColumns.map(\.name) == ["id", "first", "last", "qty", "price", "date", "status", "name", "total"])
        let outcome = try rig.run([
            ["1", "Ada", "Byron", "2", "1.5", "01.02.2026", "paid"], ["2", "Bo", "Li", "1", "9", "28.02.2026", "cancelled"],
            ["3", "Zoë", "Ångström😀", nil, "0.10", nil, "paid"],
        ])
        #expect(outcome.rows == [
            ["1", "Ada", "Byron", "2", "1.5", "2026-02-01", "paid", "Ada Byron", "3.00"],
            ["3", "Zoë", "Ångström😀", nil, "0.10", nil, "paid", "Zoë Ångström😀", "0.00"],
        ])
        #expect(outcome.account.filtered == 1)
        #expect(outcome.rejections.isEmpty)
    }

    @Test func aWrongValueOfADeclaredColumnFollowsTheColumnsPolicy() throws {
        let script = "function transform(row) { row.total = row.id === 'b' ? 'dear' : 0.1 + 0.2; row.day = row.id === 'c' ? 'soon' : '2026-11-20'; return row }"
        let output = [StepColumn("total", .decimal, format: "0.00"), StepColumn("day", .date)]
        let rig = try Rig(script, columns: Rig.text("id"), output: output, policies: ["total": .null, "day": .skip], policy: .fail)
        let outcome = try rig.run([["a"], ["b"], ["c"], ["d"]])
        #expect(outcome.rows == [["a", "0.30", "2026-11-20"], ["b", nil, "2026-11-20"], ["d", "0.30", "2026-11-20"]])
        #expect(outcome.account.nulled == 1 && outcome.account.skipped == 1 && outcome.account.filtered == 0)
        #expect(outcome.rejections == ["3 Type: the column is declared date, found soon"])
        #expect(throws: PipelineProblem.self) { _ = try Rig(script, columns: Rig.text("id"), output: output, policies: ["day": .skip], policy: .fail).run([["b"]]) }
    }

    @Test func parametersOfTheRunAreSeenAndFrozen() throws {
        let rig = try Rig(
            "function transform(row, ctx) { row.out = JSON.stringify(ctx.parameters); try { ctx.parameters.n = 1 } catch (e) { row.error = e.name } return row }", columns: Rig.text("id"),
            parameters: [StepParameter("n", .integer, "7"), StepParameter("rate", .decimal, "1.50"), StepParameter("on", .boolean, "false"), StepParameter("day", .date, "2026-11-20")])
        #expect(try rig.run([["a"]]).rows == [["a", #"{"n":7,"rate":1.5,"on":false,"day":"2026-11-20"}"#, "TypeError"]])
    }

    @Test func oneRowBecomesSeveral() throws {
        let rig = try Rig("function transform(row) { return row.tags.split(';').map((t, i) => ({ ...row, tag: t, n: i })) }", columns: Rig.text("id", "tags", "rest"))
        let outcome = try rig.run([["1", "a;b", "x"], ["2", "", "y"], ["3", "c", "z"]])
        #expect(outcome.rows == [["1", "a;b", "x", "a", "0"], ["1", "a;b", "x", "b", "1"], ["2", "", "y", "", "0"], ["3", "c", "z", "c", "0"]])
        #expect(outcome.account.added == 1)
        let many = try Rig("function transform(row) { return Array.from({ length: 5000 }, (_, i) => ({ ...row, n: i })) }", columns: Rig.text("id"))
        let result = try many.run([["x"], ["y"]])
        #expect(result.rows.count == 10_000)
        #expect(result.rows.last == ["y", "4999"])
        let none = try Rig("function transform(row) { return [] }", columns: Rig.text("id"), listed: ["id"])
        #expect(try none.run([["x"]]).account.filtered == 1)
    }

    @Test func rowsBuiltAnewHaveOnlyTheirColumns() throws {
        let rig = try Rig("const transform = (row) => { return { id: row.id, twice: row.n * 2 }; }", columns: [StepColumn("n", .integer), StepColumn("id"), StepColumn("z")])
        #expect(rig.step.outputColumns.map(\.name) == ["id", "twice"])
        #expect(try rig.run([["4", "a", "-"]]).rows == [["a", "8"]])
    }

    @Test func rowsAreSentToOutputs() throws {
        let rig = try Rig(
            """
            function transform(row, ctx) {
              if (row.n === "1") ctx.send("other", row);
              if (row.n === "2") { ctx.send("other", { n: "sent" }); return row }
              if (row.n === "3") ctx.send("nowhere", row);
              return row.n === "1" ? null : row;
            }
            """, columns: Rig.text("n"))
        let outcome = try rig.run([["1"], ["2"], ["3"], ["4"]])
        #expect(outcome.rows == [["1"], ["sent"], ["2"], ["4"]])
        #expect(outcome.routes == [1, 1, 0, 0])
        #expect(outcome.rejections == [#"3 Script: TypeError: ctx.send: there is no output "nowhere"; the outputs are "main", "other" (line 4, column 30)"#])
        #expect(outcome.account.added == 1)
    }

    @Test(arguments: [
        ("return 5", #"transform returned the number "5""#), ("return 'x'", #"transform returned the string "x""#), ("return undefined", "transform returned nothing"),
        ("return () => row", "a function"), ("return [row, 7]", "holds the number"),
        ("return [[row]]", "holds an array"), ("row.a = {}; return row", #"column "a" is an object"#), ("row.a = row; return row", #"column "a" is an object"#),
        ("row.a = [1]; return row", #"column "a" is an array"#), ("row.a = NaN; return row", #"column "a" is NaN"#), ("row.a = 1/0; return row", #"column "a" is Infinity"#),
        ("row.a = Symbol('s'); return row", "a symbol"), ("row.a = () => 1; return row", "a function"), ("row['q' + 1] = 1; return row", #"a column "q1""#),
        ("return {}", "an object without any column"), ("return new Map()", "a Map"), ("row.a = new Date(NaN); return row", "invalid Date"), ("return true", "boolean"),
    ])
    func wrongShapesAreErrorsOfTheirRow(body: String, says: String) throws {
        let rig = try Rig("function transform(row, ctx) { if (row.a === 'ok') return row; \(body) }", columns: Rig.text("a"), listed: ["a"])
        let outcome = try rig.run([["ok"], ["bad"], ["ok"]])
        #expect(outcome.rows == [["ok"], ["ok"]])
        #expect(outcome.rejections.count == 1)
        #expect(outcome.rejections.first?.hasPrefix("2 ScriptResult: ") == true, "\(outcome.rejections)")
        #expect(outcome.rejections.first?.contains(says) == true, "\(outcome.rejections)")
    }

    @Test func valuesBecomeText() throws {
        let rig = try Rig(
            "function transform(row) { row.a = 0.1 + 0.2; row.b = 1e21; row.c = true; row.d = 12345678901234567890n; row.e = new Date(0); row.f = null; row.g = -0; row.h = 1/3; return row }",
            columns: Rig.text("a"))
        #expect(try rig.run([["x"]]).rows == [["0.30000000000000004", "1e+21", "true", "12345678901234567890", "1970-01-01T00:00:00.000Z", nil, "0", "0.3333333333333333"]])
    }

    @Test func typedColumnsKeepTheirTypes() throws {
        let columns = [StepColumn("i", .integer), StepColumn("d", .decimal, format: "0.00"), StepColumn("f", .float), StepColumn("t", .date), StepColumn("b", .boolean)]
        let rig = try Rig(
            "function transform(row) { row.i = row.i + 1; if (row.d > 1) row.d = 1.005; row.f *= 2; row.t = new Date(Date.UTC(2026, 1, 3)); row.b = row.b !== 'true'; return row }", columns: columns)
        let outcome = try rig.run([["1", "1.5", "0.5", "2020-01-01", "true"], ["2.5", "0.7", "1", "2020-01-01", "false"]])
        #expect(outcome.rows.first == ["2", "1.01", "1", "2026-02-03", "false"])
        #expect(outcome.rows.last?[1] == "0.7", "an untouched cell keeps its own text though another of its column was changed")
        let wrong = try Rig("function transform(row) { row.i = row.i / 2; return row }", columns: [StepColumn("i", .integer)])
        let failed = try wrong.run([["4"], ["5"]])
        #expect(failed.rows == [["2"]])
        #expect(failed.rejections == ["2 Type: the column is declared integer, found 2.5"])
    }

    @Test func integersBeyondNumbersStayExact() throws {
        let rig = try Rig("function transform(row) { row.plus = row.i + (typeof row.i === 'bigint' ? 1n : 1); return row }", columns: [StepColumn("i", .integer)])
        #expect(try rig.run([["9007199254740993"], ["7"]]).rows == [["9007199254740993", "9007199254740994"], ["7", "8"]])
    }

    @Test func oddColumnNamesAreProperties() throws {
        let names = ["__proto__", "constructor", "0", "10", "a", "a", "toString", "hasOwnProperty", "", "with space", "row\"quote", "ä\u{2028}"]
        let rig = try Rig(
            "function transform(row) { const all = Object.keys(row).sort().join('|'); row['__proto__'] = row['__proto__'] + '!'; row.a_2 += '?'; row.all = all; return row }",
            columns: names.map { StepColumn($0) })
        let outcome = try rig.run([names.indices.map { "v\($0)" }])
        #expect(outcome.rejections == [])
        #expect(outcome.rows.first?.prefix(names.count) == ["v0!", "v1", "v2", "v3", "v4", "v5?", "v6", "v7", "v8", "v9", "v10", "v11"])
        #expect(rig.step.outputColumns.map(\.name).prefix(names.count).elementsEqual(names))
    }

    @Test(arguments: [1, 2, 121, 2000])
    func wideRows(count: Int) throws {
        let columns = (0..<count).map { StepColumn("c\($0)") }
        let rig = try Rig("function transform(row) { for (const k of Object.keys(row)) if (row[k] === '7') row[k] = 'seven'; row.sum = Object.keys(row).length; return row }", columns: columns)
        let rows = (0..<5).map { row in (0..<count).map { String?("\((row + $0) % 10)") } }
        let outcome = try rig.run(rows)
        #expect(outcome.rejections == [])
        #expect(outcome.rows == rows.map { $0.map { $0 == "7" ? "seven" : $0 } + ["\(count)"] })
    }

    @Test func textIsExact() throws {
        let texts = ["", "a\0b", "😀", "\u{FFFD}", "é", "e\u{301}", String(repeating: "ä", count: 1000), "\u{10FFFF}", "tab\there"]
        let rig = try Rig("function transform(row) { row.copy = row.t + ''; row.length = row.t.length; row.lone = row.t.slice(0, 1); return row }", columns: Rig.text("t"))
        let outcome = try rig.run(texts.map { [$0] })
        #expect(outcome.rows.map { $0[1] } == texts)
        #expect(outcome.rows.map { $0[2] } == texts.map { "\($0.utf16.count)" })
        #expect(outcome.rows[2][3] == "\u{FFFD}", "half a surrogate pair is no text")
    }

    @Test func emptyTextIsNotNull() throws {
        let rig = try Rig("function transform(row) { row.b = row.a === null ? 'null' : row.a === '' ? 'empty' : 'text'; row.c = row.b === 'null' ? '' : null; return row }", columns: Rig.text("a"))
        #expect(try rig.run([[nil], [""], ["x"]]).rows == [[nil, "null", ""], ["", "empty", nil], ["x", "text", nil]])
    }

    @Test func hugeRow() throws {
        let rig = try Rig("function transform(row) { row.n = row.a.length; row.b = row.a.slice(-3); return row }", columns: Rig.text("a", "k"))
        let outcome = try rig.run([["x", "1"], [String(repeating: "y", count: 50 << 20), "2"], ["z", "3"]])
        #expect(outcome.rows.map { $0[2] } == ["1", "52428800", "1"])
        #expect(outcome.rows[1][3] == "yyy")
    }
}
