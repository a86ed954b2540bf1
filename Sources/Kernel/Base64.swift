/// Base64 as Go's standard encoding reads and writes it: padded, line breaks are skipped.
public enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    public static func encode(_ bytes: some Collection<UInt8>) -> String {
        var out: [UInt8] = []
        out.reserveCapacity((bytes.count + 2) / 3 * 4)
        var iterator = bytes.makeIterator()
        while let first = iterator.next() {
            let second = iterator.next()
            let third = second == nil ? nil : iterator.next()
            out.append(alphabet[Int(first >> 2)])
            out.append(alphabet[Int((first & 3) << 4 | (second ?? 0) >> 4)])
            out.append(second.map { alphabet[Int(($0 & 15) << 2 | (third ?? 0) >> 6)] } ?? UInt8(ascii: "="))
            out.append(third.map { alphabet[Int($0 & 63)] } ?? UInt8(ascii: "="))
        }
        return String(decoding: out, as: UTF8.self)
    }

    /// nil when it isn't base64.
    public static func decode(_ text: String) -> [UInt8]? {
        var out: [UInt8] = []
        out.reserveCapacity(text.utf8.count / 4 * 3)
        return read(text) { out.append($0) } ? out : nil
    }

    /// How many bytes the text stands for, or nil when it isn't base64.
    public static func decodedCount(_ text: String) -> Int? {
        var count = 0
        return read(text) { _ in count += 1 } ? count : nil
    }

    /// Where Go's decoder stops, counted in bytes; nil when it is base64.
    public static func firstProblem(_ text: String) -> Int? {
        guard decodedCount(text) == nil else { return nil }
        let bytes = Array(text.utf8)
        var begin = 0
        var digits = 0
        for (at, byte) in bytes.enumerated() where byte != 0x0A && byte != 0x0D {
            if byte == UInt8(ascii: "="), digits == 2 || digits == 3 {
                let tail = bytes[(at + 1)...].filter { $0 != 0x0A && $0 != 0x0D }
                if digits == 3 || tail.first == UInt8(ascii: "=") { return digits == 3 ? at + 1 : min(at + 2, bytes.count) }
                return tail.isEmpty ? bytes.count : at
            }
            guard value(byte) != nil else { return at }
            if digits == 0 { begin = at }
            digits = (digits + 1) % 4
        }
        return begin
    }

    private static func read(_ text: String, _ emit: (UInt8) -> Void) -> Bool {
        var bits: UInt32 = 0
        var digits = 0
        var padding = 0
        for byte in text.utf8 {
            switch byte {
            case 0x0A, 0x0D: continue
            case UInt8(ascii: "="):
                padding += 1
                guard padding <= 2, digits >= 2, digits + padding <= 4 else { return false }
                continue
            default: break
            }
            guard padding == 0, let value = value(byte) else { return false }
            bits = bits << 6 | UInt32(value)
            digits += 1
            if digits == 4 {
                emit(UInt8(truncatingIfNeeded: bits >> 16))
                emit(UInt8(truncatingIfNeeded: bits >> 8))
                emit(UInt8(truncatingIfNeeded: bits))
                bits = 0
                digits = 0
            }
        }
        switch (digits, padding) {
        case (0, 0): return true
        case (2, 2): emit(UInt8(truncatingIfNeeded: bits >> 4))
        case (3, 1):
            emit(UInt8(truncatingIfNeeded: bits >> 10))
            emit(UInt8(truncatingIfNeeded: bits >> 2))
        default: return false
        }
        return true
    }

    private static func value(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x41...0x5A: byte - 0x41
        case 0x61...0x7A: byte - 0x61 + 26
        case 0x30...0x39: byte - 0x30 + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}
