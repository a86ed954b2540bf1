/// Where offsets in an expression's text lie.
enum SourceText {
    static func lines(of source: String) -> [String] {
        source.utf8.split(separator: 0x0A, omittingEmptySubsequences: false).map { String(decoding: $0, as: UTF8.self) }
    }

    /// Line and column from 1; the column counts code points. What has no place is told as Kubernetes tells it: before the first column,
    /// or before the first line.
    static func place(of offset: Int, in source: String) -> (line: Int, column: Int) {
        if offset < 0 { return (offset == SyntaxFailure.unplaced ? 1 : -1, 0) }
        var line = 1
        var column = 1
        for (at, byte) in source.utf8.enumerated() {
            if at >= offset { break }
            if byte == 0x0A {
                line += 1
                column = 1
            } else if byte & 0xC0 != 0x80 {
                column += 1
            }
        }
        return (line, column)
    }
}
