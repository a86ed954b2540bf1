/// A token of JavaScript, as far as the adapter looks at scripts itself (the engine has the real parser).
struct ScriptToken {
    enum Kind {
        case word, number, string, template, regex, mark
    }

    var kind: Kind
    /// Bytes of the source.
    var start: Int
    var end: Int
    /// From 1.
    var line: Int
    /// A line break stands before it.
    var startsLine: Bool
    /// For an opening bracket the index of its partner, and the other way round; -1 where there is none.
    var partner = -1
    /// The text of words and marks.
    var text: Substring.UTF8View
}

extension ScriptToken {
    func `is`(_ other: StaticString) -> Bool {
        guard kind == .word || kind == .mark else { return false }
        return text.elementsEqual(UnsafeBufferPointer(start: other.utf8Start, count: other.utf8CodeUnitCount))
    }
}
