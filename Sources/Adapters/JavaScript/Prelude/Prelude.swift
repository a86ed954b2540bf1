/// The JavaScript that prepares a fresh context before a user's script is loaded into it.
///
/// One function expression, in pieces by what they do: `Prelude.text` evaluates to it. What it returns, the kit, is held by the
/// virtual machine and never reachable from a user's script, but for `ctx`.
///
/// It takes everything of the language it uses once, at the start; a script that managed to change a method of the language later
/// would not change the kit.
enum Prelude {
    static let text = head + clock + random + freezing + values + numbers + dates + context + kitText + foot

    /// Names in the parameters:
    /// - `startMilliseconds`: the run's start, the only time a script sees; `seed`: four 32-bit words.
    /// - `keepText(s)`: the same text in memory of its own.
    /// - `progress`: Int32Array; [0] the row being worked on, counted in its chunk; [5] lines logged.
    /// - `facts`: Float64Array; [0] the number of the chunk's first row in its file, [1] its number over all files.
    /// - `parametersText`: of the run, an object as JSON.
    /// - `ordinals`: Float64Array of each row's number in its file and over all files, for chunks whose rows don't follow each other.
    static let head = #"""
        (function (startMilliseconds, seed0, seed1, seed2, seed3, keepText, progress, facts, ordinals, stateless, runID, parametersText) {
        "use strict";
        const { keys, freeze, isFrozen, getOwnPropertyDescriptor, defineProperty, getPrototypeOf, setPrototypeOf, preventExtensions, isExtensible } = Object;
        const { ownKeys, apply } = Reflect;
        const isArray = Array.isArray;
        const objectPrototype = Object.prototype, arrayPrototype = Array.prototype;
        const objectText = Function.prototype.call.bind(objectPrototype.toString);
        const hasOwn = Function.prototype.call.bind(objectPrototype.hasOwnProperty);
        const stringify = JSON.stringify, parse = JSON.parse;
        const NativeError = Error, NativeTypeError = TypeError, NativeRangeError = RangeError;
        const global = globalThis, NativePromise = Promise;
        // What waits goes on behind a batch, and where a batch ends nobody promises.
        for (const name of ["WebAssembly", "SharedArrayBuffer", "Atomics", "WeakRef", "FinalizationRegistry", "Promise", "queueMicrotask"]) delete global[name];
        delete Array.fromAsync;
        delete objectPrototype.__proto__;
        NativeError.stackTraceLimit = 40;
        const frozenText = "what is made when the script is loaded is frozen, so that a resumed run computes the same: keep what changes from row to row in ctx.state";

        """#

    /// Date without a clock: `new Date()` and `Date.now()` are the run's start.
    static let clock = #"""
        const NativeDate = Date;
        const datePrototype = NativeDate.prototype;
        const date = function Date(a, b, c, d, e, f, g) {
          let made;
          switch (new.target === undefined ? -1 : arguments.length) {
          case -1: return new NativeDate(startMilliseconds).toString();
          case 0: made = new NativeDate(startMilliseconds); break;
          case 1: made = new NativeDate(a); break;
          case 2: made = new NativeDate(a, b); break;
          case 3: made = new NativeDate(a, b, c); break;
          case 4: made = new NativeDate(a, b, c, d); break;
          case 5: made = new NativeDate(a, b, c, d, e); break;
          case 6: made = new NativeDate(a, b, c, d, e, f); break;
          default: made = new NativeDate(a, b, c, d, e, f, g);
          }
          if (new.target !== date) setPrototypeOf(made, new.target.prototype);
          return made;
        };
        defineProperty(date, "length", { value: 7 });
        defineProperty(date, "prototype", { value: datePrototype, writable: false });
        defineProperty(datePrototype, "constructor", { value: date });
        defineProperty(date, "UTC", { value: NativeDate.UTC });
        defineProperty(date, "parse", { value: NativeDate.parse });
        defineProperty(date, "now", { value: function now() { return startMilliseconds } });
        defineProperty(global, "Date", { value: date });
        const NativeFormat = Intl.DateTimeFormat;
        for (const name of ["format", "formatToParts"]) {
          const described = getOwnPropertyDescriptor(NativeFormat.prototype, name);
          if (described.get) {
            defineProperty(NativeFormat.prototype, name, { get() { const f = apply(described.get, this, []); return (d) => f(d === undefined ? startMilliseconds : d) } });
          } else {
            const native = described.value;
            defineProperty(NativeFormat.prototype, name, { value(d) { return apply(native, this, [d === undefined ? startMilliseconds : d]) } });
          }
        }

        """#

    /// Math.random from the run and the row: a row gets the same numbers whichever machine, batch or resumption computes it.
    static let random = #"""
        const imul = Math.imul, floor = Math.floor;
        let r0 = 0, r1 = 0, r2 = 0, r3 = 0, seededFor = -1;
        function mix(h) {
          h = imul(h ^ (h >>> 16), 0x85ebca6b);
          h = imul(h ^ (h >>> 13), 0xc2b2ae35);
          return h ^ (h >>> 16);
        }
        let ordered = true;
        function ordinal() { return ordered ? facts[1] + progress[0] : ordinals[progress[0] * 2 + 1] }
        function seedRow(row) {
          seededFor = row;
          const low = row | 0, high = floor(row / 4294967296) | 0;
          r0 = mix(seed0 ^ low);
          r1 = mix(seed1 ^ imul(low, 0x9e3779b9) ^ high);
          r2 = mix(seed2 ^ r0 ^ high);
          r3 = mix(seed3 ^ r1) | 1;
          for (let i = 0; i < 8; i++) word();
        }
        function word() {
          // xoshiro128**
          const result = imul(((r1 * 5) << 7) | ((imul(r1, 5)) >>> 25), 9);
          const t = r1 << 9;
          r2 ^= r0; r3 ^= r1; r1 ^= r2; r0 ^= r3; r2 ^= t;
          r3 = (r3 << 11) | (r3 >>> 21);
          return result;
        }
        defineProperty(Math, "random", { value: function random() {
          const row = ordinal();
          if (row !== seededFor) seedRow(row);
          return ((word() >>> 5) * 67108864 + (word() >>> 6)) / 9007199254740992;
        } });

        """#

    static let foot = #"""
        hardenGlobals();
        
        return kit;
        })
        """#
}
