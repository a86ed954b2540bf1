/// A hash table from 128-bit hashes to small numbers: open addressing, at most three quarters full.
///
/// Its memory is known beforehand, so that a limit can be kept.
struct KeyTable {
    private var keys: [SipHash.Hash]
    private var values: [Int32]
    private(set) var count = 0
    private let hasValues: Bool
    private var mask: Int

    /// - Parameters:
    ///   - hasValues: false: only whether a key is there is remembered, in 16 bytes a place.
    ///   - capacity: places to begin with; a power of two.
    init(hasValues: Bool, capacity: Int = 1024) {
        self.hasValues = hasValues
        keys = Array(repeating: SipHash.Hash(low: 0, high: 0), count: capacity)
        values = hasValues ? Array(repeating: 0, count: capacity) : []
        mask = capacity - 1
    }

    /// What it occupies.
    var bytes: Int { keys.count * (hasValues ? 20 : 16) }
    /// What it would occupy after one more key.
    var bytesAfterNext: Int { isFull ? bytes * 2 : bytes }

    /// One more key makes it grow.
    var isFull: Bool { (count + 1) * 4 > keys.count * 3 }

    /// A free place has zeros; the hash that is all zeros is stored as another, as rare.
    @inline(__always)
    static func stored(_ hash: SipHash.Hash) -> SipHash.Hash { hash.low == 0 && hash.high == 0 ? SipHash.Hash(low: 0, high: 1) : hash }

    @inline(__always)
    private func place(of hash: SipHash.Hash) -> (at: Int, isThere: Bool) {
        var at = Int(truncatingIfNeeded: hash.low) & mask
        while true {
            let key = keys[at]
            if key == hash { return (at, true) }
            if key.low == 0, key.high == 0 { return (at, false) }
            at = (at + 1) & mask
        }
    }

    func contains(_ hash: SipHash.Hash) -> Bool { place(of: Self.stored(hash)).isThere }

    /// The keys as they are stored, in order.
    func sortedKeys() -> [SipHash.Hash] { keys.filter { $0.low != 0 || $0.high != 0 }.sorted() }

    subscript(hash: SipHash.Hash) -> Int32? {
        let (at, isThere) = place(of: Self.stored(hash))
        return isThere ? (hasValues ? values[at] : 0) : nil
    }

    /// - Returns: the value of an equal key that was there; nil: it is new.
    mutating func insert(_ hash: SipHash.Hash, _ value: Int32 = 0) -> Int32? {
        let hash = Self.stored(hash)
        var (at, isThere) = place(of: hash)
        if isThere { return hasValues ? values[at] : 0 }
        if isFull {
            grow()
            at = place(of: hash).at
        }
        keys[at] = hash
        if hasValues { values[at] = value }
        count += 1
        return nil
    }

    private mutating func grow() {
        let (oldKeys, oldValues) = (keys, values)
        keys = Array(repeating: SipHash.Hash(low: 0, high: 0), count: oldKeys.count * 2)
        if hasValues { values = Array(repeating: 0, count: keys.count) }
        mask = keys.count - 1
        for (old, key) in oldKeys.enumerated() where key.low != 0 || key.high != 0 {
            let at = place(of: key).at
            keys[at] = key
            if hasValues { values[at] = oldValues[old] }
        }
    }

    mutating func removeAll() { self = KeyTable(hasValues: hasValues) }

    mutating func removeAllKeepingCapacity() {
        for at in keys.indices { keys[at] = SipHash.Hash(low: 0, high: 0) }
        count = 0
    }
}
