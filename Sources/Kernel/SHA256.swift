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
        var digest: [UInt8] = []
        digest.reserveCapacity(32)
        for word in state {
            for shift in stride(from: UInt32(24), through: 0, by: -8) { digest.append(UInt8(truncatingIfNeeded: word >> shift)) }
        }
        return digest
    }

    /// The first `length` hexadecimal digits of the digest, at most 64.
    public static func hex(_ text: String, length: Int = 64) -> String { hex(text.utf8, length: length) }

    public static func hex(_ message: some Sequence<UInt8>, length: Int = 64) -> String {
        func digit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x57 + value }
        var text: [UInt8] = []
        text.reserveCapacity(64)
        for byte in digest(message) where text.count < length {
            text.append(digit(byte >> 4))
            text.append(digit(byte & 15))
        }
        return String(decoding: text.prefix(length), as: UTF8.self)
    }

    private static func compress(_ state: inout [UInt32], _ block: [UInt8]) {
        var words = [UInt32](repeating: 0, count: 64)
        for at in 0..<16 {
            let byte = at * 4
            words[at] = UInt32(block[byte]) << 24 | UInt32(block[byte + 1]) << 16 | UInt32(block[byte + 2]) << 8 | UInt32(block[byte + 3])
        }
        for at in 16..<64 {
            let a = words[at - 15], b = words[at - 2]
            let small0 = rotated(a, 7) ^ rotated(a, 18) ^ (a >> 3), small1 = rotated(b, 17) ^ rotated(b, 19) ^ (b >> 10)
            words[at] = words[at - 16] &+ small0 &+ words[at - 7] &+ small1
        }
        var (a, b, c, d) = (state[0], state[1], state[2], state[3])
        var (e, f, g, h) = (state[4], state[5], state[6], state[7])
        for at in 0..<64 {
            let big1 = rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25)
            let first = h &+ big1 &+ ((e & f) ^ (~e & g)) &+ constants[at] &+ words[at]
            let big0 = rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22)
            let second = big0 &+ ((a & b) ^ (a & c) ^ (b & c))
            (h, g, f, e, d, c, b, a) = (g, f, e, d &+ first, c, b, a, first &+ second)
        }
        for (at, word) in [a, b, c, d, e, f, g, h].enumerated() { state[at] = state[at] &+ word }
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
