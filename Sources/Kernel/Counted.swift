/// How many of what, as people say it: `1 row`, `2 rows`, `no dead letters`.
public enum Counted {
    /// The noun alone, in the form that goes with the number.
    ///
    /// - Parameter many: the plural, where it isn't the word and an `s`.
    public static func noun(_ count: some BinaryInteger, _ one: String, _ many: String? = nil) -> String { count == 1 ? one : many ?? one + "s" }

    /// The number and the noun; thousands are set apart by commas.
    public static func text(_ count: some BinaryInteger, _ one: String, _ many: String? = nil) -> String { "\(grouped(count)) \(noun(count, one, many))" }

    /// `1,234,567`
    public static func grouped(_ number: some BinaryInteger) -> String {
        let digits = String(number.magnitude)
        var text = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.utf8.count - index) % 3 == 0 { text += "," }
            text.append(digit)
        }
        return (number < 0 ? "-" : "") + text
    }
}
