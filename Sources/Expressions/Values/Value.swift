import Kernel

/// A value of the expression language.
///
/// Equality is the language's own (`equals`), not Swift's: numbers compare across their kinds, texts by bytes.
public enum Value: Sendable {
    case null
    case bool(Bool)
    case int(Int64)
    case uint(UInt64)
    case double(Double)
    case string(String)
    case bytes([UInt8])
    case list(ValueList)
    case map(ValueMap)
    /// From year 1 to 9999, but for what a message makes in Kubernetes' rules, with how many minutes the clock it was written by is ahead of UTC: that is only how it reads as a text, no part
    /// of what it is worth.
    case timestamp(Timestamp, offset: Int16 = 0)
    /// In nanoseconds.
    case duration(Int64)
    case type(ValueType)
    indirect case optional(Value?)
    /// A value of a type that a library brings.
    case opaque(any OpaqueValue)
}

/// A value of a type that a library brings: an address, a quantity, a version.
public protocol OpaqueValue: AnyObject, Sendable {
    var type: ValueType { get }
    /// The language's `==`; `other` may be of another type.
    func equals(_ other: any OpaqueValue) -> Bool
    /// What the cost of calls counts it as; 1 unless said otherwise.
    var size: UInt64 { get }
    /// How many bytes of text it consists of, about, where they can be many: what looking at it takes.
    var textBytes: UInt64 { get }
    /// For people.
    var description: String { get }
}

extension OpaqueValue {
    public var size: UInt64 { 1 }
    public var textBytes: UInt64 { 0 }
}

extension Value {
    /// The type as far as the value alone tells: the elements of containers are `dyn`.
    public var type: ValueType {
        switch self {
        case .null: .null
        case .bool: .bool
        case .int: .int
        case .uint: .uint
        case .double: .double
        case .string: .string
        case .bytes: .bytes
        case .list: .list(.dyn)
        // Also an object: that a schema describes it is nothing that it shows.
        case .map: .map(.dyn, .dyn)
        case .timestamp: .timestamp
        case .duration: .duration
        case .type: .type(.dyn)
        case .optional: .optional(.dyn)
        case .opaque(let value): value.type
        }
    }

    /// The language's `size`, 1 for what has none: what the cost of calls counts.
    public var costSize: UInt64 {
        switch self {
        case .string(let text): UInt64(text.codePointCount)
        case .bytes(let bytes): UInt64(bytes.count)
        case .list(let list): UInt64(list.count)
        case .map(let map): UInt64(map.storedCount)
        case .optional(let wrapped?): wrapped.costSize
        case .opaque(let value): value.size
        default: 1
        }
    }
}

extension Value {
    /// As Kubernetes sees what is in an optional once it takes it out: without its schema, a day is a text and a set a list.
    var withoutSchema: Value {
        switch self {
        case .map(let map) where map.kind != .entries: .map(ValueMap(json: map.json))
        case .list(let list) where list.kind == .json: .list(ValueList(json: list.json))
        default: self
        }
    }

    /// What reading a variable gives: in Kubernetes the content of an optional loses its schema there.
    @inline(__always)
    var asVariable: Value {
        if case .optional(let content?) = self { return .optional(content.withoutSchema) }
        return self
    }
}

extension String {
    /// What `size()` of a text is.
    public var codePointCount: Int {
        var text = self
        return text.withUTF8 { bytes in
            var count = 0
            // Every byte but a continuation begins a code point.
            for byte in bytes where byte & 0xC0 != 0x80 { count += 1 }
            return count
        }
    }
}
