import Kernel

/// One step of the path to a field, as `fieldsV1` names it.
enum PathElement: Sendable, Hashable {
    /// `f:name`: a member of an object.
    case field(String)
    /// `k:{"name":"a"}`: an element of a list map, by its keys as canonical JSON.
    case key(String)
    /// `v:"a"`: an element of a set, by its value as canonical JSON.
    case value(String)
    /// `i:0`: an element of a list by its place.
    case index(Int)

    /// From a member name of `fieldsV1`; nil for what is none.
    ///
    /// - Parameter isOurs: written by this server before, and so in its canonical form.
    init?(fieldsV1 name: String, isOurs: Bool) {
        let bytes = name.utf8
        guard bytes.count >= 2, bytes[bytes.index(after: bytes.startIndex)] == UInt8(ascii: ":") else { return nil }
        let rest = Substring(bytes.dropFirst(2))
        switch bytes.first {
        case UInt8(ascii: "f"): self = .field(String(rest))
        case UInt8(ascii: "k") where isOurs: self = .key(String(rest))
        case UInt8(ascii: "v") where isOurs: self = .value(String(rest))
        case UInt8(ascii: "k"):
            // Parsed and written anew, so that the same keys are always the same text.
            guard let keys = try? JSONParser.parse(String(rest)), case .object(let object) = keys else { return nil }
            self = .key(JSON.object(JSONObject(object.sorted.map { ($0.key, $0.value) })).text)
        case UInt8(ascii: "v"):
            guard let value = try? JSONParser.parse(String(rest)) else { return nil }
            self = .value(value.canonical.text)
        case UInt8(ascii: "i"):
            guard let index = Int(rest) else { return nil }
            self = .index(index)
        default: return nil
        }
    }

    var fieldsV1: String {
        switch self {
        case .field(let name): "f:" + name
        case .key(let keys): "k:" + keys
        case .value(let value): "v:" + value
        case .index(let index): "i:\(index)"
        }
    }

    /// As it stands in a path of a conflict: `.name`, `[name="a"]`, `[="a"]`, `[0]`.
    var pathText: String {
        switch self {
        case .field(let name): return "." + name
        case .index(let index): return "[\(index)]"
        case .value(let value): return "[=\(value)]"
        case .key(let keys):
            let members = (try? JSONParser.parse(keys))?.object?.sorted ?? []
            return "[" + members.map { "\($0.key)=\($0.value.string.map(GoQuote.quote) ?? $0.value.text)" }.joined(separator: ",") + "]"
        }
    }

    private var rank: Int {
        switch self {
        case .field: 0
        case .key: 1
        case .value: 2
        case .index: 3
        }
    }

    /// Below 0, 0 or above 0, in the order that `fieldsV1` is written in.
    @inline(__always)
    static func order(_ a: PathElement, _ b: PathElement) -> Int {
        switch (a, b) {
        case (.field(let x), .field(let y)), (.key(let x), .key(let y)), (.value(let x), .value(let y)): order(x, y)
        case (.index(let x), .index(let y)): x < y ? -1 : x > y ? 1 : 0
        default: a.rank - b.rank
        }
    }

    @inline(__always)
    private static func order(_ a: String, _ b: String) -> Int {
        if sameBytes(a, b) { return 0 }
        if a < b { return -1 }
        // Texts that Unicode calls equal but that differ in bytes are different names.
        return a == b && a.utf8.lexicographicallyPrecedes(b.utf8) ? -1 : 1
    }

    static func == (a: PathElement, b: PathElement) -> Bool {
        switch (a, b) {
        case (.field(let x), .field(let y)), (.key(let x), .key(let y)), (.value(let x), .value(let y)): sameBytes(x, y)
        case (.index(let x), .index(let y)): x == y
        default: false
        }
    }
}
