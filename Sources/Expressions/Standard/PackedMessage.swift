import Kernel

/// What `google.protobuf.Any` holds, a message in its binary form, where it is one of those that the language knows by itself.
enum PackedMessage {
    /// Messages within messages; no expression goes near it, and each takes room on the stack.
    private static let deepest = 100

    /// A field takes two bytes at least and has a place in a list.
    private static let perByte: UInt64 = 32

    /// - Parameter url: the name of the message's type stands behind its last slash.
    /// - Returns: nil where the type isn't known or the bytes are no such message.
    static func value(_ url: String, _ bytes: [UInt8], _ work: inout WorkCounter) throws(EvaluationError) -> Value? {
        try work.add(UInt64(clamping: bytes.count).saturatingProduct(Self.perByte))
        return try value(url, bytes[...], 0, &work)
    }

    private static func value(_ url: String, _ bytes: ArraySlice<UInt8>, _ depth: Int, _ work: inout WorkCounter) throws(EvaluationError) -> Value? {
        let prefix = "google.protobuf."
        let name = url.utf8.lastIndex(of: UInt8(ascii: "/")).map { url[url.index(after: $0)...] } ?? url[...]
        guard depth < deepest, name.hasPrefix(prefix) else { return nil }
        switch name.dropFirst(prefix.count) {
        case "BoolValue": return only(bytes, .bool(false)) { if case .number(let bits) = $0 { .bool(bits != 0) } else { nil } }
        case "Int32Value": return only(bytes, .int(0)) { if case .number(let bits) = $0 { .int(Int64(Int32(truncatingIfNeeded: bits))) } else { nil } }
        case "Int64Value": return only(bytes, .int(0)) { if case .number(let bits) = $0 { .int(Int64(bitPattern: bits)) } else { nil } }
        case "UInt32Value": return only(bytes, .uint(0)) { if case .number(let bits) = $0 { .uint(UInt64(UInt32(truncatingIfNeeded: bits))) } else { nil } }
        case "UInt64Value": return only(bytes, .uint(0)) { if case .number(let bits) = $0 { .uint(bits) } else { nil } }
        case "FloatValue": return only(bytes, .double(0)) { if case .fixed32(let bits) = $0 { .double(Double(Float(bitPattern: bits))) } else { nil } }
        case "DoubleValue": return only(bytes, .double(0)) { if case .fixed64(let bits) = $0 { .double(Double(bitPattern: bits)) } else { nil } }
        case "BytesValue": return only(bytes, .bytes([])) { if case .bytes(let bytes) = $0 { .bytes(Array(bytes)) } else { nil } }
        case "StringValue":
            guard let fields = fields(bytes), let text = text(1, fields) else { return nil }
            return .string(text)
        case "Timestamp", "Duration":
            guard let fields = fields(bytes) else { return nil }
            let given = [(field: 0, value: Value.int(number(1, fields))), (field: 1, value: Value.int(Int64(Int32(truncatingIfNeeded: number(2, fields)))))]
            return try WellKnownMessage.all[String(name)]?.make(given, &work)
        case "Struct": return try structure(bytes, depth, &work)
        case "ListValue": return try list(bytes, depth, &work)
        case "Value": return try any(bytes, depth, &work)
        case "Empty": return fields(bytes).map { _ in EmptyMessage.value }
        case "Any":
            guard let fields = fields(bytes), let url = text(1, fields) else { return nil }
            return try value(url, slice(2, fields), depth + 1, &work)
        default: return nil
        }
    }

    // MARK: Fields

    private typealias Field = (number: UInt64, content: WireReader.Content)

    private static func fields(_ bytes: ArraySlice<UInt8>) -> [Field]? {
        var reader = WireReader(bytes)
        var fields: [Field] = []
        while true {
            switch reader.next() {
            case .field(let number, let content): fields.append((number, content))
            case .end: return fields
            case .malformed: return nil
            }
        }
    }

    /// Of a message with one field: the last that is of its kind, others are passed over.
    private static func only(_ bytes: ArraySlice<UInt8>, _ unset: Value, _ read: (WireReader.Content) -> Value?) -> Value? {
        guard let fields = fields(bytes) else { return nil }
        return fields.last { $0.number == 1 && read($0.content) != nil }.flatMap { read($0.content) } ?? unset
    }

    private static func number(_ number: UInt64, _ fields: [Field]) -> Int64 {
        for field in fields.reversed() where field.number == number {
            if case .number(let bits) = field.content { return Int64(bitPattern: bits) }
        }
        return 0
    }

    private static func slice(_ number: UInt64, _ fields: [Field]) -> ArraySlice<UInt8> {
        for field in fields.reversed() where field.number == number {
            if case .bytes(let bytes) = field.content { return bytes }
        }
        return []
    }

    /// nil where one of that number is no text, also one that another replaces.
    private static func text(_ number: UInt64, _ fields: [Field]) -> String? {
        var text = ""
        for field in fields where field.number == number {
            guard case .bytes(let bytes) = field.content else { continue }
            guard let read = String(validating: bytes, as: UTF8.self) else { return nil }
            text = read
        }
        return text
    }

    // MARK: Structures

    private static func structure(_ bytes: ArraySlice<UInt8>, _ depth: Int, _ work: inout WorkCounter) throws(EvaluationError) -> Value? {
        guard let fields = fields(bytes) else { return nil }
        var entries: [(key: Value, value: Value)] = []
        for case (1, .bytes(let entry)) in fields {
            try work.add(2 * WorkCounter.hashing)
            guard let parts = Self.fields(entry), let key = text(1, parts) else { return nil }
            // What stands twice is one message, and so are its bytes one after the other.
            let values = parts.compactMap { part in if part.number == 2, case .bytes(let bytes) = part.content { bytes } else { nil } }
            guard let value = try any(try joined(values, &work), depth + 1, &work) else { return nil }
            entries.append((.string(key), value))
        }
        return .map(try ValueMap(entries))
    }

    private static func list(_ bytes: ArraySlice<UInt8>, _ depth: Int, _ work: inout WorkCounter) throws(EvaluationError) -> Value? {
        guard let fields = fields(bytes) else { return nil }
        var elements: [Value] = []
        for case (1, .bytes(let element)) in fields {
            try work.add(2 * WorkCounter.element)
            guard let value = try any(element, depth + 1, &work) else { return nil }
            elements.append(value)
        }
        return .list(ValueList(elements))
    }

    /// Of several kinds of values the last counts; lists and maps right after each other are one.
    private static func any(_ bytes: ArraySlice<UInt8>, _ depth: Int, _ work: inout WorkCounter) throws(EvaluationError) -> Value? {
        guard depth < deepest, let fields = fields(bytes) else { return nil }
        var value = Value.null
        var (container, parts): (UInt64, [ArraySlice<UInt8>]) = (0, [])
        for field in fields {
            let (next, kind): (Value, UInt64)
            switch (field.number, field.content) {
            case (1, .number): (next, kind) = (.null, 0)
            case (2, .fixed64(let bits)): (next, kind) = (.double(Double(bitPattern: bits)), 0)
            case (3, .bytes(let bytes)):
                guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
                (next, kind) = (.string(text), 0)
            case (4, .number(let bits)): (next, kind) = (.bool(bits != 0), 0)
            case (5, .bytes), (6, .bytes): (next, kind) = (.null, field.number)
            default: continue
            }
            if container != 0, container != kind {
                // What is replaced must be a message all the same.
                if try content(container, parts, depth, &work) == nil { return nil }
                parts = []
            }
            (value, container) = (next, kind)
            if kind != 0, case .bytes(let bytes) = field.content { parts.append(bytes) }
        }
        return container == 0 ? value : try content(container, parts, depth, &work)
    }

    private static func content(
        _ container: UInt64, _ parts: [ArraySlice<UInt8>], _ depth: Int, _ work: inout WorkCounter
    ) throws(EvaluationError) -> Value? {
        let content = try joined(parts, &work)
        return container == 5 ? try structure(content, depth + 1, &work) : try list(content, depth + 1, &work)
    }

    private static func joined(_ parts: [ArraySlice<UInt8>], _ work: inout WorkCounter) throws(EvaluationError) -> ArraySlice<UInt8> {
        if parts.count == 1 { return parts[0] }
        for part in parts { try work.addMade(bytes: part.count) }
        return ArraySlice(parts.joined())
    }
}
