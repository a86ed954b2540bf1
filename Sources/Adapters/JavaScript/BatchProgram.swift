import Kernel

/// Writes the JavaScript function that takes a chunk of rows through `transform`: cuts cells, calls, and lists what came back.
///
/// Generated from the columns, so that the engine sees fixed property names and compiles the loop as one. The protocol with the host,
/// all through shared memory but for one text each way:
/// - in: the text of the cells that the script reads; `I`, start and end of each text cell in it (start -1: null; below: entry `~start` of
///   the column's list in `D`, texts that come again and again); `N`, the value of each number cell (NaN: see its pair in `I`: a null, or
///   digits too many for a number);
/// - out: the text of all new cells, joined; `T`, for each row that came out its input row and route, and a code for each cell:
///   the end of its text (it starts where the last one ended), or `Code`; `ON`, the new numbers in order;
/// - `P`: 0 the row at work, 1 entries of `T`, 2 entries of `ON`, 3 errors, 4 whether `T` and `ON` were replaced by larger ones, 7 whether
///   a hidden variable has changed;
/// - `F`: a bit for each output, 32 in an entry: whether a cell of it may be other than untouched; then an entry for each output: not 0
///   when the host finds out whether a text is the input's. (Comparing two texts of one length makes the engine copy both out of what
///   they were cut from or joined of: where a script changes nearly every cell, that was a tenth of a run.)
struct BatchProgram {
    /// Codes of cells that have no text in the output.
    enum Code {
        static let null: Int32 = -1
        static let untouched: Int32 = -2
        static let number: Int32 = -3
    }

    /// A column the script reads.
    struct Input {
        /// The property's name.
        var name: String
        var isNumber: Bool
    }

    /// A column that comes out of the script.
    struct Output {
        var name: String
        /// The input the same property was filled from.
        var input: Int?
        /// The script doesn't read it: when it isn't there, it is as it was.
        var keepsWhenMissing: Bool
        /// In the row that was handed in it is as it was.
        var isKept = false
    }

    var inputs: [Input]
    var outputs: [Output]
    /// Nothing but columns of the output is ever put into the row that was handed in: that row needn't be looked through for others.
    var rowIsFollowed = false
    /// The input's other columns stay as they are in rows that come out.
    var keepsInput = false
    /// Hardly any row comes out but the one that was handed in: the loop is written for that one alone. The engine compiles a long loop
    /// late, and for long.
    var returnsItsRow = false

    /// Whether the host may be left to compare a column's texts: see `F`.
    func letsHostCompare(_ output: Int) -> Bool {
        guard !isLoop, let input = outputs[output].input else { return false }
        return !inputs[input].isNumber
    }

    /// Whether texts may be handed over once for many cells: see `D`.
    var takesDictionaries: Bool { !isLoop }

    private var isLoop: Bool { inputs.count + outputs.count > Self.unrolled * 2 || max(inputs.count, outputs.count) > Self.unrolled }

    /// More columns than this are handled in loops over names; the engine doesn't optimise functions of any length.
    static let unrolled = 120

    /// Entries of `I` and of `N` for a row.
    var textStride: Int { inputs.count * 2 }
    var numberStride: Int { inputs.count { $0.isNumber } }
    /// Entries of `T` for a row that comes out.
    var stride: Int { outputs.count + 1 }
    /// Entries of `F` with bits, and in all.
    var touchedWords: Int { (outputs.count + 31) / 32 }
    var flagCount: Int { touchedWords + outputs.count }

    /// A text as a JavaScript literal.
    static func quote(_ text: String) -> String {
        var written = JSON.string(text).text
        // Line separators are allowed in literals today; written as escapes they are beyond doubt.
        written = written.replacing("\u{2028}", with: "\\u2028").replacing("\u{2029}", with: "\\u2029")
        return written
    }

    /// Says no to an object that has none of the columns. Where a script names no column, a row is a plain object, as it was given.
    /// A copy of a row of which the script sees nothing is an empty object too.
    private func rowCheck(_ isOther: String) -> String {
        outputs.isEmpty || inputs.isEmpty && keepsInput ? "if (missing === \(outputs.count) && !isPlain(r)) notRow(r);" : "if (missing === \(outputs.count)\(isOther)) notRow(r);"
    }

    var text: String {
        let names = "[" + inputs.map { Self.quote($0.name) }.joined(separator: ", ") + "]"
        let isNumber = "[" + inputs.map { $0.isNumber ? "true" : "false" }.joined(separator: ", ") + "]"
        let outputNames = "[" + outputs.map { Self.quote($0.name) }.joined(separator: ", ") + "]"
        let outputInputs = "[" + outputs.map { String($0.input ?? ($0.keepsWhenMissing ? -2 : -1)) }.joined(separator: ", ") + "]"
        let body = isLoop ? loops : fast
        return """
            (function (transform, kit, I, N, firstT, firstON, P, F) {
            "use strict";
            const { ctx, keys, isArray, isPlain, extra, text, badNumber, notRow, notRowIn, describe, hasSends, takeSends, dropSends } = kit;
            const names = \(names), isNumber = \(isNumber), outputs = \(outputNames), sources = \(outputInputs);
            const known = new Set(outputs);
            const D = names.map(() => [null]);
            const reset = kit.resets(), changes = kit.changes();
            let T = firstT, ON = firstON, errors = [];
            let out_ = "", pos_ = 0, t_ = 0, u_ = 0;
            function grow() {
              const largerT = new Int32Array(T.length * 2), largerON = new Float64Array(ON.length * 2);
              largerT.set(T); largerON.set(ON);
              T = largerT; ON = largerON;
              P[4] = 1;
            }
            function cell(s, j, q, m) {
              if (isNumber[j]) {
                let number = m;
                for (let k = 0; k < j; k++) if (isNumber[k]) number++;
                const v = N[number];
                if (v === v) return v;
              }
              const b = I[q + j * 2];
              if (b < 0) return D[j][~b];
              const cut = s.substring(b, I[q + j * 2 + 1]);
              return isNumber[j] ? BigInt(cut) : cut;
            }
            // A value that is neither a text, nor a number for a cell, nor missing.
            function rest(v, name) {
              if (typeof v === "number") badNumber(v, name);
              return v === null ? null : text(v, name);
            }
            // One row that came out, whatever the way.
            function emit(s, r, i, route, q, m) {
              if (t_ + \(stride) > T.length) grow();
              T[t_++] = i | (route + 1) << 16;
              let missing = 0;
              for (let j = 0; j < \(outputs.count); j++) {
                const name = outputs[j], v = r[name], from = sources[j];
                if (v === undefined) {
                  const isLeft = from === -2 && !(name in r);
                  missing++; if (!isLeft) F[j >> 5] |= 1 << (j & 31); T[t_++] = isLeft ? -2 : -1; continue
                }
                if (from >= 0 && v === cell(s, from, q, m)) { T[t_++] = -2; continue }
                F[j >> 5] |= 1 << (j & 31);
                if (typeof v === "number" && v - v === 0) { ON[u_++] = v; T[t_++] = -3; continue }
                const x = typeof v === "string" ? v : rest(v, name);
                if (x === null) { T[t_++] = -1; continue }
                out_ += x; pos_ += x.length; T[t_++] = pos_;
              }
              if (keys(r).length !== \(outputs.count) - missing) extra(r, known);
              \(rowCheck(""))
            }
            // Everything but one plain row: rows that were sent, several rows, and what is no row.
            function several(s, r, i, q, m) {
              const sent = takeSends();
              if (sent !== null) for (let k = 0; k < sent.length; k += 2) emit(s, sent[k + 1], i, sent[k], q, m);
              if (r === null || r === undefined && sent !== null) return;
              if (isArray(r)) {
                for (let k = 0; k < r.length; k++) {
                  const one = r[k];
                  if (typeof one !== "object" || one === null || isArray(one)) notRowIn(one);
                  emit(s, one, i, -1, q, m);
                }
              } else if (typeof r === "object") emit(s, r, i, -1, q, m);
              else notRow(r);
            }
            function failed(i, e) {
              dropSends();
              const about = describe(e);
              about.row = i;
              errors.push(about);
              P[3] = errors.length;
            }
            \(body)
            return {
              batch,
              dictionaries: D,
              tables() { return [T, ON] },
              takeErrors() { const taken = JSON.stringify(errors); errors = []; P[3] = 0; return taken },
              adopt(t, on) { T = t; ON = on; P[4] = 0 },
            };
            })
            """
    }

    /// The loop with everything unrolled.
    private var fast: String {
        var cells = "", numbers = 0
        for (index, input) in inputs.enumerated() {
            if input.isNumber {
                cells += "    let c\(index) = N[m + \(numbers)]; if (c\(index) !== c\(index)) c\(index) = cell(s, \(index), q, m);\n"
                numbers += 1
            } else {
                cells += "    const b\(index) = I[q + \(index * 2)], c\(index) = b\(index) < 0 ? D\(index)[~b\(index)] : s.substring(b\(index), I[q + \(index * 2 + 1)]);\n"
            }
        }
        let row = inputs.enumerated().map { index, input in
            "\(input.name == "__proto__" ? "[\"__proto__\"]" : Self.quote(input.name)): c\(index)"
        }.joined(separator: ", ")
        var emits = "", flags = inputs.indices.filter { !inputs[$0].isNumber }.map { "const D\($0) = D[\($0)]; " }.joined(), kept = ""
        for word in 0..<touchedWords {
            flags += "let d\(word) = 0; "
            kept += "F[\(word)] |= d\(word); "
        }
        for (index, output) in outputs.enumerated() {
            if returnsItsRow, output.isKept {
                emits += "          T[t++] = -2;\n"
                continue
            }
            let access = "r[\(Self.quote(output.name))]"
            let touched = "d\(index / 32) |= \(Int32(truncatingIfNeeded: 1 << (index % 32)))"
            var untouched = ""
            if let input = output.input {
                var test = "v === c\(input)"
                if !inputs[input].isNumber {
                    flags += "const h\(index) = F[\(touchedWords + index)]; "
                    test = "h\(index) === 0 ? \(test) : v === null && c\(input) === null"
                }
                untouched = "if (\(test)) T[t++] = -2; else "
            }
            let missing = (output.keepsWhenMissing ? "if (!(\(Self.quote(output.name)) in r)) T[t++] = -2; else " : "") + "{ \(touched); T[t++] = -1 }"
            emits += """
                      { const v = \(access); \(untouched)if (typeof v === "string") { \(touched); out += v; pos += v.length; T[t++] = pos } \
                else if (typeof v === "number" && v - v === 0) { \(touched); ON[u++] = v; T[t++] = -3 } \
                else if (v === undefined) { missing++; \(missing) } \
                else { const x = rest(v, \(Self.quote(output.name))); \(touched); if (x === null) T[t++] = -1; else { out += x; pos += x.length; T[t++] = pos } } }

                """
        }
        return frame(cells: cells, row: "{ \(row) }", emits: emits, flags: flags, kept: kept)
    }

    private func frame(cells: String, row: String, emits: String, flags: String, kept: String) -> String {
        let isOne = returnsItsRow ? "r === row" : "typeof r === \"object\" && r !== null && !isArray(r)"
        // A kept column isn't missing.
        let check = returnsItsRow && outputs.contains(where: \.isKept) ? "" : rowCheck(" && r !== row")
        let extra = returnsItsRow ? "" : "if (\(rowIsFollowed ? "r !== row && " : "")keys(r).length !== \(outputs.count) - missing) extra(r, known);"
        return """
        function batch(s, n) {
          let out = "", pos = 0, t = 0, u = 0;
          \(flags)
          for (let i = 0, q = 0, m = 0; i < n; i++, q += \(textStride), m += \(numberStride)) {
            P[0] = i;
            if (reset !== null) reset();
            const outBefore = out, posBefore = pos, tBefore = t, uBefore = u;
            try {
        \(cells)
              const row = \(row);
              const r = transform(row, ctx);
              if (\(isOne) && !hasSends()) {
                if (t + \(stride) > T.length) grow();
                T[t++] = i;
                let missing = 0;
        \(emits)
                \(extra)
                \(check)
              } else if (r !== null || hasSends()) {
                out_ = out; pos_ = pos; t_ = t; u_ = u;
                several(s, r, i, q, m);
                out = out_; pos = pos_; t = t_; u = u_;
              }
            } catch (e) {
              out = outBefore; pos = posBefore; t = tBefore; u = uBefore;
              failed(i, e);
            }
          }
          \(kept)
          P[1] = t; P[2] = u;
          if (changes !== null) P[7] = changes();
          return out;
        }
        """
    }

    /// The loop over names, for wide rows.
    private var loops: String {
        """
        function batch(s, n) {
          out_ = ""; pos_ = 0; t_ = 0; u_ = 0;
          for (let i = 0, q = 0, m = 0; i < n; i++, q += \(textStride), m += \(numberStride)) {
            P[0] = i;
            if (reset !== null) reset();
            const outBefore = out_, posBefore = pos_, tBefore = t_, uBefore = u_;
            try {
              const row = {};
              let number = m;
              for (let j = 0; j < \(inputs.count); j++) {
                let v = isNumber[j] ? N[number++] : NaN;
                if (v !== v) {
                  const b = I[q + j * 2];
                  if (b < 0) v = null;
                  else {
                    v = s.substring(b, I[q + j * 2 + 1]);
                    if (isNumber[j]) v = BigInt(v);
                  }
                }
                row[names[j]] = v;
              }
              const r = transform(row, ctx);
              if (r !== null || hasSends()) several(s, r, i, q, m);
            } catch (e) {
              out_ = outBefore; pos_ = posBefore; t_ = tBefore; u_ = uBefore;
              failed(i, e);
            }
          }
          P[1] = t_; P[2] = u_;
          if (changes !== null) P[7] = changes();
          return out_;
        }
        """
    }
}
