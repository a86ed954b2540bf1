import RowSteps
import Testing

@testable import JavaScript

/// What a script keeps outside of `ctx.state`: found out where it changes, and only there.
@Suite struct HiddenStateTests {
    /// What each keeps, the line it is declared in, and the script, whose function `use` is called for each row.
    @Test(arguments: [
        ("n", 1, "const use = (() => { let n = 0; return () => ++n })();"),
        ("n", 2, "const use = (function () {\n  var n = 0;\n  return () => { n += 1; return n };\n})();"),
        ("count", 1, "function counter(count) { return () => count++ }\nconst use = counter(5);"),
        ("count", 1, "const counter = (count) => () => count++;\nconst use = counter(5);"),
        ("total", 2, "function Sum() {\n  let total = 0;\n  this.add = () => (total += 1);\n}\nconst sum = new Sum(), use = () => sum.add();"),
        ("last", 1, "let last; const all = { use() { [last] = [all.n++ + 1] } , n: 0 }; { let last = 0; all.use = () => (last = last + 1) }\nconst use = () => all.use();"),
        ("#n", 1, "class Counter { #n = 0; next() { return ++this.#n } }\nconst counter = new Counter(), use = () => counter.next();"),
        ("#seen", 3, "class Counter {\n  #other = 1;\n  static #seen = 0;\n  static use() { return Counter.#seen += 1 }\n}\nconst use = Counter.use;"),
        ("#n", 1, "const use = (() => { class C { #n = 1; step() { this.#n *= 2; return this.#n } } const c = new C(); return () => c.step() })();"),
        ("step", 3, "let use = null;\n{\n  let step = 0;\n  use = () => { ({ a: step } = { a: step + 1 }); return step };\n}"),
        ("list", 1, "const use = ((list) => () => { list = [...list, 1]; return list.length })([]);"),
        ("i", 2, "const made = [];\nfor (let i = 0; i < 3; i++) { made.push(() => i++) }\nconst use = () => made[1]();"),
        ("found", 1, "let found = 0;\nconst use = () => { for (found of [1, 2]); return found };"),
    ])
    func whatChangesIsNamedWithItsLine(name: String, line: Int, script: String) throws {
        let rig = try Rig("\(script)\nfunction transform(row) { row.a = use(); return row }", columns: Rig.text("a"), listed: ["a"])
        do {
            _ = try rig.run([["1"], ["2"]])
            Issue.record("it was not noticed: \(script)")
        } catch let problem as PipelineProblem {
            #expect(problem.what == "the script keeps what a checkpoint doesn't see" && problem.severity == .fatal, "\(problem)")
            #expect(problem.why.contains("`\(name)`") && problem.why.contains("ctx.state") && problem.place.line == line, "\(problem)")
        }
    }

    /// What can't be assigned can be frozen: the write is an error of its row, with the line of the write.
    @Test(arguments: [
        "const use = (() => { const seen = new Set(); return (x) => {\n seen.add(x); return seen.size } })();",
        "const use = (() => { const cache = {}; return (x) => {\n return cache[x] ??= x + 1 } })();",
        "const memo = (f) => { const cache = new Map(); return (x) => {\n if (!cache.has(x)) cache.set(x, f(x)); return cache.get(x) } };\nconst use = memo((x) => x + 1);",
        "const use = (() => { const all = []; return (x) => {\n const n = all.push(x); return n } })();",
        "const use = ((d) => () => {\n const n = d.setTime(5); return n })(new Date(0));",
        "const use = (() => { const it = [1, 2, 3].values(); return () => {\n return it.next().value } })();",
        "const use = function (o) {\n return ++o.n }.bind(null, { n: 0 });",
        "const p = new Proxy({}, { n: 0, get() {\n return ++this.n } });\nconst use = () => p.x;",
        "class C { #m = new Map(); add(x) {\n const m = this.#m.set(x, 1); return m.size } }\nconst c = new C(), use = (x) => c.add(x);",
    ])
    func whatCantBeAssignedIsFrozen(script: String) throws {
        let rig = try Rig("\(script)\nfunction transform(row) { row.a = use(row.a); return row }", columns: Rig.text("a"), listed: ["a"])
        let outcome = try rig.run([["1"], ["2"]])
        #expect(outcome.rows.isEmpty && outcome.rejections.count == 2, "\(outcome)")
        #expect(outcome.rejections.first?.contains("ctx.state") == true, "\(outcome.rejections)")
        #expect(outcome.lines.first == 2, "\(outcome.lines)")
    }

    /// A class of one's own that calls itself something else is what it is made from.
    @Test(arguments: [
        "class M extends Map { get [Symbol.toStringTag]() { return 'Table' } }\nconst m = new M(), use = (x) => m.set(x, 1).size;",
        "const m = new Set(); Object.defineProperty(m, Symbol.toStringTag, { value: 'Object' });\nconst use = (x) => m.add(x).size;",
        "class D extends Date { get [Symbol.toStringTag]() { return 'Day' } }\nconst d = new D(0), use = (x) => { const n = d.setTime(+x); return n };",
        "const w = new WeakMap(), key = {}; Object.defineProperty(w, Symbol.toStringTag, { value: 'x' });\nconst use = (x) => w.set(key, x).get(key);",
    ])
    func whatCallsItselfSomethingElseIsFrozenAsWell(script: String) throws {
        let rig = try Rig("\(script)\nfunction transform(row) { row.a = use(row.a); return row }", columns: Rig.text("a"), listed: ["a"])
        let outcome = try rig.run([["1"], ["2"]])
        #expect(outcome.rows.isEmpty && outcome.rejections.first?.contains("ctx.state") == true, "\(outcome)")
        #expect(outcome.lines.first == 2, "\(outcome.lines)")
    }

    /// Frozen by the script itself, as a careful author does: used as it is, and whoever gets past that is found out.
    @Test(arguments: [
        ("const m = Object.freeze(new Map([['1', 'one']]));", "m.get(x)", "Map.prototype.set.call(m, x, 2)"), ("const m = Object.freeze(new Set(['1']));", "m.has(x)", "m.add('2')"),
        ("const m = Object.seal(new Date(0));", "m.getTime()", "m.setTime(1)"), ("const m = Object.freeze([1, 2].values());", "typeof m", ""), ("const m = new ArrayBuffer(8);", "m.byteLength", "m.transfer()"),
    ])
    func whatAScriptFrozeItselfIsUsable(made: String, read: String, change: String) throws {
        let reads = try Rig("\(made)\nfunction transform(row) { const x = row.a; row.a = String(\(read)); return row }", columns: Rig.text("a"), listed: ["a"])
        #expect(try reads.run([["1"], ["2"]]).rows.count == 2)
        _ = try reads.step.snapshot()
        guard !change.isEmpty else { return }
        let changes = try Rig("\(made)\nfunction transform(row) { const x = row.a; try { \(change) } catch {} return row }", columns: Rig.text("a"), listed: ["a"])
        #expect(throws: PipelineProblem.self) {
            _ = try changes.run([["7"], ["8"]])
            _ = try changes.step.snapshot()
        }
    }

    /// What the last match left is another row's.
    @Test(arguments: ["RegExp.$1", "RegExp.lastMatch", "RegExp['$&']", "RegExp.input = 'x'", "RegExp.multiline = true", "RegExp.leftContext"])
    func theLastMatchOfAllIsNotKept(expression: String) throws {
        let rig = try Rig("function transform(row) {\n  row.a = String(\(expression));\n  /(.*)/.exec(row.a); return row }", columns: Rig.text("a"), listed: ["a"])
        let outcome = try rig.run([["1"], ["2"]])
        #expect(outcome.rows.isEmpty && outcome.rejections.first?.contains("outlives its row") == true, "\(outcome)")
        #expect(outcome.lines.first == 2)
    }

    /// A generator that was begun stands at a place: also one behind a function, in a list, in a class.
    @Test(arguments: [
        "function* count() { let n = 0; for (;;) yield n++ }\nconst it = count(), use = () => it.next().value;",
        "const use = (() => { const it = (function* () { let n = 0; for (;;) yield n++ })(); return () => it.next().value })();",
        "const all = [(function* () { yield 1; yield 2 })()];\nconst use = () => { for (const x of all[0]) return x };",
        "class C { #it = (function* () { let n = 0; for (;;) yield n++ })(); use() { return this.#it.next().value } }\nconst c = new C(), use = () => c.use();",
        "const it = (function* () { let n = 0; for (;;) yield n++ })(); it.next();\nconst use = () => [...it].length;",
    ])
    func aGeneratorThatWasBegunIsNotGoneOnWith(script: String) throws {
        let rig = try Rig("\(script)\nfunction transform(row) { row.a = use(); return row }", columns: Rig.text("a"), listed: ["a"])
        let outcome = try rig.run([["1"], ["2"]])
        #expect(outcome.rows.isEmpty && outcome.rejections.count == 2 && outcome.rejections.first?.contains("ctx.state") == true, "\(outcome)")
    }

    /// What waits would go on behind a batch, wherever that ends: it is refused before the first row, with its place.
    @Test(arguments: [
        ("async function transform(row) { return row }", 1, 1), ("const transform = async (row) => row", 1, 19), ("const transform = async row => row", 1, 19),
        ("const o = {\n  async f() { return 1 } };\nfunction transform(row) { o.f(); return row }", 2, 3), ("class C { static async *g() { yield 1 } }\nfunction transform(row) { return row }", 1, 18),
        ("function transform(row, ctx) { Promise.resolve().then(() => ctx.state.n++); return row }", 1, 32), ("const wait = new Promise((go) => go(1));\nfunction transform(row) { return row }", 1, 18),
        ("function transform(row) { import('x'); return row }", 1, 27),
        ("let wake; const loop = async function () { let n = 0; for (;;) { await 0; n++ } }; loop();\nfunction transform(row) { return row }", 1, 24),
    ])
    func whatWaitsIsRefusedWithItsPlace(script: String, line: Int, column: Int) throws {
        do {
            _ = try Rig(script, columns: Rig.text("a"), listed: ["a"])
            Issue.record("it was taken: \(script)")
        } catch let problem as PipelineProblem {
            #expect(problem.category == .configuration || problem.category == .script, "\(problem)")
            #expect(problem.why.contains("can't wait") && problem.why.contains("call functions directly") && problem.place.line == line, "\(problem)")
            #expect(problem.why.contains("column \(column)") || problem.why.contains("^") || column == 1, "\(problem)")
        }
    }

    /// Also under another name; and names of one's own that only look like it are left alone.
    @Test func nothingElseWaits() throws {
        let rig = try Rig(
            "const async = (x) => x + 1, o = { async: 1, Promise: 2, await: 3 };\nfunction transform(row) { row.a = [typeof globalThis['Prom' + 'ise'], typeof queueMicrotask, typeof Array.fromAsync, async(1) * o.async, o.Promise, o.await].join(); return row }",
            columns: Rig.text("a"), listed: ["a"])
        #expect(try rig.run([["1"]]).rows == [["undefined,undefined,undefined,2,2,3"]])
    }

    @Test func bytesBehindAFunctionAreFoundOutAtTheEnd() throws {
        for stateless in [false, true] {
            let rig = try Rig(
                "const use = ((bytes) => () => bytes[0]++)(new Uint8Array(4));\nfunction transform(row) { row.a = use(); return row }", columns: Rig.text("a"), listed: ["a"], stateless: stateless)
            _ = try rig.run([["1"]])
            #expect(throws: PipelineProblem.self) { _ = try rig.step.drain() }
        }
    }

    /// What ends with its row, and what is made at load and only read after, is nobody's business.
    @Test func ordinaryCodeIsLeftAlone() throws {
        let rig = try Rig(
            """
            const table = (() => { let next = 0; const t = {}; for (const k of ["x", "y", "z"]) t[k] = next++; return t })();
            const squares = [1, 2, 3].map((n) => { let sum = 0; [n, n].forEach((m) => { sum += m * n / 2 }); return sum });
            const { parse } = { parse: function parse(s) { let depth = 0; const walk = (c) => { depth += c === "(" ? 1 : 0 }; for (const c of s) walk(c); return depth } };
            class Point { #x; static made = 0; constructor(x) { this.#x = x } move(d) { this.#x += d; return this } get x() { return this.#x } }
            const fixed = new Point(3);
            function total(list) { let sum = 0; list.forEach((x) => { sum += x }); for (let i = 0; i < 2; i++) { const add = () => { sum += i }; add() } return sum }
            const once = (f) => { let value, done = false; return () => { if (!done) { value = f(); done = true } return value } };
            const settled = once(() => 42); settled();
            const label = (a) => (b) => `${a}-${b}`, hello = label("hello");
            function* walk(n) { let i = 0; while (i < n) yield i++ }
            switch (table.x) { case 0: let inside = 1; var f = () => inside; break; default: }
            const o = { a: class A { b() { return 1 } }, c() { let n = 1; return (() => n++)() }, get d() { return 4 }, if: 5 };
            function transform(row, ctx) {
              let n = 0;
              const bump = () => ++n;
              for (let i = 0; i < 3; i++) bump();
              const p = new Point(n); p.move(2);
              const counter = once(() => n); counter(); counter();
              const seen = new Set(); for (const c of row.a) seen.add(c);
              const at = ((k) => () => ++k)(1); at(); at();
              row.a = [table.y, squares.join(), parse("(()"), p.x, fixed.x, total([1, 2, 3]), settled(), hello("you"), [...walk(3)].join(""), seen.size, at(), f(), new o.a().b(), o.c(), o.d, o.if].join(" ");
              return row;
            }
            """, columns: Rig.text("a"), listed: ["a"])
        let expected = "1 1,4,9 2 5 3 7 42 hello-you 012 2 4 1 1 1 4 5"
        let outcome = try rig.run([["aab"], ["aab"]])
        #expect(outcome.rows == [[expected], [expected]], "\(outcome)")
        _ = try rig.step.snapshot()
        _ = try rig.step.drain()
    }

    @Test func placesStayTheUsers() throws {
        let script = "function make() { let n = 0; return { fail(x) { n; throw new Error('at ' + x) } } }  const made = make();\nfunction transform(row) { made.fail(row.a); return row }"
        let rig = try Rig(script, columns: Rig.text("a"), listed: ["a"])
        let column = try #require(script.firstRange(of: "Error('at")).lowerBound.utf16Offset(in: script) + 1
        let said = try rig.run([["7"]]).rejections.first ?? ""
        // The engine means the name or the bracket behind it.
        #expect(said.contains("(line 1, column \(column))") || said.contains("(line 1, column \(column + 5))"), "\(column): \(said)")
    }

    @Test func aFormThatIsntUnderstoodRunsAsItWasWritten() throws {
        // A name that may not stand alone where it is read: the text is taken as it is.
        let watched = HiddenVariables("const f = ({ a: { b } = {} }) => { return () => b };")
        #expect(watched.text.contains(HiddenVariables.link))
        #expect(watched.text.count { $0 == "\n" } == 0)
        #expect(HiddenVariables("const a = 1; function transform(row) { let n = 0; [1].forEach(() => n++); return row }").text.contains(HiddenVariables.link) == false)
    }

    /// A declaration behind a line end or blank that editors show otherwise than the engine reads it.
    @Test(arguments: [
        "// x\rlet n = 0", "// x\u{2028}let n = 0", "// x\u{2029}let n = 0", "let\u{A0}n = 0", "let\u{3000}n\u{FEFF}= 0", "var a = 1\u{2028}let n = 0", "<!-- `\nlet n = 0\n<!-- `", "--> /*\nlet n = 0\n--> */",
    ])
    func noLineEndHidesAVariable(declaration: String) throws {
        #expect(throws: PipelineProblem.self) {
            let rig = try Rig(declaration + "\nfunction transform(row) { n = n + 1; row.b = n; return row }", columns: Rig.text("a"))
            _ = try rig.run([["x"], ["y"]])
        }
    }
}
