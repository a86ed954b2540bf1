/// Between UTF-8 and UTF-16, on raw memory.
enum Transcoding {
    static func isASCII(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let start = text.baseAddress else { return true }
        let raw = UnsafeRawPointer(start)
        var at = 0
        var seen: UInt64 = 0
        while at &+ 32 <= text.count {
            let first = raw.loadUnaligned(fromByteOffset: at, as: UInt64.self) | raw.loadUnaligned(fromByteOffset: at &+ 8, as: UInt64.self)
            let second = raw.loadUnaligned(fromByteOffset: at &+ 16, as: UInt64.self) | raw.loadUnaligned(fromByteOffset: at &+ 24, as: UInt64.self)
            seen |= first | second
            at &+= 32
        }
        while at < text.count {
            seen |= UInt64(text[at])
            at &+= 1
        }
        return seen & 0x8080_8080_8080_8080 == 0
    }

    /// UTF-8 as UTF-16; what is none becomes U+FFFD. Target has room for a unit for each byte. - Returns: units written.
    static func widen(_ text: UnsafeBufferPointer<UInt8>, to target: UnsafeMutablePointer<UInt16>) -> Int {
        var at = 0
        var out = 0
        let count = text.count
        // Every branch takes at least as many bytes as it gives units; continuation bytes are read only below `count`.
        while at < count {
            let byte = text[at]
            if byte < 0x80 {
                target[out] = UInt16(byte)
                out &+= 1
                at &+= 1
                continue
            }
            let length = byte >= 0xF0 && byte < 0xF5 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC2 ? 2 : 0
            var scalar = UInt32(byte) & (length == 4 ? 0x07 : length == 3 ? 0x0F : 0x1F)
            var isText = length > 0 && byte < 0xF5 && at &+ length <= count
            if isText {
                for offset in 1..<length {
                    let next = text[at &+ offset]
                    isText = isText && next & 0xC0 == 0x80
                    scalar = scalar << 6 | UInt32(next & 0x3F)
                }
            }
            isText = isText && (length == 2 || length == 3 && scalar >= 0x800 && !(0xD800...0xDFFF).contains(scalar) || length == 4 && (0x10000...0x10FFFF).contains(scalar))
            guard isText else {
                target[out] = 0xFFFD
                out &+= 1
                at &+= 1
                continue
            }
            if scalar < 0x10000 {
                target[out] = UInt16(truncatingIfNeeded: scalar)
                out &+= 1
            } else {
                target[out] = UInt16(truncatingIfNeeded: 0xD7C0 &+ (scalar >> 10))
                target[out &+ 1] = UInt16(truncatingIfNeeded: 0xDC00 | (scalar & 0x3FF))
                out &+= 2
            }
            at &+= length
        }
        return out
    }

    /// UTF-16 that is ASCII alone, as bytes. Target has room for a byte for each unit. - Returns: false when it isn't; the target means nothing then.
    static func narrowPlain(_ units: UnsafePointer<UInt16>, _ count: Int, to target: UnsafeMutablePointer<UInt8>) -> Bool {
        let raw = UnsafeRawPointer(units)
        var seen = SIMD16<UInt16>.zero
        var at = 0
        while at &+ 16 <= count {
            let wide = raw.loadUnaligned(fromByteOffset: at &* 2, as: SIMD16<UInt16>.self)
            seen |= wide
            UnsafeMutableRawPointer(target + at).storeBytes(of: SIMD16<UInt8>(truncatingIfNeeded: wide), as: SIMD16<UInt8>.self)
            at &+= 16
        }
        var rest: UInt16 = 0
        while at < count {
            rest |= units[at]
            target[at] = UInt8(truncatingIfNeeded: units[at])
            at &+= 1
        }
        return seen.max() | rest < 0x80
    }

    /// UTF-16 as UTF-8; a surrogate without its partner becomes U+FFFD. Target has room for three bytes for each unit. - Returns: bytes written.
    static func narrow(_ units: UnsafePointer<UInt16>, _ count: Int, to target: UnsafeMutablePointer<UInt8>) -> Int {
        var at = 0
        let raw = UnsafeRawPointer(units)
        // Eight at a time while they are ASCII.
        while at &+ 8 <= count {
            let eight = raw.loadUnaligned(fromByteOffset: at &* 2, as: SIMD8<UInt16>.self)
            guard eight.max() < 0x80 else { break }
            UnsafeMutableRawPointer(target + at).storeBytes(of: SIMD8<UInt8>(truncatingIfNeeded: eight), as: SIMD8<UInt8>.self)
            at &+= 8
        }
        var out = at
        while at < count {
            let unit = units[at]
            at &+= 1
            if unit < 0x80 {
                target[out] = UInt8(truncatingIfNeeded: unit)
                out &+= 1
                continue
            }
            var scalar = UInt32(unit)
            if unit & 0xF800 == 0xD800 {
                if unit < 0xDC00, at < count, units[at] & 0xFC00 == 0xDC00 {
                    scalar = 0x10000 &+ ((UInt32(unit) & 0x3FF) << 10 | UInt32(units[at]) & 0x3FF)
                    at &+= 1
                } else {
                    scalar = 0xFFFD
                }
            }
            if scalar < 0x800 {
                target[out] = UInt8(truncatingIfNeeded: 0xC0 | scalar >> 6)
                target[out &+ 1] = UInt8(truncatingIfNeeded: 0x80 | scalar & 0x3F)
                out &+= 2
            } else if scalar < 0x10000 {
                target[out] = UInt8(truncatingIfNeeded: 0xE0 | scalar >> 12)
                target[out &+ 1] = UInt8(truncatingIfNeeded: 0x80 | scalar >> 6 & 0x3F)
                target[out &+ 2] = UInt8(truncatingIfNeeded: 0x80 | scalar & 0x3F)
                out &+= 3
            } else {
                target[out] = UInt8(truncatingIfNeeded: 0xF0 | scalar >> 18)
                target[out &+ 1] = UInt8(truncatingIfNeeded: 0x80 | scalar >> 12 & 0x3F)
                target[out &+ 2] = UInt8(truncatingIfNeeded: 0x80 | scalar >> 6 & 0x3F)
                target[out &+ 3] = UInt8(truncatingIfNeeded: 0x80 | scalar & 0x3F)
                out &+= 4
            }
        }
        return out
    }
}
