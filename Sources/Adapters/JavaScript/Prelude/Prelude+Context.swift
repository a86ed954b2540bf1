extension Prelude {
    /// What a script is given besides the row.
    static let context = #"""
        let state = {}, sends = null, fileName = "", outputs = Object.create(null), logged = 0;
        const logLimit = 1000, logLength = 2000;
        const levels = { debug: 1, info: 1, warning: 1, warn: 1, error: 1 };

        let lines = [];
        function logLine(level, text) { lines.push(level === "info" ? text : level + ": " + text); progress[5] = lines.length }
        function logText(value) {
          if (typeof value === "string") return value;
          if (value instanceof NativeError) return String(value);
          if (typeof value === "object" && value !== null) { try { return stringify(value) } catch { return objectText(value) } }
          return String(value);
        }
        function log(level, parts) {
          if (++logged > logLimit) {
            if (logged === logLimit + 1) logLine("warning", "the script has logged " + logLimit + " lines; what it logs from here on is left out");
            return;
          }
          const text = parts.map(logText).join(" ");
          logLine(level, text.length > logLength ? text.slice(0, logLength) + "…" : text);
        }

        const run = freeze({
          id: runID,
          startedAt: new NativeDate(startMilliseconds).toISOString(),
          get row() { return ordered ? facts[0] + progress[0] : ordinals[progress[0] * 2] },
          get file() { return fileName },
        });

        const ctx = freeze({
          run,
          parameters: freeze(parse(parametersText)),
          get state() {
            if (stateless) throw new NativeTypeError("ctx.state isn't there in a step declared stateless: true, whose rows are computed in any order: leave `stateless` out");
            return state;
          },
          set state(value) {
            if (stateless) throw new NativeTypeError("ctx.state isn't there in a step declared stateless: true, whose rows are computed in any order: leave `stateless` out");
            if (typeof value !== "object" || value === null) throw new NativeTypeError("ctx.state must be an object");
            state = value;
          },
          send(output, row) {
            const route = typeof output === "string" ? outputs[output] : undefined;
            if (route === undefined) {
              const known = keys(outputs).map((k) => '"' + k + '"').join(", ");
              throw new NativeTypeError("ctx.send: there is no output " + stringify(output) + (known ? "; the outputs are " + known : ""));
            }
            if (sends === null) sends = [];
            sends.push(route, snapshotRow(row));
          },
          log(level, ...parts) {
            if (parts.length > 0 && typeof level === "string" && hasOwn(levels, level)) log(level === "warn" ? "warning" : level, parts);
            else log("info", [level, ...parts]);
          },
          keep(text) { return typeof text === "string" ? keepText(text) : text },
          validate(condition, message) {
            if (!condition) throw new RowRejected(message === undefined ? "a condition of the script is false" : String(message));
            return true;
          },
          ...numberHelpers,
          ...dateHelpers,
        });

        // The row as it is now: the script may go on changing the object it sent.
        function snapshotRow(row) {
          if (typeof row !== "object" || row === null || isArray(row)) throw new NativeTypeError("ctx.send: the row must be an object with a property for each column");
          return { ...row };
        }

        """#
}
