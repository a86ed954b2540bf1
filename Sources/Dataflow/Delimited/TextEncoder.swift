/// UTF-8 in another encoding, and what an encoding lacks. Never puts one character for another.
struct TextEncoder {
    private let encoding: TextEncoding
    private let isWide: Bool
    private let isBigEndian: Bool

    /// nil for UTF-8, which needs none.
    init?(_ encoding: TextEncoding) {
        guard encoding != .utf8 else { return nil }
        self.encoding = encoding
        isWide = encoding == .utf16 || encoding == .utf16LittleEndian || encoding == .utf16BigEndian
        isBigEndian = encoding == .utf16BigEndian
    }

    /// Bytes that text of so many bytes needs at most.
    func bound(_ count: Int) -> Int { isWide ? count * 2 : count }

    enum Stop { case end, lacking(UInt32) }

    /// Encodes as much as there is whole; a character whose last bytes are still missing stays.
    ///
    /// - Parameter target: room for `bound(text.count)` bytes.
    /// - Returns: bytes taken and bytes written, and whether it stopped at a character that the encoding lacks.
    func encode(_ text: UnsafeBufferPointer<UInt8>, to target: UnsafeMutablePointer<UInt8>) -> (taken: Int, written: Int, stop: Stop) {
        var at = 0
        var written = 0
        // A character of n bytes becomes at most 2n, and no more than n where characters have one byte: `written` stays below the bound.
        while at < text.count {
            let lead = text[at]
            if lead < 0x80 {
                written += put(UInt32(lead), at: target + written)
                at += 1
                continue
            }
            let length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2
            guard at + length <= text.count else { break }
            let code = Self.scalar(text, at, length)
            guard holds(code) else { return (at, written, .lacking(code)) }
            written += put(code, at: target + written)
            at += length
        }
        return (at, written, .end)
    }

    /// The first character of a text that the encoding lacks; nil: it has them all.
    func firstLacking(_ text: UnsafeBufferPointer<UInt8>) -> UInt32? {
        if isWide { return nil }
        var at = 0
        while at < text.count {
            if at + 8 <= text.count, let base = text.baseAddress, UnsafeRawPointer(base + at).loadUnaligned(as: UInt64.self) & 0x8080_8080_8080_8080 == 0 {
                at += 8
                continue
            }
            let lead = text[at]
            let length = lead < 0x80 ? 1 : lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2
            guard at + length <= text.count else { return nil }
            if length > 1, case let code = Self.scalar(text, at, length), !holds(code) { return code }
            at += length
        }
        return nil
    }

    /// The first character of a text that the encoding lacks, of a text at hand.
    func firstLacking(_ text: String) -> UInt32? {
        if isWide { return nil }
        return text.unicodeScalars.first { !holds($0.value) }?.value
    }

    private func holds(_ code: UInt32) -> Bool {
        switch encoding {
        case .latin1: code < 0x100
        case .windows1252: code < 0x80 || (0xA0..<0x100).contains(code) || TranscodedSource.windows1252.contains(code)
        case .utf8, .utf16, .utf16LittleEndian, .utf16BigEndian: true
        }
    }

    /// - Parameter length: 2...4, all of it within the text.
    private static func scalar(_ text: UnsafeBufferPointer<UInt8>, _ at: Int, _ length: Int) -> UInt32 {
        var code = UInt32(text[at]) & (0x7F >> UInt32(length))
        for next in 1..<length { code = code << 6 | UInt32(text[at + next]) & 0x3F }
        return code
    }

    /// A character that the encoding has; returns its bytes.
    private func put(_ code: UInt32, at target: UnsafeMutablePointer<UInt8>) -> Int {
        guard isWide else {
            if encoding == .windows1252, code >= 0x80, !(0xA0..<0x100).contains(code), let place = TranscodedSource.windows1252.firstIndex(of: code) {
                target[0] = UInt8(truncatingIfNeeded: 0x80 + place)
            } else {
                target[0] = UInt8(truncatingIfNeeded: code)
            }
            return 1
        }
        guard code >= 0x10000 else {
            putUnit(code, at: target)
            return 2
        }
        putUnit(0xD800 | (code - 0x10000) >> 10, at: target)
        putUnit(0xDC00 | (code - 0x10000) & 0x3FF, at: target + 2)
        return 4
    }

    private func putUnit(_ unit: UInt32, at target: UnsafeMutablePointer<UInt8>) {
        let (high, low) = (UInt8(truncatingIfNeeded: unit >> 8), UInt8(truncatingIfNeeded: unit))
        (target[0], target[1]) = isBigEndian ? (high, low) : (low, high)
    }
}

extension TextEncoding {
    /// Whether a file of it may begin with a byte order mark.
    public var hasByteOrderMark: Bool { self != .latin1 && self != .windows1252 }

    /// UTF-16 of any order: files begin with a byte order mark unless someone says otherwise.
    public var isWide: Bool { self == .utf16 || self == .utf16LittleEndian || self == .utf16BigEndian }
}
