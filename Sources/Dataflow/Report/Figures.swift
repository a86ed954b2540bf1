import Kernel

/// Numbers as people read them.
public enum Figures {
    /// `1,234,567`
    public static func grouped(_ number: Int64) -> String { Counted.grouped(number) }

    /// `1.62 M`, `948 k`, `12`
    public static func short(_ number: Int64) -> String {
        let value = Double(number)
        switch number {
        case 1_000_000_000...: return fixed(value / 1e9, 2) + " G"
        case 1_000_000...: return fixed(value / 1e6, 2) + " M"
        case 10_000...: return fixed(value / 1e3, 0) + " k"
        default: return grouped(number)
        }
    }

    /// `221.3 MB`
    public static func bytes(_ count: Int64) -> String {
        let value = Double(count)
        switch count {
        case 1_000_000_000...: return fixed(value / 1e9, 2) + " GB"
        case 1_000_000...: return fixed(value / 1e6, 1) + " MB"
        case 1_000...: return fixed(value / 1e3, 1) + " kB"
        default: return "\(count) B"
        }
    }

    /// `1.24 s`, `85 ms`, `<0.1 ms`, `3m20s`
    public static func seconds(_ value: Double) -> String {
        if value > 0, value < 0.00005 { return "<0.1 ms" }
        if value < 1 { return fixed(value * 1000, value < 0.01 ? 1 : 0) + " ms" }
        if value < 120 { return fixed(value, 2) + " s" }
        return Duration.seconds(Int64(value)).manifest
    }

    /// With so many digits after the point.
    public static func fixed(_ value: Double, _ digits: Int) -> String {
        guard value.isFinite, abs(value) < 1e15 else { return "?" }
        var scale = 1.0
        for _ in 0..<digits { scale *= 10 }
        let whole = Int64((abs(value) * scale).rounded())
        let (before, after) = whole.quotientAndRemainder(dividingBy: Int64(scale))
        let tail = String(after)
        return (value < 0 && whole > 0 ? "-" : "") + String(before) + (digits > 0 ? "." + String(repeating: "0", count: digits - tail.count) + tail : "")
    }
}
