/// A JSON value: what every document, patch and reply is made of inside Millwright.
///
/// Integers that fit `Int64` stay integers, as in Kubernetes' unstructured objects; every other number is a finite `Double`.
/// Equality is by bytes (Swift's own `String` equality calls canonically equivalent texts equal, which would lose an update),
/// objects compare without regard to key order, and `1` equals `1.0` as JSON says.
public enum JSON: Sendable {
    case null
    case bool(Bool)
    case int(Int64)
    case double(Double)
    case string(String)
    case array([JSON])
    case object(JSONObject)
}

extension JSON: Hashable {
    public static func == (left: JSON, right: JSON) -> Bool {
        switch (left, right) {
        case (.null, .null): true
        case (.bool(let a), .bool(let b)): a == b
        case (.int(let a), .int(let b)): a == b
        case (.double(let a), .double(let b)): a == b
        case (.int(let a), .double(let b)), (.double(let b), .int(let a)): Self.whole(b) == a
        case (.string(let a), .string(let b)): sameBytes(a, b)
        case (.array(let a), .array(let b)): a == b
        case (.object(let a), .object(let b)): a == b
        default: false
        }
    }

    public func hash(into hasher: inout Hasher) {
        switch self {
        case .null: hasher.combine(0)
        case .bool(let value): hasher.combine(value)
        case .int(let value): hasher.combine(value)
        case .double(let value):
            if let whole = Self.whole(value) { hasher.combine(whole) } else { hasher.combine(value) }
        case .string(let value): value.utf8.withContiguousStorageIfAvailable { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
        case .array(let value): hasher.combine(value)
        case .object(let value):
            // Without regard to order, as equality; by content, so that a set of objects from outside can't be made to collide.
            var sum = 0
            for position in value.keys.indices {
                var member = Hasher()
                var key = value.keys[position]
                key.withUTF8 { member.combine(bytes: UnsafeRawBufferPointer($0)) }
                member.combine(value.values[position])
                sum &+= member.finalize()
            }
            hasher.combine(value.count)
            hasher.combine(sum)
        }
    }
}

extension JSON {
    /// The integer that a number with a fraction or exponent is written as and read back as; nil when it is written as no integer.
    ///
    /// From 2^53 on that isn't the number's exact value: `3e17 + 16` stands for the shortest digits that mean the same double.
    private static func whole(_ value: Double) -> Int64? {
        if abs(value) < 9_007_199_254_740_992 { return Int64(exactly: value) }
        return abs(value) < 1e19 ? Int64(JSONWriter.text(of: value)) : nil
    }
}

/// Whether two strings are the same bytes; canonically equivalent but different texts are not.
@inline(__always)
public func sameBytes(_ a: String, _ b: String) -> Bool {
    // The same two words are the same text: short texts live in them whole, long ones share their storage.
    let (x, y) = (unsafeBitCast(a, to: StringWords.self), unsafeBitCast(b, to: StringWords.self))
    if x.first == y.first, x.second == y.second { return true }
    return a.utf8.count == b.utf8.count && haveSameBytes(a, b)
}

/// What a String is made of on 64-bit platforms; only compared, never interpreted.
private struct StringWords {
    let first: UInt64
    let second: UInt64
}

/// For texts of the same length.
@inline(never)
private func haveSameBytes(_ a: String, _ b: String) -> Bool {
    let answer = a.utf8.withContiguousStorageIfAvailable { x in
        b.utf8.withContiguousStorageIfAvailable { y in
            for at in x.indices where x[at] != y[at] { return false }
            return true
        }
    }
    return (answer ?? nil) ?? a.utf8.elementsEqual(b.utf8)
}

extension JSON {
    public var isNull: Bool { if case .null = self { true } else { false } }
    public var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
    public var string: String? { if case .string(let value) = self { value } else { nil } }
    public var array: [JSON]? { if case .array(let value) = self { value } else { nil } }
    public var object: JSONObject? { if case .object(let value) = self { value } else { nil } }

    /// The integer, also when it was written as `3.0`.
    public var int: Int64? {
        switch self {
        case .int(let value): value
        case .double(let value): Self.whole(value)
        default: nil
        }
    }

    public var double: Double? {
        switch self {
        case .int(let value): Double(value)
        case .double(let value): value
        default: nil
        }
    }

    /// JSON's own word for the type, for messages: "string", "integer", "number", …
    public var typeName: String {
        switch self {
        case .null: "null"
        case .bool: "boolean"
        case .int: "integer"
        case .double: "number"
        case .string: "string"
        case .array: "array"
        case .object: "object"
        }
    }

    /// A member of an object. Reading one that is absent, or of something that is no object, gives nil; assigning nil removes it,
    /// and assigning into something that is no object makes it one.
    public subscript(key: String) -> JSON? {
        get { if case .object(let object) = self { object[key] } else { nil } }
        set {
            var object: JSONObject
            if case .object(let existing) = self { object = existing } else { object = JSONObject() }
            self = .null  // gives up this copy, so that the change below happens in place
            object[key] = newValue
            self = .object(object)
        }
    }

    /// An element of an array, or nil where there is none.
    public subscript(index: Int) -> JSON? {
        if case .array(let array) = self, array.indices.contains(index) { array[index] } else { nil }
    }

    /// The value at a path of member names, or nil.
    public subscript(path path: [String]) -> JSON? {
        get {
            var current = self
            for key in path {
                guard let next = current[key] else { return nil }
                current = next
            }
            return current
        }
        set {
            guard let first = path.first else {
                self = newValue ?? .null
                return
            }
            if path.count == 1 {
                self[first] = newValue
                return
            }
            var child = self[first] ?? .object(JSONObject())
            child[path: Array(path.dropFirst())] = newValue
            self[first] = child
        }
    }
}

// Not by nil: in `object[key] = done ? nil : value` it would be read as JSON null, and the member stays where it was meant to go.
extension JSON: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByFloatLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral,
    ExpressibleByStringInterpolation
{
    public init(stringLiteral value: String) { self = .string(value) }
    public init(integerLiteral value: Int64) { self = .int(value) }
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    public init(floatLiteral value: Double) { self = .double(value) }
    public init(arrayLiteral elements: JSON...) { self = .array(elements) }
    public init(dictionaryLiteral elements: (String, JSON)...) { self = .object(JSONObject(elements)) }

    public init(_ value: some BinaryInteger) { self = .int(Int64(clamping: value)) }
    public init(_ value: some Sequence<String>) { self = .array(value.map { .string($0) }) }
}
