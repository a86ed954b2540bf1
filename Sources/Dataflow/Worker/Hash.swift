/// XXH3 as status and reports show it.
enum Hash {
    /// `xxh3:` and 16 hexadecimal digits.
    static func text(_ value: UInt64) -> String {
        let digits = String(value, radix: 16)
        return "xxh3:" + String(repeating: "0", count: 16 - digits.count) + digits
    }
}
