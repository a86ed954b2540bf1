/// SHA-256 (FIPS 180-4) for names and revisions that pure code makes. For bulk data use the Crypto adapter, which is many times faster.
public enum SHA256 {
    /// The digest, 32 bytes.
    public static func digest(_ message: some Sequence<UInt8>) -> [UInt8] {
        var state = initial
        var block: [UInt8] = []
        block.reserveCapacity(64)
        var length: UInt64 = 0
        for byte in message {
            block.append(byte)
            length &+= 1
            if block.count == 64 {
                compress(&state, block)
                block.removeAll(keepingCapacity: true)
            }
        }
        block.append(0x80)
        if block.count > 56 {
            block += [UInt8](repeating: 0, count: 64 - block.count)
            compress(&state, block)
            block.removeAll(keepingCapacity: true)
        }
        block += [UInt8](repeating: 0, count: 56 - block.count)
        let bits = length &* 8
        for shift in stride(from: UInt64(56), through: 0, by: -8) { block.append(UInt8(truncatingIfNeeded: bits >> shift)) }
        compress(&state, block)
        return state.flatMap { word in [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: word >> UInt32($0)) } }
    }

    /// The first `length` hexadecimal digits of the digest, at most 64.
    public static func hex(_ text: String, length: Int = 64) -> String { hex(text.utf8, length: length) }

    public static func hex(_ message: some Sequence<UInt8>, length: Int = 64) -> String {
        let digits = Array("0123456789abcdef".utf8)
        let text = digest(message).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
        return String(decoding: text.prefix(length), as: UTF8.self)
    }

    private static func compress(_ state: inout [UInt32], _ block: [UInt8]) {
        var words = [UInt32](repeating: 0, count: 64)
        for at in 0..<16 {
            words[at] = (0..<4).reduce(0) { $0 << 8 | UInt32(block[at * 4 + $1]) }
        }
        for at in 16..<64 {
            let a = words[at - 15], b = words[at - 2]
            let small0 = rotated(a, 7) ^ rotated(a, 18) ^ (a >> 3), small1 = rotated(b, 17) ^ rotated(b, 19) ^ (b >> 10)
            words[at] = words[at - 16] &+ small0 &+ words[at - 7] &+ small1
        }
        var v = state
        for at in 0..<64 {
            let big1 = rotated(v[4], 6) ^ rotated(v[4], 11) ^ rotated(v[4], 25)
            let choice = (v[4] & v[5]) ^ (~v[4] & v[6])
            let first = v[7] &+ big1 &+ choice &+ constants[at] &+ words[at]
            let big0 = rotated(v[0], 2) ^ rotated(v[0], 13) ^ rotated(v[0], 22)
            let majority = (v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2])
            v = [first &+ big0 &+ majority, v[0], v[1], v[2], v[3] &+ first, v[4], v[5], v[6]]
        }
        for at in 0..<8 { state[at] = state[at] &+ v[at] }
    }

    private static func rotated(_ word: UInt32, _ count: UInt32) -> UInt32 { word >> count | word << (32 - count) }

    private static let primes: [Int] = {
        var found: [Int] = []
        var candidate = 2
        while found.count < 64 {
            if !found.contains(where: { candidate % $0 == 0 }) { found.append(candidate) }
            candidate += 1
        }
        return found
    }()

    /// The first 32 bits of the fractions of the square roots of the first 8 primes.
    private static let initial: [UInt32] = primes.prefix(8).map { root($0, degree: 2) }
    /// Of the cube roots of the first 64.
    private static let constants: [UInt32] = primes.map { root($0, degree: 3) }

    /// floor(root * 2^32) modulo 2^32, by bisection in whole numbers.
    private static func root(_ prime: Int, degree: Int) -> UInt32 {
        var low: UInt128 = 0, high = UInt128(20) << 32
        let target = UInt128(prime) << UInt128(32 * degree)
        while high - low > 1 {
            let middle = (low + high) / 2
            let power = degree == 2 ? middle * middle : middle * middle * middle
            if power <= target { low = middle } else { high = middle }
        }
        return UInt32(truncatingIfNeeded: low)
    }
}
