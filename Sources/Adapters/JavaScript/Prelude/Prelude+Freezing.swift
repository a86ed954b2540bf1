extension Prelude {
    /// Nothing that outlives a row can be changed: the language's own objects before the script is loaded, the script's after.
    ///
    /// Methods that user code ordinarily assigns on objects of its own (`toString`, a class's `constructor`, an error's `name`) become
    /// accessors whose setter defines the property on the receiver, for a frozen data property would refuse that as well.
    static let freezing = #"""
        const seen = new Set();
        const expressions = [], views = [], tables = [], hidden = [], hiddenValues = [], peeks = [];
        const isSame = Object.is, generatorPrototype = getPrototypeOf((function* () {}).prototype);
        const SetPrototypeHas = Set.prototype.has, SetPrototypeAdd = Set.prototype.add;
        const typedArrayPrototype = getPrototypeOf(Int8Array.prototype);
        const isView = ArrayBuffer.isView;

        function settable(prototype, name) {
          const described = getOwnPropertyDescriptor(prototype, name);
          if (!described || !hasOwn(described, "value") || !described.configurable) return;
          const value = described.value;
          defineProperty(prototype, name, {
            get() { return value },
            set(assigned) {
              if (this === prototype || this === null || (typeof this !== "object" && typeof this !== "function")) throw new NativeTypeError(frozenText);
              defineProperty(this, name, { value: assigned, writable: true, enumerable: true, configurable: true });
            },
            enumerable: false, configurable: false,
          });
        }

        function blocked() { throw new NativeTypeError(frozenText) }
        const mutators = {
          Map: ["set", "delete", "clear"], Set: ["add", "delete", "clear"], WeakMap: ["set", "delete"], WeakSet: ["add", "delete"],
          Date: ownKeys(datePrototype).filter((k) => typeof k === "string" && k.startsWith("set")),
        };
        // By what it is made from: a class may call itself something else.
        const { Map: NativeMap, Set: NativeSet, WeakMap: NativeWeakMap, WeakSet: NativeWeakSet } = global;
        function kindOf(value) {
          return value instanceof NativeMap ? "Map" : value instanceof NativeSet ? "Set" : value instanceof NativeDate ? "Date"
            : value instanceof NativeWeakMap ? "WeakMap" : value instanceof NativeWeakSet ? "WeakSet" : "";
        }
        const mapForEach = Map.prototype.forEach, setForEach = Set.prototype.forEach, getTime = datePrototype.getTime;
        function contentsOf(value, kind) {
          const all = [];
          if (kind === "Map") apply(mapForEach, value, [(v, k) => { all[all.length] = k; all[all.length] = v }]);
          if (kind === "Set") apply(setForEach, value, [(v) => { all[all.length] = v }]);
          if (kind === "Date") all[0] = apply(getTime, value, []);
          return all;
        }

        // Freezes what is reachable from a value. User objects of the kinds that Object.freeze leaves changeable lose their mutators.
        function freezeDeep(root, ofUser) {
          const stack = [root];
          while (stack.length > 0) {
            const value = stack.pop();
            if (value === null || (typeof value !== "object" && typeof value !== "function")) continue;
            if (seen.has(value)) continue;
            seen.add(value);
            stack.push(getPrototypeOf(value));
            if (isView(value) || value instanceof ArrayBuffer) {
              if (ofUser) views.push({ live: value, copy: bytesOf(value).slice() });
              preventExtensions(value);
              continue;
            }
            for (const key of ownKeys(value)) {
              const described = getOwnPropertyDescriptor(value, key);
              if (hasOwn(described, "value")) stack.push(described.value);
              else stack.push(described.get, described.set);
            }
            if (ofUser) {
              for (const peek of peeks) {
                let reads;
                try { reads = peek(value) } catch { continue }
                if (reads.length > 0) addHidden(reads);
              }
              const kind = kindOf(value);
              if (kind !== "") {
                let contents;
                // What only inherits from one has none.
                try { contents = contentsOf(value, kind) } catch { contents = [] }
                for (const content of contents) stack.push(content);
                // One that its script froze takes no other methods, and yet can be changed: whoever does is found out at the next checkpoint.
                if (isExtensible(value)) for (const name of mutators[kind]) defineProperty(value, name, { value: blocked });
                else if (contents.length > 0 || kind !== "Date") tables.push({ live: value, kind, copy: contents });
              }
              const tag = objectText(value).slice(8, -1);
              // What generator functions have as their prototype isn't at any place; what they made is.
              const isAtAPlace = tag === "Generator" ? getPrototypeOf(value) !== generatorPrototype : tag.endsWith(" Iterator") || tag === "Iterator Helper";
              if (isAtAPlace && isExtensible(value)) defineProperty(value, "next", { value: blocked });
              if (tag === "RegExp" && (value.global || value.sticky)) {
                expressions.push(value);
                preventExtensions(value);
                continue;
              }
            }
            freeze(value);
          }
        }

        function bytesOf(value) {
          return isView(value) ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength) : new Uint8Array(value);
        }

        // The bytes of arrays made at load can't be frozen: whoever changed them is found out at the next checkpoint.
        function viewsAreUnchanged() {
          for (const view of views) {
            let now;
            // Bytes that were handed over elsewhere are gone.
            try { now = bytesOf(view.live) } catch { return false }
            if (!areSame(now, view.copy)) return false;
          }
          for (const table of tables) {
            let now;
            try { now = contentsOf(table.live, table.kind) } catch { now = [] }
            if (!areSame(now, table.copy)) return false;
          }
          return true;
        }
        function areSame(now, then) {
          if (now.length !== then.length) return false;
          for (let i = 0; i < now.length; i++) if (!isSame(now[i], then[i])) return false;
          return true;
        }

        function hardenGlobals() {
          defineProperty(global, "console", { value: freeze({
            log: (...parts) => log("info", parts), info: (...parts) => log("info", parts), debug: (...parts) => log("debug", parts),
            warn: (...parts) => log("warning", parts), error: (...parts) => log("error", parts),
          }), writable: false, configurable: false });
          // RegExp.$1 and its like are what the last match left, of whichever row.
          for (const key of ownKeys(RegExp)) {
            if (typeof key !== "string" || ["length", "name", "prototype", "escape"].includes(key)) continue;
            const outlives = () => { throw new NativeTypeError("RegExp[" + stringify(key) + "] outlives its row, so that a resumed run would compute something else: take what exec, match or matchAll gives") };
            defineProperty(RegExp, key, { get: outlives, set: outlives, enumerable: false, configurable: false });
          }
          // What is bound or behind a Proxy can't be reached later.
          const nativeBind = Function.prototype.bind, NativeProxy = Proxy;
          defineProperty(Function.prototype, "bind", { value: function bind(...given) {
            if (link.on) for (const value of given) hiddenValues.push(value);
            return apply(nativeBind, this, given);
          } });
          defineProperty(global, "Proxy", { value: function Proxy(target, handler) {
            if (new.target === undefined) throw new NativeTypeError("Proxy must be called with new");
            if (link.on) hiddenValues.push(target, handler);
            return new NativeProxy(target, handler);
          } });
          for (const key of ownKeys(objectPrototype)) settable(objectPrototype, key);
          for (const error of [Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError, AggregateError])
            for (const name of ["name", "message", "toString", "constructor"]) settable(error.prototype, name);
          for (const type of [Function, Date, Number, Boolean, String, Symbol, BigInt])
            for (const name of ["toString", "valueOf", "constructor", "name"]) settable(type.prototype, name);
          for (const type of [Array, Map, Set, RegExp, NativePromise]) settable(type.prototype, "toString");
          const hidden = [
            function* () {}, async function () {}, async function* () {}, [][Symbol.iterator](), new Map().entries(), new Set().values(), ""[Symbol.iterator](),
            "".matchAll(/x/g), (function () { return arguments })(),
          ];
          for (const value of hidden) for (let p = getPrototypeOf(value); p; p = getPrototypeOf(p)) freezeDeep(p, false);
          for (const key of ownKeys(global)) {
            const described = getOwnPropertyDescriptor(global, key);
            if (hasOwn(described, "value") && described.value !== global) freezeDeep(described.value, false);
            if (described.configurable) defineProperty(global, key, hasOwn(described, "value") ? { writable: false, configurable: false } : { configurable: false });
          }
          seen.add(global);
          preventExtensions(global);
        }

        """#

    /// State that a checkpoint stores: exactly what JSON gives back, so that a resumed run can't tell the difference.
    static let values = #"""
        class RowRejected extends NativeError {}
        function unfit(path, what) {
          throw new NativeTypeError("ctx.state" + path + " holds " + what + ", which a checkpoint can't store: use plain objects, arrays, strings, finite numbers, true, false and null");
        }
        // Walks the state once: refuses what JSON would change, lets go of the batches its strings are cut from.
        function storable(holder, key, value, path, visited, depth) {
          switch (typeof value) {
          case "string": if (value.length > 1) holder[key] = keepText(value); return;
          case "boolean": return;
          case "number":
            if (value - value !== 0) unfit(path, String(value));
            if (value === 0) holder[key] = 0;
            return;
          case "object": break;
          default: unfit(path, "a value of type " + typeof value);
          }
          if (value === null) return;
          if (depth > 200) unfit(path, "objects nested more than 200 deep");
          if (visited.has(value)) unfit(path, "an object that it holds already elsewhere");
          visited.add(value);
          const prototype = getPrototypeOf(value);
          if (isArray(value)) {
            if (prototype !== arrayPrototype || keys(value).length !== value.length) unfit(path, "an array with holes, named properties or a class of its own");
            for (let i = 0; i < value.length; i++) storable(value, i, value[i], path + "[" + i + "]", visited, depth + 1);
          } else {
            if (prototype !== objectPrototype) unfit(path, "a " + objectText(value).slice(8, -1) + " of a class of its own");
            for (const name of ownKeys(value)) {
              if (typeof name !== "string") unfit(path, "a property named by a symbol");
              const described = getOwnPropertyDescriptor(value, name);
              if (!hasOwn(described, "value") || !described.enumerable) unfit(path + "." + name, "an accessor or a hidden property");
              storable(value, name, described.value, path + "." + name, visited, depth + 1);
            }
          }
        }

        """#
}
