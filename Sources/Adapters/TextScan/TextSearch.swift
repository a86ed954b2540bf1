import CTextScan

/// Looks for the bytes that keep a text from being written as it is, 16 at a time.
public enum TextSearch {
    /// Where the first of four bytes stands; `count` when there is none of them.
    ///
    /// The caller guarantees that 16 bytes from the text's end on may be read.
    @inline(__always)
    public static func first(of bytes: (UInt8, UInt8, UInt8, UInt8), in text: UnsafePointer<UInt8>, _ count: Int) -> Int {
        mw_find_any(text, count, bytes.0, bytes.1, bytes.2, bytes.3)
    }

    /// Where the first byte stands that a JSON string must escape; `count` when there is none. The caller guarantees the same.
    @inline(__always)
    public static func firstEscape(in text: UnsafePointer<UInt8>, _ count: Int) -> Int { mw_find_json(text, count) }
}
