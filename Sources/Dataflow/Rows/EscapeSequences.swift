/// What the character behind an escape character means.
@frozen public enum EscapeSequences: String, Sendable, Hashable, CaseIterable {
    /// Itself: `\,` is a comma, `\n` an n.
    case literal = "Literal"
    /// As in C, where it is one of seven letters: `\n` is a line feed, `\t` a tab, `\r` a carriage return, `\b`, `\f` and `\v` are backspace, form feed
    /// and vertical tab, `\0` is a zero byte. Any other one is itself. So do PostgreSQL's COPY in its text format and `mysql --batch` write.
    case cStyle = "CStyle"

    /// The byte that such a character stands for.
    @inlinable public func meaning(of byte: UInt8) -> UInt8 {
        guard self == .cStyle else { return byte }
        switch byte {
        case UInt8(ascii: "n"): return 0x0A
        case UInt8(ascii: "t"): return 0x09
        case UInt8(ascii: "r"): return 0x0D
        case UInt8(ascii: "b"): return 0x08
        case UInt8(ascii: "f"): return 0x0C
        case UInt8(ascii: "v"): return 0x0B
        case UInt8(ascii: "0"): return 0x00
        default: return byte
        }
    }

    /// Whether that character means something other than itself.
    @inlinable public func hasMeaning(_ byte: UInt8) -> Bool { meaning(of: byte) != byte }

    /// The character that stands behind the escape character for this byte.
    @inlinable public func letter(for byte: UInt8) -> UInt8 {
        guard self == .cStyle else { return byte }
        switch byte {
        case 0x0A: return UInt8(ascii: "n")
        case 0x0D: return UInt8(ascii: "r")
        case 0x09: return UInt8(ascii: "t")
        case 0x08: return UInt8(ascii: "b")
        case 0x0C: return UInt8(ascii: "f")
        case 0x0B: return UInt8(ascii: "v")
        case 0x00: return UInt8(ascii: "0")
        default: return byte
        }
    }
}
