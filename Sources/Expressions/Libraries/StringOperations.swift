import Kernel

/// What the functions on strings do. Positions count code points, work is on the bytes.
enum StringOperations {
    private static func outOfRange(_ index: Int64) -> EvaluationError { EvaluationError(.indexOutOfBounds, "index out of range: \(index)") }
    private static func isStart(_ byte: UInt8) -> Bool { byte & 0xC0 != 0x80 }

    /// Where the code point with that number begins; the end for the number after the last; nil beyond.
    private static func offset(of index: Int64, in bytes: [UInt8]) -> Int? {
        guard index >= 0 else { return nil }
        var count: Int64 = 0
        for at in bytes.indices where isStart(bytes[at]) {
            if count == index { return at }
            count += 1
        }
        return count == index ? bytes.count : nil
    }

    private static func number(at offset: Int, in bytes: [UInt8]) -> Int64 { Int64(bytes[..<offset].count { isStart($0) }) }

    static func character(_ text: String, _ index: Int64) throws(EvaluationError) -> String {
        let bytes = Array(text.utf8)
        guard let start = offset(of: index, in: bytes) else { throw outOfRange(index) }
        guard start < bytes.count else { return "" }
        let end = bytes[(start + 1)...].firstIndex(where: isStart) ?? bytes.count
        return String(decoding: bytes[start..<end], as: UTF8.self)
    }

    static func substring(_ text: String, _ start: Int64, _ end: Int64?) throws(EvaluationError) -> String {
        let bytes = Array(text.utf8)
        if let end, start > end { throw EvaluationError(.range, "invalid substring range. start: \(start), end: \(end)") }
        guard let from = offset(of: start, in: bytes) else { throw outOfRange(start) }
        guard let end else { return String(decoding: bytes[from...], as: UTF8.self) }
        guard let to = offset(of: end, in: bytes) else { throw outOfRange(end) }
        return String(decoding: bytes[from..<to], as: UTF8.self)
    }

    static func index(of wanted: String, in text: String, from start: Int64) throws(EvaluationError) -> Int64 {
        if wanted.isEmpty { return start }
        if start < 0 { throw outOfRange(start) }
        let bytes = Array(text.utf8)
        guard let from = offset(of: start, in: bytes), let found = TextSearch(Array(wanted.utf8)).first(in: bytes, from: from) else { return -1 }
        return number(at: found, in: bytes)
    }

    /// - Parameter end: the last place where it may begin; nil: anywhere.
    static func lastIndex(of wanted: String, in text: String, upTo end: Int64?) throws(EvaluationError) -> Int64 {
        let bytes = Array(text.utf8)
        if wanted.isEmpty { return end ?? number(at: bytes.count, in: bytes) }
        var last = bytes.count
        if let end {
            if end < 0 { throw outOfRange(end) }
            guard let offset = offset(of: end, in: bytes), offset < bytes.count else { return -1 }
            last = offset
        }
        guard let found = TextSearch(Array(wanted.utf8)).last(in: bytes, upTo: last) else { return -1 }
        return number(at: found, in: bytes)
    }

    static func mapped(_ text: String, _ change: (UInt8) -> UInt8) -> String { String(decoding: text.utf8.map(change), as: UTF8.self) }

    /// What Unicode calls white space goes at both ends.
    static func trimmed(_ text: String) -> String {
        let scalars = text.unicodeScalars
        guard let first = scalars.firstIndex(where: { !$0.properties.isWhitespace }), let last = scalars.lastIndex(where: { !$0.properties.isWhitespace }) else {
            return ""
        }
        return String(scalars[first...last])
    }

    /// - Parameter limit: how many places at most; all when negative.
    static func replace(_ text: String, _ old: String, _ new: String, limit: Int64, _ work: inout WorkCounter) throws(EvaluationError) -> String {
        let bytes = Array(text.utf8)
        let (old, new) = (Array(old.utf8), Array(new.utf8))
        var left = limit < 0 ? Int64.max : limit
        var out: [UInt8] = []
        if old.isEmpty {
            // Before each character, and at the end.
            for byte in bytes {
                if isStart(byte), left > 0 {
                    try work.addMade(bytes: new.count)
                    out += new
                    left -= 1
                    if out.count > StringFormatter.longest { throw .workLimit }
                }
                out.append(byte)
            }
            if left > 0 { out += new }
            return String(decoding: out, as: UTF8.self)
        }
        let search = TextSearch(old)
        var at = 0
        while left > 0, let found = search.first(in: bytes, from: at) {
            try work.addMade(bytes: new.count)
            out += bytes[at..<found]
            out += new
            if out.count > StringFormatter.longest { throw .workLimit }
            at = found + old.count
            left -= 1
        }
        out += bytes[at...]
        return String(decoding: out, as: UTF8.self)
    }

    /// - Parameter limit: how many parts at most, the last with what remains; as many as there are when negative.
    static func split(_ text: String, _ separator: String, limit: Int64) -> [String] {
        if limit == 0 { return [] }
        let bytes = Array(text.utf8)
        let separator = Array(separator.utf8)
        let most = limit < 0 ? Int.max : Int(clamping: limit)
        var parts: [String] = []
        var at = 0
        if separator.isEmpty {
            while at < bytes.count, parts.count < most - 1 {
                let end = bytes[(at + 1)...].firstIndex(where: isStart) ?? bytes.count
                parts.append(String(decoding: bytes[at..<end], as: UTF8.self))
                at = end
            }
            if at < bytes.count { parts.append(String(decoding: bytes[at...], as: UTF8.self)) }
            return parts
        }
        let search = TextSearch(separator)
        while parts.count < most - 1, let found = search.first(in: bytes, from: at) {
            parts.append(String(decoding: bytes[at..<found], as: UTF8.self))
            at = found + separator.count
        }
        parts.append(String(decoding: bytes[at...], as: UTF8.self))
        return parts
    }

    static func join(_ list: ValueList, _ separator: String, _ work: inout WorkCounter) throws(EvaluationError) -> String {
        var out: [UInt8] = []
        var isFirst = true
        try list.forEach { element throws(EvaluationError) in
            guard case .string(let text) = element else {
                throw EvaluationError(.invalidArgument, "join: invalid input: \(element.shortText)")
            }
            if !isFirst { out += separator.utf8 }
            isFirst = false
            out += text.utf8
            try work.add(UInt64(separator.utf8.count + text.utf8.count))
            if out.count > StringFormatter.longest { throw .workLimit }
            return true
        }
        return String(decoding: out, as: UTF8.self)
    }

    /// As a literal of the language.
    static func quoted(_ text: String) -> String {
        var out = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\u{07}": out += "\\a"
            case "\u{08}": out += "\\b"
            case "\u{0C}": out += "\\f"
            case "\n": out += "\\n"
            case "\r": out += "\\r"
            case "\t": out += "\\t"
            case "\u{0B}": out += "\\v"
            case "\\": out += "\\\\"
            case "\"": out += "\\\""
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out + "\""
    }
}

extension Value {
    /// For messages about an element that has no place in a text.
    var shortText: String {
        switch self {
        case .null: "null"
        case .bool(let flag): String(flag)
        case .int(let number): String(number)
        case .uint(let number): String(number)
        case .double(let number): String(number)
        default: type.runtimeName
        }
    }
}
