/// How a property is called in expressions, where its own name is no identifier or a reserved word.
enum PropertyName {
    /// CEL's reserved words.
    private static let reserved: Set<String> = [
        "true", "false", "null", "in", "as", "break", "const", "continue", "else", "for", "function", "if", "import", "let", "loop", "package",
        "namespace", "return", "var", "void", "while",
    ]

    static func isReserved(_ name: String) -> Bool { reserved.contains(name) }

    /// - Returns: nil for a name that expressions can't say.
    static func escaped(_ name: String) -> String? {
        let bytes = Array(name.utf8)
        guard let first = bytes.first, !(0x30...0x39).contains(first) else { return nil }
        if reserved.contains(name) { return "__\(name)__" }
        var out = ""
        var at = 0
        while at < bytes.count {
            switch bytes[at] {
            case UInt8(ascii: "_") where at + 1 < bytes.count && bytes[at + 1] == UInt8(ascii: "_"):
                out += "__underscores__"
                at += 1
            case UInt8(ascii: "."): out += "__dot__"
            case UInt8(ascii: "-"): out += "__dash__"
            case UInt8(ascii: "/"): out += "__slash__"
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), 0x30...0x39, UInt8(ascii: "_"):
                out.unicodeScalars.append(Unicode.Scalar(bytes[at]))
            default: return nil
            }
            at += 1
        }
        return out
    }
}
