/// SipHash-1-3 with 128 bits of result: keyed, so that nobody can make texts that collide, and the same in every process that has the key.
///
/// Two different keys get the same hash with a probability below n² / 2^129: for 10^9 of them less than 10^-20.
struct SipHash: Sendable {
    private let key: (UInt64, UInt64)

    init(seed: UInt64) { key = (seed ^ 0x6d69_6c6c_7772_6967, seed &* 0x9e37_79b9_7f4a_7c15 ^ 0x6874_2d72_6f77_7321) }

    struct Hash: Hashable, Comparable, Sendable, BitwiseCopyable {
        var low: UInt64
        var high: UInt64

        static func < (a: Hash, b: Hash) -> Bool { a.high != b.high ? a.high < b.high : a.low < b.low }
    }

    func hash(_ bytes: UnsafeRawBufferPointer) -> Hash {
        var v0 = key.0 ^ 0x736f_6d65_7073_6575
        var v1 = key.1 ^ 0x646f_7261_6e64_6f6d ^ 0xee
        var v2 = key.0 ^ 0x6c79_6765_6e65_7261
        var v3 = key.1 ^ 0x7465_6462_7974_6573
        @inline(__always) func round() {
            v0 &+= v1
            v1 = v1 << 13 | v1 >> 51
            v1 ^= v0
            v0 = v0 << 32 | v0 >> 32
            v2 &+= v3
            v3 = v3 << 16 | v3 >> 48
            v3 ^= v2
            v0 &+= v3
            v3 = v3 << 21 | v3 >> 43
            v3 ^= v0
            v2 &+= v1
            v1 = v1 << 17 | v1 >> 47
            v1 ^= v2
            v2 = v2 << 32 | v2 >> 32
        }
        let words = bytes.count / 8
        for word in 0..<words {
            let value = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: word * 8, as: UInt64.self))
            v3 ^= value
            round()
            v0 ^= value
        }
        var last = UInt64(truncatingIfNeeded: bytes.count) << 56
        for at in (words * 8)..<bytes.count { last |= UInt64(bytes[at]) << UInt64(8 * (at & 7)) }
        v3 ^= last
        round()
        v0 ^= last
        v2 ^= 0xee
        round()
        round()
        round()
        let low = v0 ^ v1 ^ v2 ^ v3
        v1 ^= 0xdd
        round()
        round()
        round()
        let high = v0 ^ v1 ^ v2 ^ v3
        return Hash(low: low, high: high)
    }
}
