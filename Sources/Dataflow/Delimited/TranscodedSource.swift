/// Text of another encoding as UTF-8.
///
/// What is no text becomes bytes that are no UTF-8 either, so that the row they stand in is a fault and the reader can count back
/// to the original offset: a lone surrogate its three bytes, an odd last byte of UTF-16 the byte 0xFF.
final class TranscodedSource: ByteSource {
    enum Form { case latin1, windows1252, utf16(bigEndian: Bool) }

    private let upstream: any ByteSource
    private let form: Form
    private let input = ByteRoom(32 << 10)
    private var from = 0
    private var to = 0
    private var ended = false

    init(_ upstream: any ByteSource, _ form: Form) {
        self.upstream = upstream
        self.form = form
    }

    func read(into room: UnsafeMutableRawBufferPointer) throws(DelimitedError) -> Int {
        // A character needs at most four bytes.
        guard room.count >= 4, let target = room.bindMemory(to: UInt8.self).baseAddress else { return 0 }
        while true {
            if to - from < 4, !ended { try refill() }
            let written = switch form {
            case .latin1: decodeBytes(target, room.count, isWindows: false)
            case .windows1252: decodeBytes(target, room.count, isWindows: true)
            case .utf16(let bigEndian): decodeUTF16(target, room.count, bigEndian: bigEndian)
            }
            if written > 0 || (ended && from == to) { return written }
        }
    }

    private func refill() throws(DelimitedError) {
        if from > 0, let start = input.bytes.baseAddress { start.copyMemory(from: start + from, byteCount: to - from) }
        to -= from
        from = 0
        let count = try upstream.read(into: input[to, input.bytes.count])
        to += count
        ended = count == 0
    }

    private func decodeBytes(_ target: UnsafeMutablePointer<UInt8>, _ room: Int, isWindows: Bool) -> Int {
        var written = 0
        while from < to, written + 3 <= room {
            let byte = input.bytes[from]
            from += 1
            if byte < 0x80 {
                target[written] = byte
                written += 1
            } else {
                let code = isWindows && byte < 0xA0 ? Self.windows1252[Int(byte - 0x80)] : UInt32(byte)
                written += Self.put(code, at: target + written)
            }
        }
        return written
    }

    private func decodeUTF16(_ target: UnsafeMutablePointer<UInt8>, _ room: Int, bigEndian: Bool) -> Int {
        var written = 0
        func unit(_ at: Int) -> UInt32 {
            bigEndian ? UInt32(input.bytes[at]) << 8 | UInt32(input.bytes[at + 1]) : UInt32(input.bytes[at + 1]) << 8 | UInt32(input.bytes[at])
        }
        while to - from >= 2, written + 4 <= room {
            let first = unit(from)
            if first & 0xFC00 == 0xD800 {
                // The other half may still be to come.
                if to - from < 4, !ended { break }
                if to - from >= 4, case let second = unit(from + 2), second & 0xFC00 == 0xDC00 {
                    written += Self.put(0x10000 + (first & 0x3FF) << 10 + (second & 0x3FF), at: target + written)
                    from += 4
                    continue
                }
            }
            written += Self.put(first, at: target + written)
            from += 2
        }
        if ended, to - from == 1, written < room {
            target[written] = 0xFF
            written += 1
            from += 1
        }
        return written
    }

    /// Any number below 0x110000, surrogates too; returns how many bytes it took.
    private static func put(_ code: UInt32, at target: UnsafeMutablePointer<UInt8>) -> Int {
        func low(_ shift: UInt32) -> UInt8 { UInt8(truncatingIfNeeded: code >> shift) & 0x3F | 0x80 }
        switch code {
        case 0..<0x80:
            target[0] = UInt8(truncatingIfNeeded: code)
            return 1
        case 0x80..<0x800:
            target[0] = UInt8(truncatingIfNeeded: code >> 6) | 0xC0
            target[1] = low(0)
            return 2
        case 0x800..<0x10000:
            target[0] = UInt8(truncatingIfNeeded: code >> 12) | 0xE0
            target[1] = low(6)
            target[2] = low(0)
            return 3
        default:
            target[0] = UInt8(truncatingIfNeeded: code >> 18) | 0xF0
            target[1] = low(12)
            target[2] = low(6)
            target[3] = low(0)
            return 4
        }
    }

    /// 0x80 ... 0x9F; the five bytes the code page leaves open are the control characters of the same number, as browsers read them.
    static let windows1252: [UInt32] = [
        0x20AC, 0x81, 0x201A, 0x192, 0x201E, 0x2026, 0x2020, 0x2021, 0x2C6, 0x2030, 0x160, 0x2039, 0x152, 0x8D, 0x17D, 0x8F,
        0x90, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x2DC, 0x2122, 0x161, 0x203A, 0x153, 0x9D, 0x17E, 0x178,
    ]
}
