/// What is written out: numbers, texts, bytes.
extension Parser {
    @inline(never)
    mutating func literal() throws(SyntaxFailure) -> Int {
        let start = token
        switch start.kind {
        case .integer, .double:
            advance()
            return try number(start, sign: nil)
        case .unsigned:
            advance()
            guard let value = Self.unsigned(text(start)) else { return try tooLarge(.unsigned, start.start) }
            return try add(.literal(.uint(value)), start.start)
        case .string, .bytes:
            advance()
            let bytes: [UInt8]
            do throws(QuotedText.Wrong) {
                bytes = try QuotedText.bytes(of: lexer.text[start.start..<start.end], isBytes: start.kind == .bytes)
            } catch {
                return try noted(SyntaxFailure(error.message, offset: start.start))
            }
            return try add(.literal(start.kind == .bytes ? .bytes(bytes) : .string(String(decoding: bytes, as: UTF8.self))), start.start)
        case .true, .false:
            advance()
            return try add(.literal(.bool(start.kind == .true)), start.start)
        case .null:
            advance()
            return try add(.literal(.null), start.start)
        default: throw misplaced()
        }
    }

    @inline(never)
    mutating func number(_ digits: Token, sign: Token?) throws(SyntaxFailure) -> Int {
        let offset = sign?.start ?? digits.start
        if digits.kind == .double {
            guard let value = Self.double(sign == nil ? "" : "-", text(digits)) else { return try tooLarge(.double, offset) }
            return try add(.literal(.double(value)), offset)
        }
        guard let value = Self.integer(sign == nil ? "" : "-", text(digits)) else { return try tooLarge(.integer, offset) }
        return try add(.literal(.int(value)), offset)
    }

    static func integer(_ sign: String, _ digits: String) -> Int64? {
        digits.hasPrefix("0x") ? Int64(sign + digits.dropFirst(2), radix: 16) : Int64(sign + digits)
    }

    /// - Parameter digits: with the letter at their end.
    static func unsigned(_ digits: String) -> UInt64? {
        let digits = digits.dropLast()
        return digits.hasPrefix("0x") ? UInt64(digits.dropFirst(2), radix: 16) : UInt64(digits)
    }

    /// A number beyond the largest double is one that can't be written, not infinity.
    static func double(_ sign: String, _ digits: String) -> Double? { Double(sign + digits).flatMap { $0.isFinite ? $0 : nil } }

    static func numberTooLarge(_ kind: Token.Kind) -> (message: String, plain: String) {
        let type = kind == .double ? "double" : kind == .unsigned ? "uint" : "int"
        return ("invalid \(type) literal", "this number is beyond what \(type) holds")
    }

    private mutating func tooLarge(_ kind: Token.Kind, _ offset: Int) throws(SyntaxFailure) -> Int {
        let (message, plain) = Self.numberTooLarge(kind)
        return try noted(SyntaxFailure(message, plain: plain, offset: offset))
    }
}
