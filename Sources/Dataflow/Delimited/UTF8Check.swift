/// Whether bytes are well-formed UTF-8 (no overlong forms, no surrogates, nothing beyond U+10FFFF).
enum UTF8Check {
    /// Where the first fault is; nil: none. Skips ASCII eight bytes at a time.
    static func firstFault(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> Int? {
        var at = 0
        while at < count {
            if at + 8 <= count {
                // In bounds by the test before it.
                let word = UnsafeRawPointer(bytes + at).loadUnaligned(as: UInt64.self)
                if word & 0x8080_8080_8080_8080 == 0 {
                    at += 8
                    continue
                }
            }
            let lead = bytes[at]
            if lead < 0x80 {
                at += 1
                continue
            }
            let length: Int
            var low: UInt8 = 0x80
            var high: UInt8 = 0xBF
            switch lead {
            case 0xC2...0xDF: length = 2
            case 0xE0:
                length = 3
                low = 0xA0
            case 0xED:
                length = 3
                high = 0x9F
            case 0xE1...0xEF: length = 3
            case 0xF0:
                length = 4
                low = 0x90
            case 0xF4:
                length = 4
                high = 0x8F
            case 0xF1...0xF3: length = 4
            default: return at
            }
            guard at + length <= count, bytes[at + 1] >= low, bytes[at + 1] <= high else { return at }
            if length > 2, bytes[at + 2] & 0xC0 != 0x80 { return at }
            if length > 3, bytes[at + 3] & 0xC0 != 0x80 { return at }
            at += length
        }
        return nil
    }
}
