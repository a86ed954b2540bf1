/// The text being read, for showing a place in it.
struct YAMLSource {
    let bytes: UnsafeBufferPointer<UInt8>
    private static let widest = 120

    init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    /// The first character that is no white space is `{`.
    var startsLikeJSON: Bool {
        bytes.first { $0 != 0x20 && $0 != 0x0A && $0 != 0x0D && $0 != 0x09 } == UInt8(ascii: "{")
    }

    /// Line and column, both from 1, of an offset in bytes.
    func place(of offset: Int) -> (line: Int, column: Int) {
        var line = 1, start = 0
        for at in 0..<min(max(offset, 0), bytes.count) where bytes[at] == 0x0A {
            line += 1
            start = at + 1
        }
        return (line, offset - start + 1)
    }

    /// The line with its number, and a caret under the column.
    ///
    ///       3 | foo: : bar
    ///         |      ^
    func snippet(line: Int, column: Int) -> String {
        var current = 1, start = 0
        var at = 0
        while at < bytes.count, current < line {
            if bytes[at] == 0x0A {
                current += 1
                start = at + 1
            }
            at += 1
        }
        guard current == line, start <= bytes.count else { return "" }
        var end = start
        while end < bytes.count, bytes[end] != 0x0A, bytes[end] != 0x0D, end - start < Self.widest { end += 1 }
        let text = String(decoding: bytes[start..<end].map { $0 < 0x20 || $0 == 0x7F ? 0x20 : $0 }, as: UTF8.self)
        let before = String(decoding: bytes[start..<min(max(start, start + column - 1), end)], as: UTF8.self).count
        let number = String(line)
        let margin = String(repeating: " ", count: number.count)
        return "  \(number) | \(text)\n  \(margin) | \(String(repeating: " ", count: before))^"
    }
}
