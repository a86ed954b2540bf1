/// One clause of a format, `%.2f`.
struct FormatClause {
    enum Kind {
        case string, decimal, fixed, scientific, binary, octal
        case hexadecimal(upper: Bool)
    }
    let kind: Kind
    /// Digits after the point, where that is said.
    let precision: Int?

    struct Failure: Error {
        let message: String
    }

    /// Reads the clause whose percent sign stands at `position`, and goes behind it.
    static func read(_ format: [UInt8], from position: inout Int) throws(Failure) -> FormatClause {
        var at = position + 1
        guard at < format.count else { throw Failure(message: "unexpected end of string") }
        var precision: Int?
        if format[at] == UInt8(ascii: ".") {
            let digits = format[(at + 1)...].prefix { (0x30...0x39).contains($0) }
            at = digits.endIndex
            let problem = "could not parse formatting clause: error while parsing precision: "
            guard at < format.count else { throw Failure(message: problem + "could not find end of precision specifier") }
            let text = String(decoding: digits, as: UTF8.self)
            guard let number = Int(text) else {
                let reason = text.isEmpty ? "invalid syntax" : "value out of range"
                throw Failure(message: problem + "error while converting precision to integer: strconv.Atoi: parsing \"\(text)\": \(reason)")
            }
            // More than a million digits are taken for none asked for, and written with 65.
            precision = number > 1_000_000 ? 65 : number
        }
        let kind: Kind
        switch format[at] {
        case UInt8(ascii: "s"): kind = .string
        case UInt8(ascii: "d"): kind = .decimal
        case UInt8(ascii: "f"): kind = .fixed
        case UInt8(ascii: "e"): kind = .scientific
        case UInt8(ascii: "b"): kind = .binary
        case UInt8(ascii: "x"): kind = .hexadecimal(upper: false)
        case UInt8(ascii: "X"): kind = .hexadecimal(upper: true)
        case UInt8(ascii: "o"): kind = .octal
        default:
            let sign = String(Unicode.Scalar(format[at]))
            throw Failure(message: "could not parse formatting clause: unrecognized formatting clause \"\(sign)\"")
        }
        position = at + 1
        return FormatClause(kind: kind, precision: precision)
    }
}
