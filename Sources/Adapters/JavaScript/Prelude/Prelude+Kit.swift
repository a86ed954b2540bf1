extension Prelude {
    /// What the host calls: loading modules, state, and what the generated batch functions need.
    static let kitText = #"""
        const definitions = Object.create(null), loadedModules = Object.create(null), loading = [], made = [];
        let isLoaded = false;
        function requireModule(name) {
          if (name in loadedModules) return loadedModules[name].exports;
          const define = typeof name === "string" ? definitions[name] : undefined;
          if (define === undefined) {
            const known = keys(definitions).filter((k) => k !== "script");
            throw new NativeError("require: there is no module " + stringify(name) + (known.length ? "; the step's modules are " + known.join(", ") : "; the step has no modules"));
          }
          if (loading.includes(name)) throw new NativeError("require: modules need each other in a circle: " + [...loading, name].join(" needs "));
          loading.push(name);
          const module = { exports: {} };
          const outer = ownModule;
          ownModule = name;
          const [transform, values] = define(requireModule, module.exports, module, link);
          ownModule = outer;
          loading.pop();
          made.push(module, values);
          module.transform = transform === undefined && module.exports !== null ? module.exports.transform : transform;
          loadedModules[name] = module;
          return module.exports;
        }

        // What functions that ran while the script was loaded keep, each with a way to read it: its value may not change any more.
        let ownModule = "script", checkedTo = 0;
        const unread = {};
        const link = {
          on: true,
          own(...reads) { addHidden(reads) },
          peek(read) { peeks.push(read) },
        };
        function addHidden(reads) {
          for (let i = 0; i < reads.length; i += 3) hidden.push({ module: ownModule, name: reads[i], line: reads[i + 1], read: reads[i + 2], value: unread });
        }
        function readHidden(variable) { try { return variable.read() } catch { return unread } }
        // One that has changed, of all of them or of the next thousand: the others' turn comes with later chunks, and all at a checkpoint.
        function changedVariable(all) {
          const count = hidden.length;
          for (let n = all ? count : count < 1000 ? count : 1000; n > 0; n--) {
            if (checkedTo >= count) checkedTo = 0;
            const variable = hidden[checkedTo++];
            if (!isSame(readHidden(variable), variable.value)) return variable;
          }
        }

        function describe(error) {
          const about = { name: "", message: "", stack: "", kind: "thrown" };
          try {
            if (error instanceof NativeError) {
              about.name = String(error.name);
              about.message = String(error.message);
              about.stack = typeof error.stack === "string" ? error.stack : "";
              if (error instanceof RowRejected) about.kind = "rejected";
              if (error instanceof ShapeError) about.kind = "shape";
              if (about.name === "TypeError" && /readonly property|not extensible|unconfigurable property|non-configurable|Unable to delete property|Attempting to (change|define)/.test(about.message)) about.message += " (" + frozenText + ")";
            } else {
              about.name = "thrown";
              about.message = "the script threw " + (typeof error === "string" ? stringify(error) : "a value of type " + typeof error) + "; throw new Error(…) tells the line as well";
            }
          } catch { about.message = "the script threw a value that can't be read" }
          return about;
        }

        class ShapeError extends NativeError {}
        function shape(message) { throw new ShapeError(message) }
        const whatToReturn = "return the row (an object with a property for each column), null to leave it out, or an array of rows";
        function named(value) {
          if (value === undefined) return "nothing (undefined)";
          if (typeof value === "function") return "a function";
          if (typeof value === "object") {
            if (isArray(value)) return "an array";
            const kind = objectText(value).slice(8, -1);
            const prototype = getPrototypeOf(value);
            if (kind === "Object") return prototype === objectPrototype || prototype === null ? "an object" : "an object of a class";
            return (kind === "Arguments" || kind === "Error" ? "an " : "a ") + kind;
          }
          return typeof value === "symbol" ? "a symbol" : "the " + typeof value + " " + stringify(String(value).slice(0, 80));
        }

        const kit = {
          ctx, keys, isArray, describe,
          define(name, define) { definitions[name] = define },
          // Loads everything and freezes it; gives `transform`, or throws.
          load() {
            for (const name of keys(definitions)) requireModule(name);
            const main = loadedModules.script;
            link.on = false;
            for (const value of made) freezeDeep(value, true);
            for (const value of hiddenValues) freezeDeep(value, true);
            made.length = hiddenValues.length = 0;
            // Freezing finds private fields, which join the list while it is walked.
            for (const variable of hidden) freezeDeep(variable.value = readHidden(variable), true);
            return main.transform;
          },
          resets() { return expressions.length > 0 ? () => { for (let i = 0; i < expressions.length; i++) expressions[i].lastIndex = 0 } : null },
          setOutputs(names) { outputs = Object.create(null); names.forEach((name, index) => { if (!(name in outputs)) outputs[name] = index }); freeze(outputs) },
          setOutputsText(text) { kit.setOutputs(parse(text)) },
          setFile(name) { fileName = name },
          setOrdered(value) { ordered = value },
          state() {
            const holder = { state };
            storable(holder, "state", state, "", new Set(), 0);
            return stringify(state);
          },
          restore(text) { state = parse(text) },
          // For the end of each chunk: what says 1 when a hidden variable has changed.
          changes() { return hidden.length > 0 ? () => changedVariable(false) === undefined ? 0 : 1 : null },
          // Nothing, or as JSON which hidden variable has changed ({}: bytes have).
          changed() {
            const variable = changedVariable(true);
            if (variable !== undefined) return stringify({ module: variable.module, name: variable.name, line: variable.line });
            return viewsAreUnchanged() ? "" : "{}";
          },
          isPlain(value) { const prototype = getPrototypeOf(value); return prototype === objectPrototype || prototype === null },
          takeLog() { const taken = stringify(lines); lines = []; progress[5] = 0; return taken },
          takeSends() { const taken = sends; sends = null; return taken },
          dropSends() { sends = null },
          hasSends() { return sends !== null },
          isEmpty(value) { return typeof value === "object" && value !== null && !isArray(value) && kit.isPlain(value) && keys(value).length === 0 },
          notRow(value) { shape("transform returned " + named(value) + (kit.isEmpty(value) ? " without any column" : "") + ": " + (value instanceof NativePromise ? "it must not be async; " : "") + whatToReturn) },
          notRowIn(value) { shape("transform returned an array that holds " + named(value) + ": every element must be a row, an object with a property for each column") },
          badNumber(value, name) { shape("column " + stringify(name) + " is " + value + ": a number in a row must be finite; write null where there is none") },
          // The text of a value that is neither text nor number.
          text(value, name) {
            switch (typeof value) {
            case "boolean": return value ? "true" : "false";
            case "bigint": return String(value);
            case "object":
              if (value instanceof NativeDate) {
                if (value.getTime() !== value.getTime()) shape("column " + stringify(name) + " is an invalid Date");
                return value.toISOString();
              }
            }
            shape("column " + stringify(name) + " is " + named(value) + ": a cell is text, a number, true, false, a Date or null; JSON.stringify makes text of anything else");
          },
          // Which property of a returned row is no column of the output.
          extra(row, known) {
            for (const name of keys(row)) {
              if (!known.has(name) && row[name] !== undefined) {
                shape("the row has a column " + stringify(name) + " that the output doesn't: the step's columns are settled before the first row, from what the script assigns by name; list it under `output`");
              }
            }
          },
        };

        """#
}
