import Kernel

/// Who a write is booked under in `metadata.managedFields`.
public enum FieldManagerName {
    /// The name given, or else the program at the front of the user agent: `kubectl` of `kubectl/v1.32.4 (linux/amd64) …`.
    public static func of(given: String?, userAgent: String?) -> String {
        if let given, !given.isEmpty { return given }
        var name = ""
        for scalar in (userAgent ?? "").split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false).first?.unicodeScalars ?? Substring().unicodeScalars {
            guard isPrintable(scalar) else { continue }
            guard name.utf8.count + String(Character(scalar)).utf8.count <= 128 else { break }
            name.unicodeScalars.append(scalar)
        }
        return name
    }

    /// As Go's unicode.IsPrint: letters, marks, numbers, punctuation, symbols, and the space of ASCII.
    static func isPrintable(_ scalar: UnicodeScalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: false
        case .spaceSeparator: scalar == " "
        default: true
        }
    }
}
