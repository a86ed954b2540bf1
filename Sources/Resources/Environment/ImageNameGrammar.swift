/// What the name of an image may look like: `[registry[:port]/]path[:tag][@digest]`, as every engine and registry has it.
///
/// Checked before an engine is asked: a name that no engine can parse would be tried for ever.
enum ImageNameGrammar {
    private static let longestName = 255
    private static let longestTag = 128
    private static let fewestDigestDigits = 32

    static func accepts(_ text: String) -> Bool {
        var name = text[...]
        if let at = name.firstIndex(of: "@") {
            guard isDigest(name[name.index(after: at)...]) else { return false }
            name = name[..<at]
        }
        // A colon before the last slash belongs to a registry's port.
        if let colon = name.lastIndex(of: ":"), !name[colon...].contains("/") {
            guard isTag(name[name.index(after: colon)...]) else { return false }
            name = name[..<colon]
        }
        guard name.utf8.count <= longestName else { return false }
        var parts = name.split(separator: "/", omittingEmptySubsequences: false)[...]
        if parts.count > 1, let first = parts.first, isMeantAsRegistry(first), isRegistry(first) { parts.removeFirst() }
        return parts.allSatisfy(isPathPart)
    }

    private static func isMeantAsRegistry(_ text: Substring) -> Bool {
        text == "localhost" || text.utf8.contains { $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: ":") || isUpper($0) }
    }

    private static func isRegistry(_ text: Substring) -> Bool {
        var host = text
        if host.hasPrefix("[") {
            guard let end = host.firstIndex(of: "]") else { return false }
            let address = host[host.index(after: host.startIndex)..<end].utf8
            guard !address.isEmpty, address.allSatisfy({ isHexDigit($0) || $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: ".") }) else { return false }
            let port = host[host.index(after: end)...]
            return port.isEmpty || (port.hasPrefix(":") && isNumber(port.dropFirst()))
        }
        if let colon = host.lastIndex(of: ":") {
            guard isNumber(host[host.index(after: colon)...]) else { return false }
            host = host[..<colon]
        }
        return host.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { label in
            label.utf8.allSatisfy { isAlphanumeric($0) || $0 == UInt8(ascii: "-") } && label.utf8.first.map(isAlphanumeric) == true
                && label.utf8.last.map(isAlphanumeric) == true
        }
    }

    /// Lower-case letters and digits, with single dots, one or two underscores or any number of dashes between them.
    private static func isPathPart(_ text: Substring) -> Bool {
        var separator: [UInt8] = []
        var isAfterWord = false
        for byte in text.utf8 {
            if isLower(byte) || isDigit(byte) {
                guard isSeparator(separator) else { return false }
                separator = []
                isAfterWord = true
            } else if isAfterWord, byte == UInt8(ascii: ".") || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-") {
                separator.append(byte)
            } else {
                return false
            }
        }
        return isAfterWord && separator.isEmpty
    }

    private static func isSeparator(_ bytes: [UInt8]) -> Bool {
        bytes.count < 2 || bytes.allSatisfy { $0 == UInt8(ascii: "-") } || bytes == Array("__".utf8)
    }

    private static func isTag(_ text: Substring) -> Bool {
        text.utf8.count <= longestTag && text.utf8.first.map(isWord) == true
            && text.utf8.allSatisfy { isWord($0) || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-") }
    }

    /// `sha256:` and its digits; other algorithms are named likewise.
    private static func isDigest(_ text: Substring) -> Bool {
        guard let colon = text.firstIndex(of: ":") else { return false }
        let (algorithm, digits) = (text[..<colon].utf8, text[text.index(after: colon)...].utf8)
        return algorithm.first.map { isAlphanumeric($0) && !isDigit($0) } == true
            && algorithm.allSatisfy { isAlphanumeric($0) || "+.-_".utf8.contains($0) }
            && digits.count >= fewestDigestDigits && digits.allSatisfy(isHexDigit)
    }

    private static func isNumber(_ text: Substring) -> Bool { !text.isEmpty && text.utf8.allSatisfy(isDigit) }
    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
    private static func isLower(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte) }
    private static func isUpper(_ byte: UInt8) -> Bool { (0x41...0x5A).contains(byte) }
    private static func isHexDigit(_ byte: UInt8) -> Bool { isDigit(byte) || (0x61...0x66).contains(byte | 0x20) }
    private static func isAlphanumeric(_ byte: UInt8) -> Bool { isLower(byte) || isUpper(byte) || isDigit(byte) }
    private static func isWord(_ byte: UInt8) -> Bool { isAlphanumeric(byte) || byte == UInt8(ascii: "_") }
}
