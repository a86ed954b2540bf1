/// The members of a JSON object, in the order they were written.
///
/// Lookup is a scan up to 16 members, the size of nearly every object there is, and an index beyond. Keys are compared by bytes.
public struct JSONObject: Sendable {
    public private(set) var keys: [String]
    public private(set) var values: [JSON]
    private var index: [ByteKey: Int]?

    private static let scanLimit = 16

    /// A key compared and hashed by its bytes.
    private struct ByteKey: Hashable, Sendable {
        let text: String
        static func == (a: ByteKey, b: ByteKey) -> Bool { sameBytes(a.text, b.text) }
        func hash(into hasher: inout Hasher) {
            var text = text
            text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
        }
    }

    public init() {
        keys = []
        values = []
    }

    /// Later members replace earlier ones of the same name.
    public init(_ members: some Sequence<(String, JSON)>) {
        self.init()
        for (key, value) in members { self[key] = value }
    }

    /// For who has checked that no name stands twice, and has a value for each: without a look-up a member.
    public init(uniqueKeys: [String], values: [JSON]) {
        keys = uniqueKeys
        self.values = values
        reindex()
    }

    public var count: Int { keys.count }
    public var isEmpty: Bool { keys.isEmpty }

    public func position(of key: String) -> Int? {
        if let index { return index[ByteKey(text: key)] }
        for position in keys.indices where sameBytes(keys[position], key) { return position }
        return nil
    }

    /// Reading an absent member gives nil; assigning nil removes the member; a new member goes to the end.
    public subscript(key: String) -> JSON? {
        get { position(of: key).map { values[$0] } }
        set {
            switch (position(of: key), newValue) {
            case (let at?, let value?): values[at] = value
            case (let at?, nil):
                keys.remove(at: at)
                values.remove(at: at)
                reindex()
            case (nil, let value?):
                keys.append(key)
                values.append(value)
                if index != nil { index?[ByteKey(text: key)] = keys.count - 1 } else { reindex() }
            case (nil, nil): break
            }
        }
    }

    /// Changes the member in place, without copying the tree below it; does nothing when it is absent.
    public mutating func update(_ key: String, _ change: (inout JSON) throws -> Void) rethrows {
        guard let at = position(of: key) else { return }
        try change(&values[at])
    }

    private mutating func reindex() {
        guard keys.count > Self.scanLimit else {
            index = nil
            return
        }
        var fresh = [ByteKey: Int](minimumCapacity: keys.count)
        for (position, key) in keys.enumerated() { fresh[ByteKey(text: key)] = position }
        index = fresh
    }
}

extension JSONObject: Sequence {
    public func makeIterator() -> Zip2Sequence<[String], [JSON]>.Iterator { zip(keys, values).makeIterator() }
    public var underestimatedCount: Int { count }

    /// The members sorted by name, in byte order: the order for anything that must be the same every time.
    public var sorted: [(key: String, value: JSON)] {
        zip(keys, values).map { (key: $0, value: $1) }.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    }
}

extension JSONObject: Equatable {
    public static func == (a: JSONObject, b: JSONObject) -> Bool {
        guard a.count == b.count else { return false }
        for position in a.keys.indices {
            // Nearly always the same order; only else look it up.
            if sameBytes(b.keys[position], a.keys[position]) {
                if a.values[position] != b.values[position] { return false }
            } else if b[a.keys[position]] != a.values[position] {
                return false
            }
        }
        return true
    }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
    public typealias Key = String
    public typealias Value = JSON
    public init(dictionaryLiteral elements: (String, JSON)...) { self.init(elements) }
}
