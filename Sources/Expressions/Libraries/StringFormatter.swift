import Kernel

/// `format`: a text with clauses, `%s`, `%.2f`, and the values for them.
///
/// Numbers are written as Kubernetes writes them, in the way of American English: `%f` groups thousands, `%e` gives `1.5×10⁰³`.
struct StringFormatter {
    private let format: [UInt8]
    private let arguments: ValueList
    private var out: [UInt8] = []

    /// Longer texts aren't made: no budget pays for them.
    static let longest = 10_000_000

    /// What is written, and values of lists and maps.
    private var work: WorkCounter

    static func format(_ format: String, _ arguments: ValueList, _ work: inout WorkCounter) throws(EvaluationError) -> String {
        var formatter = StringFormatter(format: Array(format.utf8), arguments: arguments, work)
        defer { work = formatter.work }
        return try formatter.run()
    }

    private init(format: [UInt8], arguments: ValueList, _ work: WorkCounter) {
        self.format = format
        self.arguments = arguments
        self.work = work
    }

    private mutating func run() throws(EvaluationError) -> String {
        var at = 0
        var used = 0
        while at < format.count {
            guard format[at] == UInt8(ascii: "%") else {
                out.append(format[at])
                at += 1
                continue
            }
            if at + 1 < format.count, format[at + 1] == UInt8(ascii: "%") {
                out.append(UInt8(ascii: "%"))
                at += 2
                continue
            }
            guard let argument = arguments[used] else { throw EvaluationError(.invalidArgument, "index \(used) out of range") }
            used += 1
            let clause: FormatClause
            do throws(FormatClause.Failure) {
                clause = try FormatClause.read(format, from: &at)
            } catch {
                throw EvaluationError(.invalidArgument, error.message)
            }
            // What it will be isn't known before, but at most as long as this.
            if let precision = clause.precision { try work.addMade(bytes: precision) }
            let before = out.count
            try write(argument, clause)
            try work.addMade(bytes: out.count - before)
            if out.count > Self.longest { throw .workLimit }
        }
        return String(decoding: out, as: UTF8.self)
    }

    private mutating func write(_ value: Value, _ clause: FormatClause) throws(EvaluationError) {
        func refused(_ rule: String) -> EvaluationError {
            EvaluationError(.invalidArgument, "error during formatting: \(rule), was given \(value.type.runtimeName)")
        }
        switch (clause.kind, value) {
        case (.string, _): try writeText(value)
        case (.decimal, .int(let number)): append(String(number))
        case (.decimal, .uint(let number)): append(String(number))
        case (.decimal, _): throw refused("decimal clause can only be used on integers")
        case (.binary, .int(let number)): append(String(number, radix: 2))
        case (.binary, .uint(let number)): append(String(number, radix: 2))
        case (.binary, .bool(let flag)): append(flag ? "1" : "0")
        case (.binary, _): throw refused("only integers and bools can be formatted as binary")
        case (.octal, .int(let number)): append(String(number, radix: 8))
        case (.octal, .uint(let number)): append(String(number, radix: 8))
        case (.octal, _): throw refused("octal clause can only be used on integers")
        case (.hexadecimal(let upper), .int(let number)): append(String(number, radix: 16, uppercase: upper))
        case (.hexadecimal(let upper), .uint(let number)): append(String(number, radix: 16, uppercase: upper))
        case (.hexadecimal(let upper), .string(let text)): appendHexadecimal(text.utf8, upper)
        case (.hexadecimal(let upper), .bytes(let bytes)): appendHexadecimal(bytes, upper)
        case (.hexadecimal, _): throw refused("only integers, byte buffers, and strings can be formatted as hex")
        case (.fixed, _):
            guard let number = Self.number(value) else { throw refused("fixed-point clause can only be used on doubles") }
            appendFixed(number, clause.precision ?? 6)
        case (.scientific, _):
            guard let number = Self.number(value) else { throw refused("scientific clause can only be used on doubles") }
            appendScientific(number, clause.precision ?? 6)
        }
    }

    /// A double, or a text that names one no literal can.
    private static func number(_ value: Value) -> Double? {
        switch value {
        case .double(let number): number
        case .string("NaN"): .nan
        case .string("Infinity"): .infinity
        case .string("-Infinity"): -.infinity
        default: nil
        }
    }

    private mutating func append(_ text: String) { out += text.utf8 }

    private mutating func appendHexadecimal(_ bytes: some Sequence<UInt8>, _ upper: Bool) {
        let digits = Array((upper ? "0123456789ABCDEF" : "0123456789abcdef").utf8)
        for byte in bytes {
            out.append(digits[Int(byte >> 4)])
            out.append(digits[Int(byte & 15)])
        }
    }

    private static func special(_ number: Double) -> String? { number.isNaN ? "NaN" : number.isInfinite ? (number < 0 ? "-∞" : "∞") : nil }

    private mutating func appendFixed(_ number: Double, _ precision: Int) {
        append(Self.special(number) ?? (number < 0 ? "-" : "") + DecimalDigits.fixed(number, places: precision, grouped: true))
    }

    /// Always six digits after the point; the precision that is asked for is how wide it gets, filled with blanks. So does Kubernetes.
    private mutating func appendScientific(_ number: Double, _ precision: Int) {
        var text: String
        if let special = Self.special(number) {
            text = special
        } else {
            let (mantissa, exponent) = DecimalDigits.scientific(number, places: 6)
            let digits = String(abs(exponent))
            let raised = ["⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"]
            text = (number < 0 ? "-" : "") + mantissa + "×10" + (exponent < 0 ? "⁻" : "")
            for digit in (digits.utf8.count < 2 ? "0" : "") + digits { text += raised[digit.wholeNumberValue ?? 0] }
        }
        append(String(repeating: " ", count: max(0, precision - text.unicodeScalars.count)) + text)
    }

    // MARK: %s

    /// A value by itself: texts without quotes, numbers in short.
    private mutating func writeText(_ value: Value) throws(EvaluationError) {
        switch value {
        case .null: append("null")
        case .list, .map: try writeNested(value)
        case .optional, .opaque:
            throw EvaluationError(
                .invalidArgument,
                "error during formatting: string clause can only be used on strings, bools, bytes, ints, doubles, maps, lists, types, durations, and timestamps, was given \(value.type.runtimeName)")
        case .bytes(let bytes):
            guard String(validating: bytes, as: UTF8.self) != nil else {
                throw EvaluationError(
                    .invalidArgument, "error during formatting: could not convert argument \"invalid UTF-8 in bytes, cannot convert to string\" to string")
            }
            out += bytes
        default: append(try value.convertedToText())
        }
    }

    /// A value within a list or map: texts in quotes, calendar values as calls.
    private mutating func writeNested(_ value: Value) throws(EvaluationError) {
        if out.count > Self.longest { throw .workLimit }
        try work.add(2 * WorkCounter.element)
        switch value {
        case .list(let list):
            append("[")
            var isFirst = true
            var formatter = self
            defer { self = formatter }
            try list.forEach { element throws(EvaluationError) in
                if !isFirst { formatter.append(", ") }
                isFirst = false
                try formatter.writeNested(element)
                return true
            }
            formatter.append("]")
        case .map(let map): try writeMap(map)
        case .string(let text):
            try work.addMade(bytes: text.utf8.count)
            append(GoQuote.quote(text))
        case .bytes:
            var inner = StringFormatter(format: [], arguments: arguments, work)
            defer { work = inner.work }
            try inner.writeText(value)
            try inner.work.addMade(bytes: inner.out.count)
            append("b" + GoQuote.quote(String(decoding: inner.out, as: UTF8.self)))
        case .double(let number):
            if number.isFinite {
                append((number.sign == .minus ? "-" : "") + DecimalDigits.fixed(number, places: 6, grouped: false))
            } else {
                append(number.isNaN ? "\"NaN\"" : number < 0 ? "\"-Inf\"" : "\"+Inf\"")
            }
        case .timestamp: append("timestamp(" + GoQuote.quote(try value.convertedToText()) + ")")
        case .duration: append("duration(" + GoQuote.quote(try value.convertedToText()) + ")")
        case .optional, .opaque:
            throw EvaluationError(.invalidArgument, "error during formatting: no formatting function for \(value.type.runtimeName)")
        case .null, .bool, .int, .uint, .type: try writeText(value)
        }
    }

    /// In the order of the keys as they are written.
    private mutating func writeMap(_ map: ValueMap) throws(EvaluationError) {
        var entries: [(key: String, value: String)] = []
        for key in map.keys {
            var inner = StringFormatter(format: [], arguments: arguments, work)
            defer { work = inner.work }
            try inner.writeNested(key)
            let name = String(decoding: inner.out, as: UTF8.self)
            inner.out = []
            try inner.writeNested(map[key] ?? .null)
            try inner.work.addMade(bytes: inner.out.count + name.utf8.count)
            entries.append((name, String(decoding: inner.out, as: UTF8.self)))
        }
        entries.sort { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
        append("{" + entries.map { "\($0.key):\($0.value)" }.joined(separator: ", ") + "}")
    }
}
