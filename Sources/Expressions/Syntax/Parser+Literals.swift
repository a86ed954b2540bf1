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
            let digits = text(start).dropLast()
            let value = digits.hasPrefix("0x") ? UInt64(digits.dropFirst(2), radix: 16) : UInt64(digits)
            guard let value else {
                return try noted(SyntaxFailure("invalid uint literal", plain: "this number is beyond what uint holds", offset: start.start))
            }
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
        default: throw missing()
        }
    }

    @inline(never)
    mutating func number(_ digits: Token, sign: Token?) throws(SyntaxFailure) -> Int {
        let text = (sign == nil ? "" : "-") + text(digits)
        let offset = sign?.start ?? digits.start
        if digits.kind == .double {
            // A number beyond the largest double is one that can't be written, not infinity.
            guard let value = Double(text), value.isFinite else {
                return try noted(SyntaxFailure("invalid double literal", plain: "this number is beyond what double holds", offset: offset))
            }
            return try add(.literal(.double(value)), offset)
        }
        let isHexadecimal = text.hasPrefix("0x") || text.hasPrefix("-0x")
        let value = isHexadecimal ? Int64((sign == nil ? "" : "-") + text.dropFirst(sign == nil ? 2 : 3), radix: 16) : Int64(text)
        guard let value else { return try noted(SyntaxFailure("invalid int literal", plain: "this number is beyond what int holds", offset: offset)) }
        return try add(.literal(.int(value)), offset)
    }
}
