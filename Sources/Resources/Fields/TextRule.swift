/// What a text must look like: the patterns of crds/ as plain functions.
struct TextRule: Sendable {
    /// Follows "must be".
    let meaning: String
    let accepts: @Sendable (String) -> Bool

    /// `^[a-z0-9]([-a-z0-9]*[a-z0-9])?$`
    static let label = TextRule(meaning: "lower-case letters, digits and '-', beginning and ending with a letter or digit") { text in
        text.utf8.allSatisfy { isLowerOrDigit($0) || $0 == UInt8(ascii: "-") }
            && text.utf8.first.map(isLowerOrDigit) == true && text.utf8.last.map(isLowerOrDigit) == true
    }

    /// `^\S+$`
    static let noSpace = TextRule(meaning: "without white space") { text in
        !text.isEmpty && text.utf8.allSatisfy { $0 != 0x20 && !(0x09...0x0D).contains($0) }
    }

    /// What `docker pull` takes; narrower than the pattern of crds/.
    static let imageName = TextRule(
        meaning: "the name of an image, its path in lower case, as team/app:1.2, registry.example.com:5000/app or app@sha256:… (64 digits)",
        accepts: ImageNameGrammar.accepts)

    /// `^/[^:]*$`
    static let absolutePath = TextRule(meaning: "an absolute path without ':'") { $0.hasPrefix("/") && !$0.utf8.contains(UInt8(ascii: ":")) }

    /// Relative, and nowhere upwards.
    static let relativePath = TextRule(meaning: "a relative path without '..'") { text in
        !text.hasPrefix("/") && text.split(separator: "/", omittingEmptySubsequences: false).allSatisfy { !$0.isEmpty && $0 != ".." && $0 != "." }
    }

    /// `^/\S*$`
    static let httpPath = TextRule(meaning: "a path that begins with '/' and holds no white space") { $0.hasPrefix("/") && noSpace.accepts($0) }

    /// `^[-._a-zA-Z][-._a-zA-Z0-9]*$`
    static let variable = TextRule(meaning: "letters, digits, '-', '_' and '.', not beginning with a digit") { text in
        text.utf8.allSatisfy { isLetter($0) || isDigit($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: ".") }
            && text.utf8.first.map { !isDigit($0) } == true
    }

    /// `^[0-9a-fA-F.:]+$`; whether it is one, the engine says.
    static let address = TextRule(meaning: "an IP address") { text in
        !text.isEmpty
            && text.utf8.allSatisfy { isDigit($0) || (0x41...0x46).contains($0 & 0xDF) || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: ":") }
    }

    /// `^[A-Z_]+$`
    static let capability = TextRule(meaning: "a capability in capitals without CAP_, as NET_ADMIN") { text in
        !text.isEmpty && !text.hasPrefix("CAP_") && text.utf8.allSatisfy { (0x41...0x5A).contains($0) || $0 == UInt8(ascii: "_") }
    }

    /// A token of RFC 9110.
    static let header = TextRule(meaning: "the name of an HTTP header") { text in
        !text.isEmpty && text.utf8.allSatisfy { isLetter($0) || isDigit($0) || "-!#$%&'*+.^_`|~".utf8.contains($0) }
    }

    /// `^[A-Za-z_][A-Za-z0-9_]*$`
    static let identifier = TextRule(meaning: "letters, digits and '_', not beginning with a digit") { text in
        text.utf8.allSatisfy { isLetter($0) || isDigit($0) || $0 == UInt8(ascii: "_") } && text.utf8.first.map { !isDigit($0) } == true
    }

    /// One ASCII character that ends no line: a delimiter or the mark of a comment.
    static let delimiter = TextRule(meaning: "one ASCII character that ends no line") { text in
        text.utf8.count == 1 && text.utf8.allSatisfy { $0 != 0x0A && $0 != 0x0D && $0 != 0 }
    }

    /// What a null is written as.
    static let nullMarker = TextRule(meaning: "a text without line ends") { !$0.utf8.contains { $0 == 0x0A || $0 == 0x0D } }

    /// A delimiter, or nothing.
    static let quote = TextRule(meaning: "one ASCII character that ends no line, or empty") { text in text.isEmpty || delimiter.accepts(text) }

    /// `^([0-9]+(ms|s|m|h))+$`
    static let duration = TextRule(meaning: "a duration like 90s, 1h30m or 500ms") { Duration(manifest: $0) != nil }

    /// `^[A-Za-z0-9_./-]+$`, as scripts import them.
    static let moduleName = TextRule(meaning: "letters, digits, '_', '-', '.' and '/'") { text in
        !text.isEmpty && text.utf8.allSatisfy { isLetter($0) || isDigit($0) || "_./-".utf8.contains($0) }
    }

    /// `^[A-Za-z0-9_+/-]+$`: a name of the time zone database.
    static let timeZone = TextRule(meaning: "the name of a time zone, as Europe/Berlin or UTC") { text in
        !text.isEmpty && !text.hasPrefix("/") && text.utf8.allSatisfy { isLetter($0) || isDigit($0) || "_+/-".utf8.contains($0) }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
    private static func isLetter(_ byte: UInt8) -> Bool { (0x41...0x5A).contains(byte & 0xDF) }
    private static func isLowerOrDigit(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte) || isDigit(byte) }
}
