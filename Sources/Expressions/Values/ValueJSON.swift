import Kernel

extension Value {
    /// A JSON value as a value of the language, without copying what is inside containers.
    ///
    /// - Parameter type: as the schema says: whole numbers become doubles where it says `double`, texts become timestamps, durations or
    ///   bytes. A text that can't be read so stays a text. `dyn` takes JSON as it is.
    public init(_ json: JSON, as type: ValueType = .dyn) {
        switch json {
        case .null: self = .null
        case .bool(let value): self = .bool(value)
        case .int(let value):
            switch type {
            case .double, .nullable(.double): self = .double(Double(value))
            case .uint, .nullable(.uint): self = UInt64(exactly: value).map { .uint($0) } ?? .int(value)
            default: self = .int(value)
            }
        case .double(let value):
            switch type {
            case .int, .nullable(.int): self = Int64(exactly: value).map { .int($0) } ?? .double(value)
            default: self = .double(value)
            }
        case .string(let text): self = Value.reading(text, as: type)
        case .array(let elements):
            if case .list(let element, let semantics) = type {
                self = .list(ValueList(json: elements, element: element, semantics: semantics))
            } else {
                self = .list(ValueList(json: elements))
            }
        case .object(let members):
            switch type {
            case .object(let object): self = .map(ValueMap(json: members, as: object))
            case .map(_, let value): self = .map(ValueMap(json: members, value: value))
            default: self = .map(ValueMap(json: members))
            }
        }
    }

    private static func reading(_ text: String, as type: ValueType) -> Value {
        switch type {
        case .timestamp, .nullable(.timestamp): moment(text)
        case .duration, .nullable(.duration): GoDuration.parse(text).map { .duration($0) } ?? .string(text)
        case .bytes, .nullable(.bytes): base64(text)
        default: .string(text)
        }
    }

    /// A time or a day. Kubernetes' schemas take small letters and any sign before the decimals, its rules don't.
    private static func moment(_ text: String) -> Value {
        if let read = GoTime.parse(text, needsOffset: false) { return .timestamp(read.moment, offset: read.offset) }
        if let day = Timestamp(rfc3339: text + "T00:00:00Z") { return .timestamp(day) }
        return .opaque(UnreadableText("Invalid date-time formatted string \(text): \(GoTime.problem(text))"))
    }

    /// Kubernetes' rules read base64 in its form for URLs alone, though its schemas take the other form.
    private static func base64(_ text: String) -> Value {
        if let at = text.utf8.firstIndex(where: { $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "/") }) {
            let offset = text.utf8.distance(from: text.utf8.startIndex, to: at)
            return .opaque(UnreadableText("Invalid byte formatted string \(text): illegal base64 data at input byte \(offset)"))
        }
        let plain = String(decoding: text.utf8.map { $0 == UInt8(ascii: "-") ? UInt8(ascii: "+") : $0 == UInt8(ascii: "_") ? UInt8(ascii: "/") : $0 }, as: UTF8.self)
        return Base64.decode(plain).map { .bytes($0) } ?? .string(text)
    }

    /// The value, if it could be read as its schema says.
    ///
    /// - Throws: what is wrong with the text.
    public func readable() throws(EvaluationError) -> Value {
        if case .opaque(let opaque) = self, let text = opaque as? UnreadableText { throw EvaluationError(.invalidArgument, text.description) }
        return self
    }

    /// The value as JSON, as CEL's conversion to JSON says: bytes in base64, timestamps and durations as texts.
    ///
    /// - Returns: nil for what JSON can't say: types, values of libraries, numbers that aren't finite.
    public var json: JSON? {
        switch self {
        case .null: return .null
        case .bool(let value): return .bool(value)
        case .int(let value): return .int(value)
        case .uint(let value): return Int64(exactly: value).map { .int($0) } ?? .double(Double(value))
        case .double(let value): return value.isFinite ? .double(value) : nil
        case .string(let value): return .string(value)
        case .bytes(let value): return .string(Base64.encode(value))
        case .timestamp(let value, let offset): return .string(value.canonicalText(offset: offset))
        case .duration(let value): return .string(GoDuration.seconds(value))
        case .optional(let value): return value.map { $0.json } ?? .null
        case .type, .opaque: return nil
        case .list(let list):
            if list.kind == .json, list.element == .dyn { return .array(list.json) }
            var elements: [JSON] = []
            for element in list.elements {
                guard let json = element.json else { return nil }
                elements.append(json)
            }
            return .array(elements)
        case .map(let map):
            if map.kind == .json, map.memberType == .dyn { return .object(map.json) }
            var members = JSONObject()
            for key in map.keys {
                guard let value = map[key]?.json else { return nil }
                members[key.keyText] = value
            }
            return .object(members)
        }
    }

    private var keyText: String {
        switch self {
        case .string(let text): text
        case .int(let value): String(value)
        case .uint(let value): String(value)
        case .bool(let value): value ? "true" : "false"
        default: ""
        }
    }
}
