/// Why a text is not JSON, and where.
public struct JSONError: Error, Sendable, Equatable, CustomStringConvertible {
    public let message: String
    /// Offset in bytes from the start of the text.
    public let offset: Int
    public var description: String { "\(message) at byte \(offset)" }
}

/// Parses JSON (RFC 8259) as Kubernetes does: invalid UTF-8 and lone surrogates become U+FFFD, integers stay integers.
///
/// Bounded: nesting deeper than `maximumDepth` and numbers that are not finite are errors. The text is read once, without copies
/// but of strings; a name that stands often is made once.
public struct JSONParser {
    /// Deep enough for every schema there is, and far from the end of a thread's stack.
    public static let maximumDepth = 512

    private var base: UnsafePointer<UInt8>
    private let count: Int
    private var at = 0
    private var depth = 0
    private var duplicates: [String] = []
    private var path: [String] = []
    private let trackDuplicates: Bool
    private var interned = [String?](repeating: nil, count: 128)

    /// - Throws: `JSONError`, also for an empty text and for bytes after the value.
    public static func parse(_ bytes: some Sequence<UInt8>) throws(JSONError) -> JSON {
        try run(bytes, trackDuplicates: false).value
    }

    public static func parse(_ text: String) throws(JSONError) -> JSON {
        try run(text.utf8, trackDuplicates: false).value
    }

    /// Also the paths of members that stand twice in an object (the last one counts), as `spec.replicas`.
    public static func parseReportingDuplicates(
        _ bytes: some Sequence<UInt8>
    ) throws(JSONError) -> (value: JSON, duplicates: [String]) {
        try run(bytes, trackDuplicates: true)
    }

    private static func run(
        _ bytes: some Sequence<UInt8>, trackDuplicates: Bool
    ) throws(JSONError) -> (value: JSON, duplicates: [String]) {
        let outcome = bytes.withContiguousStorageIfAvailable { parseBuffer($0, trackDuplicates) }
            ?? ContiguousArray(bytes).withUnsafeBufferPointer { parseBuffer($0, trackDuplicates) }
        return try outcome.get()
    }

    private static func parseBuffer(
        _ buffer: UnsafeBufferPointer<UInt8>, _ trackDuplicates: Bool
    ) -> Result<(value: JSON, duplicates: [String]), JSONError> {
        guard let base = buffer.baseAddress, !buffer.isEmpty else {
            return .failure(JSONError(message: "unexpected end of JSON input", offset: 0))
        }
        var parser = JSONParser(base: base, count: buffer.count, trackDuplicates: trackDuplicates)
        do throws(JSONError) {
            let value = try parser.document()
            return .success((value, parser.duplicates))
        } catch {
            return .failure(error)
        }
    }

    private init(base: UnsafePointer<UInt8>, count: Int, trackDuplicates: Bool) {
        self.base = base
        self.count = count
        self.trackDuplicates = trackDuplicates
    }

    private func fail(_ message: String) -> JSONError { JSONError(message: message, offset: at) }

    private func unexpected() -> JSONError {
        guard at < count else { return fail("unexpected end of JSON input") }
        let byte = base[at]
        return fail("invalid character \(byte >= 0x20 && byte < 0x7F ? "'\(Character(UnicodeScalar(byte)))'" : "0x" + String(byte, radix: 16))")
    }

    private mutating func document() throws(JSONError) -> JSON {
        skipSpace()
        let value = try value()
        skipSpace()
        guard at == count else { throw unexpected() }
        return value
    }

    @inline(__always)
    private mutating func skipSpace() {
        while at < count {
            switch base[at] {
            case 0x20, 0x0A, 0x0D, 0x09: at += 1
            default: return
            }
        }
    }

    private mutating func value() throws(JSONError) -> JSON {
        guard at < count else { throw unexpected() }
        switch base[at] {
        case UInt8(ascii: "{"): return try object()
        case UInt8(ascii: "["): return try array()
        case UInt8(ascii: "\""): return .string(try string(intern: false))
        case UInt8(ascii: "t"): try literal("true"); return .bool(true)
        case UInt8(ascii: "f"): try literal("false"); return .bool(false)
        case UInt8(ascii: "n"): try literal("null"); return .null
        case UInt8(ascii: "-"), 0x30...0x39: return try number()
        default: throw unexpected()
        }
    }

    private mutating func literal(_ text: StaticString) throws(JSONError) {
        for index in 0..<text.utf8CodeUnitCount {
            guard at < count, base[at] == text.utf8Start[index] else { throw unexpected() }
            at += 1
        }
    }

    private mutating func enter() throws(JSONError) {
        depth += 1
        guard depth <= Self.maximumDepth else { throw fail("nested deeper than \(Self.maximumDepth) levels") }
        at += 1
        skipSpace()
    }

    private mutating func object() throws(JSONError) -> JSON {
        try enter()
        defer { depth -= 1 }
        var keys: [String] = []
        var values: [JSON] = []
        var seen: Set<String>? = nil
        if at < count, base[at] == UInt8(ascii: "}") {
            at += 1
            return .object(JSONObject())
        }
        while true {
            guard at < count, base[at] == UInt8(ascii: "\"") else { throw unexpected() }
            let key = try string(intern: true)
            skipSpace()
            guard at < count, base[at] == UInt8(ascii: ":") else { throw unexpected() }
            at += 1
            skipSpace()
            if trackDuplicates { path.append(key) }
            let value = try value()
            // Canonically equivalent names count as one here only to look closer; `position` decides by bytes.
            let suspicious: Bool
            if keys.count < 16 {
                suspicious = keys.contains { sameBytes($0, key) }
            } else {
                if seen == nil { seen = Set(keys) }
                suspicious = seen?.insert(key).inserted == false
            }
            if suspicious, let existing = keys.firstIndex(where: { sameBytes($0, key) }) {
                values[existing] = value
                if trackDuplicates { duplicates.append(path.joined(separator: ".")) }
            } else {
                keys.append(key)
                values.append(value)
            }
            if trackDuplicates { path.removeLast() }
            skipSpace()
            guard at < count else { throw unexpected() }
            if base[at] == UInt8(ascii: ",") {
                at += 1
                skipSpace()
            } else if base[at] == UInt8(ascii: "}") {
                at += 1
                return .object(JSONObject(uniqueKeys: keys, values: values))
            } else {
                throw unexpected()
            }
        }
    }

    private mutating func array() throws(JSONError) -> JSON {
        try enter()
        defer { depth -= 1 }
        var elements: [JSON] = []
        if at < count, base[at] == UInt8(ascii: "]") {
            at += 1
            return .array(elements)
        }
        while true {
            if trackDuplicates { path.append("[\(elements.count)]") }
            elements.append(try value())
            if trackDuplicates { path.removeLast() }
            skipSpace()
            guard at < count else { throw unexpected() }
            if base[at] == UInt8(ascii: ",") {
                at += 1
                skipSpace()
            } else if base[at] == UInt8(ascii: "]") {
                at += 1
                return .array(elements)
            } else {
                throw unexpected()
            }
        }
    }

    private mutating func number() throws(JSONError) -> JSON {
        let start = at
        var isInteger = true
        if base[at] == UInt8(ascii: "-") { at += 1 }
        guard at < count, isDigit(base[at]) else { throw unexpected() }
        if base[at] == UInt8(ascii: "0") { at += 1 } else { skipDigits() }
        if at < count, base[at] == UInt8(ascii: ".") {
            isInteger = false
            at += 1
            guard at < count, isDigit(base[at]) else { throw unexpected() }
            skipDigits()
        }
        if at < count, base[at] | 0x20 == UInt8(ascii: "e") {
            isInteger = false
            at += 1
            if at < count, base[at] == UInt8(ascii: "+") || base[at] == UInt8(ascii: "-") { at += 1 }
            guard at < count, isDigit(base[at]) else { throw unexpected() }
            skipDigits()
        }
        if isInteger, let whole = integer(start) { return .int(whole) }
        let text = String(decoding: UnsafeBufferPointer(start: base + start, count: at - start), as: UTF8.self)
        guard let real = Double(text), real.isFinite else {
            throw JSONError(message: "number \(text.prefix(40)) is out of range", offset: start)
        }
        return .double(real)
    }

    @inline(__always) private func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }
    @inline(__always) private mutating func skipDigits() { while at < count, isDigit(base[at]) { at += 1 } }

    /// The digits from `start` to here as Int64, or nil when they don't fit.
    private func integer(_ start: Int) -> Int64? {
        let negative = base[start] == UInt8(ascii: "-")
        var value: Int64 = 0
        for index in (negative ? start + 1 : start)..<at {
            let (scaled, overflowed) = value.multipliedReportingOverflow(by: 10)
            let digit = Int64(base[index] - 0x30)
            let (next, overflowedToo) = negative ? scaled.subtractingReportingOverflow(digit) : scaled.addingReportingOverflow(digit)
            if overflowed || overflowedToo { return nil }
            value = next
        }
        return value
    }

    private mutating func string(intern: Bool) throws(JSONError) -> String {
        at += 1
        let start = at
        while at < count {
            let byte = base[at]
            if byte == UInt8(ascii: "\"") {
                let length = at - start
                at += 1
                return intern ? internedString(start, length) : text(start, length)
            }
            if byte == UInt8(ascii: "\\") { return try escapedString(start) }
            if byte < 0x20 { throw unexpected() }
            at += 1
        }
        throw unexpected()
    }

    @inline(__always)
    private func text(_ start: Int, _ length: Int) -> String {
        String(decoding: UnsafeBufferPointer(start: base + start, count: length), as: UTF8.self)
    }

    /// Names repeat: those too long to live inside a String's own 16 bytes are made once.
    private mutating func internedString(_ start: Int, _ length: Int) -> String {
        guard length > 15 else { return text(start, length) }
        var hash: UInt32 = 2_166_136_261
        for index in start..<(start + length) { hash = (hash ^ UInt32(base[index])) &* 16_777_619 }
        let slot = Int(hash % 128)
        let fresh = UnsafeBufferPointer(start: base + start, count: length)
        if let known = interned[slot], known.utf8.count == length, known.utf8.elementsEqual(fresh) { return known }
        let made = text(start, length)
        interned[slot] = made
        return made
    }

    /// The rest of a string that has escapes, from its first byte.
    private mutating func escapedString(_ start: Int) throws(JSONError) -> String {
        var bytes = [UInt8](UnsafeBufferPointer(start: base + start, count: at - start))
        while at < count {
            let byte = base[at]
            if byte == UInt8(ascii: "\"") {
                at += 1
                return String(decoding: bytes, as: UTF8.self)
            }
            if byte < 0x20 { throw unexpected() }
            at += 1
            guard byte == UInt8(ascii: "\\") else {
                bytes.append(byte)
                continue
            }
            guard at < count else { throw unexpected() }
            let escape = base[at]
            at += 1
            switch escape {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): bytes.append(escape)
            case UInt8(ascii: "b"): bytes.append(0x08)
            case UInt8(ascii: "f"): bytes.append(0x0C)
            case UInt8(ascii: "n"): bytes.append(0x0A)
            case UInt8(ascii: "r"): bytes.append(0x0D)
            case UInt8(ascii: "t"): bytes.append(0x09)
            case UInt8(ascii: "u"): bytes.append(contentsOf: String(Character(try unicodeEscape())).utf8)
            default:
                at -= 1
                throw unexpected()
            }
        }
        throw unexpected()
    }

    private mutating func unicodeEscape() throws(JSONError) -> UnicodeScalar {
        let replacement: UnicodeScalar = "\u{FFFD}"
        let unit = try hex4()
        guard (0xD800...0xDBFF).contains(unit) else { return UnicodeScalar(UInt32(unit)) ?? replacement }
        guard at + 1 < count, base[at] == UInt8(ascii: "\\"), base[at + 1] == UInt8(ascii: "u") else { return replacement }
        let mark = at
        at += 2
        let low = try hex4()
        guard (0xDC00...0xDFFF).contains(low) else {
            at = mark
            return replacement
        }
        return UnicodeScalar(0x10000 + (UInt32(unit) - 0xD800) << 10 + (UInt32(low) - 0xDC00)) ?? replacement
    }

    private mutating func hex4() throws(JSONError) -> UInt16 {
        var value: UInt16 = 0
        for _ in 0..<4 {
            guard at < count, let digit = hexDigit(base[at]) else { throw unexpected() }
            value = value << 4 | UInt16(digit)
            at += 1
        }
        return value
    }

    private func hexDigit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x37
        case 0x61...0x66: byte - 0x57
        default: nil
        }
    }
}
