/// How names, labels and keys of Kubernetes must look, and what is said of those that don't.
///
/// Each check gives the messages, none when the text is right. Written as scans: these run for every object written.
public enum NameFormat {
    static let labelPattern = "[a-z0-9]([-a-z0-9]*[a-z0-9])?"
    static let subdomainPattern = labelPattern + "(\\." + labelPattern + ")*"
    static let qualifiedPattern = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]"

    /// RFC 1123 label: at most 63 of lower case letters, digits and `-`.
    public static func label(_ text: String) -> [String] {
        var problems: [String] = []
        let bytes = Array(text.utf8)
        if bytes.count > 63 { problems.append(tooLong(63)) }
        if !isLabel(bytes[...]) {
            if isSubdomain(bytes) {
                problems.append("must not contain dots")
            } else {
                problems.append(
                    shape(
                        "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character",
                        labelPattern, ["my-name", "123-abc"]))
            }
        }
        return problems
    }

    /// RFC 1123 subdomain: labels joined by dots, at most 253 bytes.
    public static func subdomain(_ text: String) -> [String] {
        var problems: [String] = []
        let bytes = Array(text.utf8)
        if bytes.count > 253 { problems.append(tooLong(253)) }
        if !isSubdomain(bytes) {
            problems.append(
                shape(
                    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character",
                    subdomainPattern, ["example.com"]))
        }
        return problems
    }

    /// RFC 1035 label: as RFC 1123's, beginning with a letter.
    public static func label1035(_ text: String) -> [String] {
        var problems: [String] = []
        let bytes = Array(text.utf8)
        if bytes.count > 63 { problems.append(tooLong(63)) }
        if !isLabel(bytes[...]) || !(bytes.first.map { (0x61...0x7A).contains($0) } ?? false) {
            problems.append(
                shape(
                    "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character",
                    "[a-z]([-a-z0-9]*[a-z0-9])?", ["my-name", "abc-123"]))
        }
        return problems
    }

    /// What can stand between two slashes of a URL: names of RBAC objects.
    public static func pathSegment(_ text: String, isPrefix: Bool = false) -> [String] {
        if !isPrefix {
            if text == "." { return ["may not be '.'"] }
            if text == ".." { return ["may not be '..'"] }
        }
        return ["/", "%"].filter { mark in text.utf8.contains(mark.utf8[mark.utf8.startIndex]) }.map { "may not contain '\($0)'" }
    }

    /// A label's key, a finalizer: `app`, `example.com/app`.
    public static func qualified(_ text: String) -> [String] {
        var problems: [String] = []
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        var name = Substring(text)
        switch parts.count {
        case 1: break
        case 2:
            name = parts[1]
            if parts[0].isEmpty {
                problems.append("prefix part must be non-empty")
            } else {
                problems += subdomain(String(parts[0])).map { "prefix part " + $0 }
            }
        default:
            return [
                shape(
                    "a valid label key must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
                    qualifiedPattern, ["MyName", "my.name", "123-abc"])
                    + " with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')"
            ]
        }
        if name.isEmpty {
            problems.append("name part must be non-empty")
        } else if name.utf8.count > 63 {
            problems.append("name part " + tooManyBytes(63))
        }
        if !isQualified(Array(name.utf8)) {
            problems.append(
                "name part "
                    + shape(
                        "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
                        qualifiedPattern, ["MyName", "my.name", "123-abc"]))
        }
        return problems
    }

    /// A label's value: empty, or at most 63 of letters, digits, `-`, `_`, `.`.
    public static func labelValue(_ text: String) -> [String] {
        var problems: [String] = []
        let bytes = Array(text.utf8)
        if bytes.count > 63 { problems.append(tooManyBytes(63)) }
        if !bytes.isEmpty, !isQualified(bytes) {
            problems.append(
                shape(
                    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
                    "(" + qualifiedPattern + ")?", ["MyValue", "my_value", "12345"]))
        }
        return problems
    }

    /// A key of a ConfigMap's or Secret's data.
    public static func configKey(_ text: String) -> [String] {
        var problems: [String] = []
        if text.utf8.count > 253 { problems.append(tooLong(253)) }
        if text.utf8.isEmpty || !text.utf8.allSatisfy({ isAlphanumeric($0) || $0 == 0x2D || $0 == 0x2E || $0 == 0x5F }) {
            problems.append(
                shape("a valid config key must consist of alphanumeric characters, '-', '_' or '.'", "[-._a-zA-Z0-9]+", ["key.name", "KEY_NAME", "key-name"]))
        }
        if text == "." {
            problems.append("must not be '.'")
        } else if text == ".." {
            problems.append("must not be '..'")
        } else if text.hasPrefix("..") {
            problems.append("must not start with '..'")
        }
        return problems
    }

    private static func tooLong(_ most: Int) -> String { "must be no more than \(most) characters" }
    /// Of labels it is said in bytes.
    private static func tooManyBytes(_ most: Int) -> String { "must be no more than \(most) bytes" }

    private static func shape(_ rule: String, _ pattern: String, _ examples: [String]) -> String {
        "\(rule) (e.g. " + examples.map { "'\($0)', " }.joined(separator: " or ") + "regex used for validation is '\(pattern)')"
    }

    // MARK: Scans

    @inline(__always) private static func isLower(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) }
    @inline(__always) private static func isAlphanumeric(_ byte: UInt8) -> Bool { isLower(byte) || (0x41...0x5A).contains(byte) }

    private static func isLabel(_ bytes: ArraySlice<UInt8>) -> Bool {
        guard let first = bytes.first, let last = bytes.last, isLower(first), isLower(last) else { return false }
        return bytes.allSatisfy { isLower($0) || $0 == 0x2D }
    }

    private static func isSubdomain(_ bytes: [UInt8]) -> Bool {
        bytes.split(separator: 0x2E, omittingEmptySubsequences: false).allSatisfy(isLabel)
    }

    private static func isQualified(_ bytes: [UInt8]) -> Bool {
        guard let first = bytes.first, let last = bytes.last, isAlphanumeric(first), isAlphanumeric(last) else { return false }
        return bytes.allSatisfy { isAlphanumeric($0) || $0 == 0x2D || $0 == 0x5F || $0 == 0x2E }
    }
}
