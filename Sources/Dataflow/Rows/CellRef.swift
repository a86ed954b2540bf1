/// Where the text of a cell stands: 64 bits, so that a column of text costs eight bytes a row and nothing is copied.
///
/// Offset (32 bits) and length (29 bits) count bytes of UTF-8 in the block that the cell's column reads from. The range is the
/// cell as it stood in the input, its quotes included.
@frozen public struct CellRef: Sendable, Hashable, BitwiseCopyable {
    public let bits: UInt64

    @inlinable public init(bits: UInt64) { self.bits = bits }

    /// - Parameter length: below `maximumLength`; higher bits are dropped, the reader's row limit is far below.
    @inlinable public init(offset: Int, length: Int, flags: UInt64 = 0) {
        bits = UInt64(UInt32(truncatingIfNeeded: offset)) | (UInt64(truncatingIfNeeded: length) & Self.lengthMask) << 32 | flags
    }

    /// Bytes; half a gigabyte.
    public static let maximumLength = 1 << 29 - 1
    @inlinable static var lengthMask: UInt64 { 1 << 29 - 1 }

    /// The range starts and ends with the quote character.
    @inlinable public static var quotedFlag: UInt64 { 1 << 61 }
    /// The text isn't the range's: there are doubled quotes in it (of a quoted cell), which stand for one each, or escape characters.
    @inlinable public static var escapedFlag: UInt64 { 1 << 62 }
    /// A null: absent, or the text of a null marker (which the range still shows, so that it is written as it was).
    @inlinable public static var nullFlag: UInt64 { 1 << 63 }

    /// In a `TextColumn` that has a source: the source's cell in this row, unchanged.
    @inlinable public static var untouched: CellRef { CellRef(bits: .max) }
    /// A null without text.
    @inlinable public static var null: CellRef { CellRef(bits: nullFlag) }
    @inlinable public static var empty: CellRef { CellRef(bits: 0) }

    @inlinable public var offset: Int { Int(truncatingIfNeeded: bits & 0xFFFF_FFFF) }
    @inlinable public var length: Int { Int(truncatingIfNeeded: bits >> 32 & Self.lengthMask) }
    @inlinable public var isQuoted: Bool { bits & Self.quotedFlag != 0 }
    @inlinable public var hasEscapes: Bool { bits & Self.escapedFlag != 0 }
    @inlinable public var isNull: Bool { bits & Self.nullFlag != 0 }
    @inlinable public var isUntouched: Bool { bits == .max }
    @inlinable public var asNull: CellRef { CellRef(bits: bits | Self.nullFlag) }

    /// Where the text between the quotes starts.
    @inlinable public var contentOffset: Int { isQuoted ? offset + 1 : offset }
    /// Bytes between the quotes; doubled quotes still count twice, and escape characters count.
    @inlinable public var contentLength: Int { isQuoted ? max(0, length - 2) : length }
}
