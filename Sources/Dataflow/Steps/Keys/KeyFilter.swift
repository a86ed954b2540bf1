/// Says of a key that it was never put in, or that it may have been: a Bloom filter whose bits for one key stand in one word, so that a question
/// costs one look at memory.
///
/// With ten bits a key about one in forty of the others may have been; with three about one in three.
final class KeyFilter {
    private let words: UnsafeMutablePointer<UInt64>
    private let count: Int

    init(bytes: Int) {
        count = max(bytes / 8, 8)
        words = .allocate(capacity: count)
        words.initialize(repeating: 0, count: count)
    }

    deinit { words.deallocate() }

    /// Below `count`: the upper half of a product of a number below 2^64 and it.
    @inline(__always)
    private func word(_ key: SipHash.Hash) -> Int { Int(truncatingIfNeeded: key.low.multipliedFullWidth(by: UInt64(count)).high) }

    /// Four of the 64 bits.
    @inline(__always)
    private static func bits(_ key: SipHash.Hash) -> UInt64 {
        1 << (key.high & 63) | 1 << (key.high >> 6 & 63) | 1 << (key.high >> 12 & 63) | 1 << (key.high >> 18 & 63)
    }

    func insert(_ key: SipHash.Hash) { words[word(key)] |= Self.bits(key) }

    func mayContain(_ key: SipHash.Hash) -> Bool {
        let bits = Self.bits(key)
        return words[word(key)] & bits == bits
    }
}
