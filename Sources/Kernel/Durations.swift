extension Duration {
    /// Saturates at about 292 years.
    public var wholeNanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let scaled = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        if scaled.overflow { return seconds > 0 ? .max : .min }
        let sum = scaled.partialValue.addingReportingOverflow(attoseconds / 1_000_000_000)
        return sum.overflow ? (seconds > 0 ? .max : .min) : sum.partialValue
    }

    public var wholeMilliseconds: Int64 { wholeNanoseconds / 1_000_000 }

    /// In seconds, for metrics and messages.
    public var inSeconds: Double {
        let (seconds, attoseconds) = components
        return Double(seconds) + Double(attoseconds) / 1e18
    }

    /// `1h30m`, `90s`, `500ms`: the durations of the API, `^([0-9]+(ms|s|m|h))+$`; nil for anything else or what overflows.
    public init?(manifest text: String) {
        var rest = Substring(text)
        var milliseconds: Int64 = 0
        guard !rest.isEmpty else { return nil }
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            guard let count = Int64(digits) else { return nil }
            rest = rest.dropFirst(digits.count)
            let unit = rest.prefix { $0.isASCII && $0.isLetter }
            rest = rest.dropFirst(unit.count)
            let scale: Int64
            switch unit {
            case "ms": scale = 1
            case "s": scale = 1000
            case "m": scale = 60_000
            case "h": scale = 3_600_000
            default: return nil
            }
            let scaled = count.multipliedReportingOverflow(by: scale)
            let sum = milliseconds.addingReportingOverflow(scaled.partialValue)
            guard !scaled.overflow, !sum.overflow else { return nil }
            milliseconds = sum.partialValue
        }
        self = .milliseconds(milliseconds)
    }

    /// The shortest form that `init(manifest:)` reads back, to the millisecond: `1h30m`, `90ms`, `0s`.
    public var manifest: String {
        var rest = Swift.max(wholeMilliseconds, 0)
        guard rest > 0 else { return "0s" }
        var text = ""
        for (unit, scale) in [("h", Int64(3_600_000)), ("m", 60_000), ("s", 1000), ("ms", 1)] where rest >= scale {
            text += "\(rest / scale)\(unit)"
            rest %= scale
        }
        return text
    }

    /// As kubectl prints an age: `12s`, `5m30s`, `3h`, `2d4h`, `400d`.
    public var age: String {
        let seconds = Swift.max(components.seconds, 0)
        let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86400)
        func pair(_ big: Int64, _ bigUnit: String, _ small: Int64, _ smallUnit: String) -> String {
            small == 0 ? "\(big)\(bigUnit)" : "\(big)\(bigUnit)\(small)\(smallUnit)"
        }
        if seconds < 120 { return "\(seconds)s" }
        if minutes < 10 { return pair(minutes, "m", seconds % 60, "s") }
        if minutes < 180 { return "\(minutes)m" }
        if hours < 8 { return pair(hours, "h", minutes % 60, "m") }
        if hours < 48 { return "\(hours)h" }
        if days < 8 { return pair(days, "d", hours % 24, "h") }
        if days < 730 { return "\(days)d" }
        if days < 2920 { return pair(days / 365, "y", days % 365, "d") }
        return "\(days / 365)y"
    }
}
