import RowSteps
import Rows
import Testing

@testable import JavaScript

/// What keeps handing rows over cheap changes nothing of what a script sees and writes.
@Suite struct HandOverTests {
    /// Columns of few, some and only different texts, drifting ones, nulls, other alphabets, lengths around the bound, and zeros in a cell.
    @Test func repeatedTextsAreTheSameAsCutOnes() throws {
        let columns = Rig.text("few", "some", "all", "drift", "wide", "odd")
        let rig = try Rig(
            "function transform(row) { for (const name of ['few', 'some', 'all', 'drift', 'wide', 'odd']) row[name] = row[name] === null ? 'null' : '<' + row[name] + '>' + row[name].length; return row }",
            columns: columns)
        let wide = [31, 32, 33, 64].map { String(repeating: "w", count: $0) } + [String(repeating: "ä", count: 16), String(repeating: "ä", count: 16) + "b"]
        let odd: [String?] = [nil, "", "a\u{0}", "a", "\u{0}", "Zoë 😀", "日本"]
        for first in stride(from: 0, to: 24_000, by: 4_000) {
            let rows: [[String?]] = (first..<first + 4_000).map { row in
                ["state \(row % 3)", "\(row * 7919 % 5_000)", "id-\(row)", "day \(row / 40)", wide[row % wide.count], odd[row % odd.count]]
            }
            let expected = rows.map { row in row.map { text in text.map { "<\($0)>\($0.utf16.count)" } ?? "null" } }
            #expect(try rig.run(rows).rows == expected)
        }
    }

    @Test func entriesKeepTheirIndexWhileAChunkLasts() {
        let dictionary = CellDictionary(limit: 100)
        var told: [Int: String] = [:]
        for chunk in 0..<2_000 {
            guard dictionary.begins() else { continue }
            var given: [(Int, String)] = []
            // Half of the cells say the same, the others nothing twice for a long time.
            for cell in 0..<200 {
                let text = cell % 2 == 0 ? "often" : "\(chunk * 200 + cell)"
                if let index = Self.index(dictionary, text) { given.append((index, text)) }
            }
            dictionary.ends(cells: 200, indexed: given.count)
            dictionary.tell { index, text in told[index] = String(decoding: text, as: UTF8.self) }
            #expect(dictionary.count <= 100)
            for (index, text) in given where told[index] != text { Issue.record("chunk \(chunk): entry \(index) is \(told[index] ?? "none"), given out for \(text)") }
        }
    }

    @Test func aColumnOfDifferentTextsIsLeftAlone() {
        let dictionary = CellDictionary(limit: 100)
        var used = 0, added = 0
        for chunk in 0..<10_000 where dictionary.begins() {
            used += 1
            var indexed = 0
            for cell in 0..<500 where Self.index(dictionary, "\(chunk * 500 + cell)") != nil { indexed += 1 }
            dictionary.ends(cells: 500, indexed: indexed)
            dictionary.tell { _, _ in added += 1 }
        }
        #expect(used < 20 && added < 2_000)
    }

    private static func index(_ dictionary: CellDictionary, _ text: String) -> Int? {
        let bytes = Array(text.utf8)
        return (bytes + [UInt8](repeating: 0x7A, count: 32)).withUnsafeBufferPointer { buffer in buffer.baseAddress.flatMap { dictionary.index(of: $0, bytes.count) } }
    }

    @Test(arguments: [
        ("row.b = row.a + '!'", ["b"]), ("row.n++; --row.m; row.k **= 2", ["n", "m", "k"]), ("if (row.a === 'x') return null; row['b c'] ??= 1", ["b c"]),
        ("const { a, b } = row; const list = [a]; list[0] = b; row.c = list[0] / 2", ["c"]), ("for (const x of [row.a]) if (x > 1) row.b = x", ["b"]),
        ("ctx.send('other', row); row.d = /a[/]b/.test(row.a)", ["d"]),
    ])
    func whatAScriptChangesIsReadFromItsText(body: String, names: [String]) {
        #expect(ScriptShape("function transform(row, ctx) { \(body); return row }").changes == Set(names))
    }

    /// Every way that was thought of to change a column without an assignment behind its name: each must be refused, or be seen to work.
    static let roundabout = [
        "[row.a, row.b] = ['1', '2']", "({ x: row.a } = { x: '1' })", "({ x: row.a = '1' } = {})", "for (row.a of ['0', '1']);", "for (row.a in { 1: 0 });", "for ([row.a] of [['1']]);",
        "for ({ x: row.a } of [{ x: '1' }]);", "(row.a) = '1'", "((row.a)) += '1'", "++(row.a)", "delete row.a", "delete (row.a)", "r\\u006fw.a = '1'", "row.\\u0061 = '1'", "row['\\x61'] = '1'",
        "row.f = function () { this.a = '1' }; row.f?.(); row.f = null", "row.f = function () { this.a = '1' }; row.f``; row.f = null", "row.f = function () { this.a = '1' }; (row.f)(); row.f = null",
        "let n = 1; n++ / (row.a = '1') / 2", "if (row.id) /x'/.test(''); row.a = '1'; ''", "const same = row; same.a = '1'", "(() => { row.a = '1' })()", "`${row.a = '1'}`", "`${`${row.a = '1'}`}`",
        "[...'1'].forEach((x) => { row.a = x })", "Object.assign(row, { a: '1' })", "Reflect.set(row, 'a', '1')", "const key = 'a'; row[key] = '1'", "arguments[0].a = '1'", "if (row.id) [row.a] = ['1']",
        "const change = (r) => { r.a = '1' }; change(row)", "row.__proto__ = { a: '1' }; delete row.a", "switch (row.id) { case row.a = '1': }", "row.a ||= '1', row.a += '1'", "row?.a; row.a\n= '1'",
        "const { id = (row.a = '1') } = row", "const { a: x = 1, ...others } = row; row.a = others.id", "label: row.a = '1'", "void (row.a = '1')", "row.a &&= '1'", "row.b = row.a = '1'", "row.a++",
    ]

    @Test(arguments: roundabout)
    func noChangeOfAColumnIsLost(body: String) throws {
        // The same without looking at the text: a row that goes through a function of its own is followed by nobody.
        func rows(_ script: String) throws -> Rig.Outcome { try Rig(script, columns: Rig.text("id", "a", "b", "c")).run([["i", "x", "y", "z"]]) }
        let followed = try rows("function transform(row, ctx) { \(body); if (row.id && row.a && row.b && row.c && row.f) ctx.state.x = 1; return row }")
        let handed = try rows("function transform(row, ctx) { \(body); if (row.id && row.a && row.b && row.c && row.f) ctx.state.x = 1; return handOn(row) }\nfunction handOn(row) { return row }")
        #expect(Array(followed.rows.joined().prefix(4)) == Array(handed.rows.joined().prefix(4)))
        #expect(followed.rejections == handed.rejections)
    }

    /// Whole scripts from whose text reading a column or writing one isn't plain to see. Row: id, a, b, c = i, x, y, z.
    @Test(arguments: [
        // A copy is read before it goes out.
        ("function transform(row) { const o = { ...row, n: 1 }; if (o.a === 'x') o.b = 'big'; return o }", ["i", "x", "big", "z"]),
        ("function transform(row) { const r = { ...row }; if (r.a === 'x') { r.b = 'big'; return r } return null }", ["i", "x", "big", "z"]),
        ("function transform(row) { let r = { ...row }; r.c = r.c.toUpperCase(); return r }", ["i", "x", "y", "Z"]),
        ("function transform(row) { return [1].map((q) => { const o = { ...row }; o.b = o.a + q; return o }) }", ["i", "x", "x1", "z"]),
        ("function transform(row) { return [1].map((q) => ({ ...row, b: q })).filter((o) => o.a === 'x') }", ["i", "x", "1", "z"]),
        ("function transform(row) { const all = []; all.push({ ...row, b: '1' }); if (all[0].a === 'x') return all; return null }", ["i", "x", "1", "z"]),
        // The function in the text isn't the one that runs.
        ("const transform = function (cfg) { return (row, ctx) => { row.a = cfg.x + row.b; return row } }({ x: 'CH' })", ["i", "CHy", "y", "z"]),
        ("const transform = function (cfg, row, ctx) { row.a = cfg.x + row.b; return row }.bind(null, { x: 'CH' })", ["i", "CHy", "y", "z"]),
        ("const transform = function (row) { return null } && function (row) { row.a = 'CH'; return row }", ["i", "CH", "y", "z"]),
        ("exports.transform = function (row) { return null }; exports['transform'] = (row) => { row.a = 'CH'; return row }", ["i", "CH", "y", "z"]),
        // No column is read, or none is there.
        ("function transform(row, ctx) { if (ctx.parameters.none) row.a = 'CH'; return row }", ["i", "x", "y", "z"]),
        ("function transform(row) { row.a = undefined; return row }", ["i", nil, "y", "z"]),
        ("function transform(row, ctx) { if (ctx.parameters.none) ctx.send('other', { ...row, k: 1 }); return row }", ["i", "x", "y", "z"]),
        // A slash behind a name that could be a word of the language.
        ("function transform(row) { row.in = 6; row.in /= 2; row.a = 'CH' // x\n return row }", ["i", "CH", "y", "z"]),
        ("function transform(row) { const of = 4; const n = of / 2; row.a = 'CH' + n; return row /* / */ }", ["i", "CH2", "y", "z"]),
        // Blanks and line ends of more kinds.
        ("function transform(row) {\u{A0}row.a = 'CH'; return row }", ["i", "CH", "y", "z"]), ("function transform(row) { row.a\u{A0}=\u{3000}'CH'; return row }", ["i", "CH", "y", "z"]),
        ("function transform(row) { // hello\u{2028}row.a = 'CH'\n return row }", ["i", "CH", "y", "z"]), ("function transform(row) { // hello\rrow.a = 'CH'\n return row }", ["i", "CH", "y", "z"]),
        ("function transform(row) {\n<!-- `\nrow.a = 'CH'\n<!-- `\nreturn row }", ["i", "CH", "y", "z"]),
        // The row by another name.
        ("function transform(row) { const me = () => { return row }; me().a = 'CH'; return row }", ["i", "CH", "y", "z"]),
        ("function transform(row) { const set = (v) => { row.a = v; return row }; set('1').b = 'CH' + row.b; return row }", ["i", "1", "CHy", "z"]),
        ("function transform(row) { ({ get r() { return row } }).r.a = 'CH'; return row }", ["i", "CH", "y", "z"]),
        ("function transform(row, ctx) { const send = (to, r) => { r.b = to }; send('CH', row); return row }", ["i", "x", "CH", "z"]),
        ("const log = { send(to, r) { r.b = to + r.c } }\nfunction transform(row, ctx) { log.send('CH', row); return row }", ["i", "x", "CHz", "z"]),
        ("const log = { send(to, r) { r.b = to + r.c } }\nfunction transform(row, ctx) { const own = ctx; { const ctx = log; ctx.send('CH', row) } return row }", ["i", "x", "CHz", "z"]),
        ("function transform(row) { (row.valueOf)().a = 'CH'; return row }", ["i", "CH", "y", "z"]),
        ("function transform(row) { const o = { m() { super.a = 'CH' } }; row.b = o.m; (row.b)(); row.b = '-'; return row }", nil),
        // A line that begins with a bracket.
        ("function transform(row) { let t\n[row.a, row.b] = [row.b, row.a]\nreturn row }", ["i", "y", "x", "z"]),
        ("function transform(row) { for (const x of [1, 2]) { if (x === 1) continue\n[row.a] = ['CH'] } return row }", ["i", "CH", "y", "z"]),
        ("function transform(row) { let k\n/'/.test('x'), row.a = 'CH' //'\nreturn row }", ["i", "CH", "y", "z"]),
        ("function transform(row) { let n = 2; const q = 1.5.e+row.a++; row.b = 'CH'; return row }", nil),
    ] as [(String, [String?]?)])
    func aScriptIsTakenAsTheEngineTakesIt(script: String, expected: [String?]?) throws {
        let outcome = try Rig(script, columns: Rig.text("id", "a", "b", "c")).run([["i", "x", "y", "z"]])
        // The row handed on to a function of its own is looked at by nobody.
        guard let expected else {
            let handed = try Rig(script.replacing("return row }", with: "return handOn(row) }") + "\nfunction handOn(row) { return row }", columns: Rig.text("id", "a", "b", "c")).run([["i", "x", "y", "z"]])
            #expect(outcome.rows.map { $0.prefix(4) } == handed.rows.map { $0.prefix(4) })
            return
        }
        #expect(outcome.rejections.isEmpty)
        #expect(outcome.rows.map { Array($0.prefix(4)) } == [expected])
    }

    @Test func rowsThatAreMadeAnewAreLookedAtWhole() throws {
        let shape = ScriptShape("function transform(row) { if (row.a) return row; return { ...row, b: 1 } }")
        #expect(shape.changes == nil && shape.keepsInput)
    }
}
