import Kernel

/// Numbers as Go's `%v` prints them, which is how limits stand in messages: `65535`, `0.5`, `1e+06` for a fractional number type.
enum GoNumber {
    static func text(_ value: JSON) -> String {
        guard case .double(let number) = value else { return value.text }
        if number.isWhole, abs(number) < 1e6 { return String(Int64(number)) }
        let plain = JSON.double(number).text
        let magnitude = abs(number)
        if magnitude >= 1e-4, magnitude < 1e21, !number.isWhole || magnitude < 1e6 { return plain }
        // Scientific, with two digits of exponent at least.
        let digits = plain.filter { $0 != "-" }
        var exponent = 0
        var scaled = magnitude
        while scaled >= 10 { scaled /= 10; exponent += 1 }
        while scaled > 0, scaled < 1 { scaled *= 10; exponent -= 1 }
        var mantissa = digits.split(separator: "e").first.map { $0.filter { $0 != "." } } ?? digits
        while mantissa.hasPrefix("0"), mantissa.count > 1 { mantissa.removeFirst() }
        while mantissa.hasSuffix("0"), mantissa.count > 1 { mantissa.removeLast() }
        let tail = mantissa.dropFirst()
        let power = abs(exponent) < 10 ? "0\(abs(exponent))" : "\(abs(exponent))"
        return (number < 0 ? "-" : "") + mantissa.prefix(1) + (tail.isEmpty ? "" : "." + tail) + "e" + (exponent < 0 ? "-" : "+") + power
    }
}

extension Double {
    /// Has no fraction.
    var isWhole: Bool { abs(self) >= 9_007_199_254_740_992 || Int64(exactly: self) != nil }

    /// Within what 64-bit floating point loses in a division.
    var isNearlyWhole: Bool {
        guard abs(self) < 9_007_199_254_740_992 else { return true }
        let fraction = abs(self - Double(Int64(self)))
        return fraction < 1e-9 || fraction > 1 - 1e-9
    }
}
