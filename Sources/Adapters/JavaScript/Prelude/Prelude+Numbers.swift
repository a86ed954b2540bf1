extension Prelude {
    /// `ctx.round`, `ctx.parseNumber`, `ctx.formatNumber`.
    static let numbers = #"""
        // A number's shortest decimal digits, as [negative, digits, exponent]: value = 0.d1d2d3… × 10^exponent.
        function digitsOf(value) {
          const text = String(value < 0 ? -value : value);
          const cut = text.indexOf("e");
          const mantissa = cut < 0 ? text : text.slice(0, cut);
          const point = mantissa.indexOf(".");
          let digits = point < 0 ? mantissa : mantissa.slice(0, point) + mantissa.slice(point + 1);
          let exponent = (point < 0 ? mantissa.length : point) + (cut < 0 ? 0 : Number(text.slice(cut + 1)));
          let zeros = 0;
          while (zeros < digits.length - 1 && digits[zeros] === "0") zeros++;
          digits = digits.slice(zeros);
          exponent -= zeros;
          return [value < 0, digits, exponent];
        }

        // Rounds by the decimal digits people see, not by the binary fraction behind them: 1.005 is half way between 1.00 and 1.01.
        function roundedDigits(value, decimals, mode) {
          const [negative, digits, exponent] = digitsOf(value);
          const kept = exponent + decimals;
          if (kept >= digits.length) return [negative, digits + "0".repeat(kept - digits.length), decimals];
          if (kept < 0) return [negative, "0", decimals];
          const next = digits.charCodeAt(kept) - 48;
          let tail = false;
          for (let i = kept + 1; i < digits.length; i++) if (digits[i] !== "0") { tail = true; break }
          let head = digits.slice(0, kept);
          const odd = kept > 0 && (digits.charCodeAt(kept - 1) & 1) === 1;
          const up = next > 5 || (next === 5 && (tail || mode === "halfUp" || odd));
          if (up) {
            let i = kept - 1, rest = "";
            while (i >= 0 && head[i] === "9") { rest += "0"; i-- }
            head = i < 0 ? "1" + rest : head.slice(0, i) + String.fromCharCode(head.charCodeAt(i) + 1) + rest;
          }
          return [negative, head === "" ? "0" : head, decimals];
        }
        function checkDecimals(decimals, name) {
          if (decimals !== (decimals | 0) || decimals < 0 || decimals > 20) throw new NativeRangeError(name + ": decimals must be a whole number from 0 to 20");
        }
        function checkMode(mode, name) {
          if (mode !== "halfEven" && mode !== "halfUp") throw new NativeRangeError(name + ': the mode must be "halfUp" or "halfEven"');
        }
        function fixed(value, decimals, mode) {
          const [negative, all, scale] = roundedDigits(value, decimals, mode);
          const digits = all.length <= scale ? "0".repeat(scale + 1 - all.length) + all : all;
          const whole = digits.slice(0, digits.length - scale);
          const text = scale === 0 ? whole : whole + "." + digits.slice(digits.length - scale);
          return negative && /[1-9]/.test(text) ? "-" + text : text;
        }

        const numberHelpers = {
          // Half away from zero ("halfUp", the default) or to the even neighbour ("halfEven").
          round(value, decimals = 0, mode = "halfUp") {
            checkDecimals(decimals, "ctx.round");
            checkMode(mode, "ctx.round");
            if (typeof value !== "number") value = Number(value);
            if (value - value !== 0) return value;
            return Number(fixed(value, decimals, mode));
          },
          // As text with exactly so many decimals.
          formatNumber(value, decimals, options) {
            checkDecimals(decimals, "ctx.formatNumber");
            const mode = options?.mode ?? "halfUp", point = options?.decimal ?? ".", group = options?.group ?? "";
            checkMode(mode, "ctx.formatNumber");
            if (typeof value !== "number") value = Number(value);
            if (value - value !== 0) throw new NativeRangeError("ctx.formatNumber: " + value + " is no finite number");
            let text = fixed(value, decimals, mode);
            if (group !== "" || point !== ".") {
              const negative = text[0] === "-";
              const [whole, part] = (negative ? text.slice(1) : text).split(".");
              text = (negative ? "-" : "") + (group === "" ? whole : whole.replace(/\B(?=(\d{3})+$)/g, group)) + (part === undefined ? "" : point + part);
            }
            return text;
          },
          // "1.234,50" with {decimal: ","} is 1234.5; null for null and for empty text; an error for anything that is no number.
          parseNumber(text, options) {
            if (text === null || text === undefined) return null;
            if (typeof text === "number") return text;
            const point = options?.decimal ?? ".", group = options?.group ?? (point === "," ? "." : ",");
            let clean = String(text).trim();
            if (clean === "") return null;
            const given = clean;
            if (group !== "" && clean.includes(group)) {
              const whole = clean.split(point)[0].split(group);
              // Groups of three, or it is another notation than the one that was said.
              if (whole.length < 2 || !whole.slice(1).every((part) => /^\d{3}$/.test(part)) || !/^[-+]?\d{1,3}$/.test(whole[0])) clean = "";
              else clean = clean.split(group).join("");
            }
            if (point !== ".") clean = clean.includes(".") ? "" : clean.replace(point, ".");
            if (!/^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$/.test(clean)) throw new NativeRangeError("ctx.parseNumber: " + stringify(given) + " is no number with " + stringify(point) + " before its decimals");
            return Number(clean);
          },
        };

        """#

    /// `ctx.parseDate`, `ctx.formatDate`, `ctx.addToDate`, `ctx.dateDifference`, `ctx.convertDate`.
    static let dates = #"""
        // Patterns: yyyy MM dd HH mm ss SSS, everything else is itself. All dates are UTC.
        const fields = { yyyy: 4, MM: 2, dd: 2, HH: 2, mm: 2, ss: 2, SSS: 3 };
        const patterns = new Map();
        function pattern(text, name) {
          let compiled = patterns.get(text);
          if (compiled !== undefined) return compiled;
          if (typeof text !== "string") throw new NativeTypeError(name + ': the pattern must be a text such as "dd.MM.yyyy"');
          const parts = [];
          const places = { yyyy: -1, MM: -1, dd: -1, HH: -1, mm: -1, ss: -1, SSS: -1 };
          let at = 0;
          while (at < text.length) {
            const field = ["yyyy", "SSS", "MM", "dd", "HH", "mm", "ss"].find((f) => text.startsWith(f, at));
            if (field) {
              if (places[field] >= 0) throw new NativeRangeError(name + ": the pattern " + stringify(text) + " has " + field + " twice");
              places[field] = at;
              parts.push({ at, field, length: fields[field] });
              at += fields[field];
            } else {
              if (/[A-Za-z]/.test(text[at])) throw new NativeRangeError(name + ": the pattern " + stringify(text) + " has the letter " + text[at] + ", which stands for nothing: use yyyy MM dd HH mm ss SSS");
              parts.push({ at, field: "", length: 1, code: text.charCodeAt(at) });
              at++;
            }
          }
          if (places.yyyy < 0 || places.MM < 0 || places.dd < 0) throw new NativeRangeError(name + ": the pattern " + stringify(text) + " needs yyyy, MM and dd");
          compiled = { text, parts, places, length: text.length };
          if (patterns.size < 100) patterns.set(text, compiled);
          return compiled;
        }
        function digitsAt(text, at, count) {
          let value = 0;
          for (let i = at; i < at + count; i++) {
            const digit = text.charCodeAt(i) - 48;
            if (!(digit >= 0 && digit <= 9)) return -1;
            value = value * 10 + digit;
          }
          return value;
        }
        function monthLength(year, month) {
          return month === 2 ? (year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28) : month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
        }
        // Fills `read`; false when the text doesn't fit.
        const read = { yyyy: 0, MM: 0, dd: 0, HH: 0, mm: 0, ss: 0, SSS: 0 };
        function readDate(text, compiled) {
          if (text.length !== compiled.length) return false;
          const parts = compiled.parts;
          read.HH = 0; read.mm = 0; read.ss = 0; read.SSS = 0;
          for (let i = 0; i < parts.length; i++) {
            const part = parts[i];
            if (part.field === "") {
              if (text.charCodeAt(part.at) !== part.code) return false;
            } else {
              const value = digitsAt(text, part.at, part.length);
              if (value < 0) return false;
              read[part.field] = value;
            }
          }
          return read.MM >= 1 && read.MM <= 12 && read.dd >= 1 && read.dd <= monthLength(read.yyyy, read.MM) && read.HH <= 23 && read.mm <= 59 && read.ss <= 59;
        }
        function wrong(name, text, compiled) {
          throw new NativeRangeError(name + ": " + stringify(text) + " is no date written as " + compiled.text);
        }
        function utc() {
          const made = new NativeDate(NativeDate.UTC(read.yyyy, read.MM - 1, read.dd, read.HH, read.mm, read.ss, read.SSS));
          if (read.yyyy < 100) made.setUTCFullYear(read.yyyy, read.MM - 1, read.dd);
          return made;
        }
        function checkDate(value, name) {
          if (!(value instanceof NativeDate)) throw new NativeTypeError(name + ": the first argument must be a Date; ctx.parseDate makes one of a text");
          if (value.getTime() !== value.getTime()) throw new NativeRangeError(name + ": the Date is invalid");
          return value;
        }
        function padded(value, length) {
          const text = String(value);
          return text.length >= length ? text : "0".repeat(length - text.length) + text;
        }
        const units = { milliseconds: 1, seconds: 1000, minutes: 60000, hours: 3600000, days: 86400000, weeks: 604800000 };

        const dateHelpers = {
          // null for null and empty text; an error for a text that isn't a date of that pattern.
          parseDate(text, patternText) {
            const compiled = pattern(patternText, "ctx.parseDate");
            if (text === null || text === undefined || text === "") return null;
            if (!readDate(String(text), compiled)) wrong("ctx.parseDate", text, compiled);
            return utc();
          },
          formatDate(value, patternText) {
            const compiled = pattern(patternText, "ctx.formatDate");
            if (value === null || value === undefined) return null;
            checkDate(value, "ctx.formatDate");
            const year = value.getUTCFullYear();
            if (year < 0 || year > 9999) throw new NativeRangeError("ctx.formatDate: the year " + year + " has no four digits");
            let text = "";
            for (const part of compiled.parts) {
              switch (part.field) {
              case "yyyy": text += padded(year, 4); break;
              case "MM": text += padded(value.getUTCMonth() + 1, 2); break;
              case "dd": text += padded(value.getUTCDate(), 2); break;
              case "HH": text += padded(value.getUTCHours(), 2); break;
              case "mm": text += padded(value.getUTCMinutes(), 2); break;
              case "ss": text += padded(value.getUTCSeconds(), 2); break;
              case "SSS": text += padded(value.getUTCMilliseconds(), 3); break;
              default: text += compiled.text[part.at];
              }
            }
            return text;
          },
          // From one pattern to another, without a Date in between: checked like parseDate.
          convertDate(text, from, to) {
            const source = pattern(from, "ctx.convertDate"), target = pattern(to, "ctx.convertDate");
            if (text === null || text === undefined || text === "") return null;
            text = String(text);
            if (!readDate(text, source)) wrong("ctx.convertDate", text, source);
            let made = "";
            for (const part of target.parts) {
              if (part.field === "") made += target.text[part.at];
              else {
                const place = source.places[part.field];
                made += place < 0 ? "0".repeat(part.length) : text.slice(place, place + part.length);
              }
            }
            return made;
          },
          // Months and years keep the day, or take the month's last one.
          addToDate(value, amount, unit) {
            if (value === null || value === undefined) return null;
            checkDate(value, "ctx.addToDate");
            if (amount !== floor(amount)) throw new NativeRangeError("ctx.addToDate: the amount must be a whole number");
            if (hasOwn(units, unit)) return new NativeDate(value.getTime() + amount * units[unit]);
            if (unit !== "months" && unit !== "years") throw new NativeRangeError('ctx.addToDate: the unit must be "milliseconds", "seconds", "minutes", "hours", "days", "weeks", "months" or "years"');
            const months = value.getUTCFullYear() * 12 + value.getUTCMonth() + (unit === "years" ? amount * 12 : amount);
            const year = floor(months / 12), month = months - year * 12;
            const made = new NativeDate(value.getTime());
            made.setUTCFullYear(year, month, Math.min(value.getUTCDate(), monthLength(year, month + 1)));
            return made;
          },
          // later - earlier, in whole units, cut towards zero.
          dateDifference(later, earlier, unit) {
            checkDate(later, "ctx.dateDifference");
            checkDate(earlier, "ctx.dateDifference");
            const distance = later.getTime() - earlier.getTime();
            if (hasOwn(units, unit)) return Math.trunc(distance / units[unit]) + 0;
            if (unit !== "months" && unit !== "years") throw new NativeRangeError('ctx.dateDifference: the unit must be "milliseconds", "seconds", "minutes", "hours", "days", "weeks", "months" or "years"');
            const sign = distance < 0 ? -1 : 1;
            const [a, b] = sign < 0 ? [later, earlier] : [earlier, later];
            let months = (b.getUTCFullYear() - a.getUTCFullYear()) * 12 + b.getUTCMonth() - a.getUTCMonth();
            if (dateHelpers.addToDate(a, months, "months").getTime() > b.getTime()) months--;
            return sign * (unit === "years" ? floor(months / 12) : months) + 0;
          },
        };

        """#
}
