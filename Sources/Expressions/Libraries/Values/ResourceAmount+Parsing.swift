import Kernel

extension ResourceAmount {
    private struct Suffix {
        var binary = false
        var exponent: Int
    }

    /// Finer than a billionth rounds away from zero; binary multiples stop at the largest 64 bit integer.
    ///
    /// - Throws: what is wrong with the text.
    static func parse(_ text: String) throws(EvaluationError) -> ResourceAmount {
        let form = EvaluationError(
            .invalidArgument, "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'")
        var rest = Array(text.utf8)[...]
        guard !rest.isEmpty else { throw form }
        let isNegative = rest.first == UInt8(ascii: "-")
        if isNegative || rest.first == UInt8(ascii: "+") { rest = rest.dropFirst() }
        // A sign alone is nothing, and so zero.
        let zeros = rest.prefix { $0 == 0x30 }
        rest = rest.dropFirst(zeros.count)
        guard !rest.isEmpty else { return ResourceAmount(0) }
        let isDigit: (UInt8) -> Bool = { (0x30...0x39).contains($0) }
        let whole = rest.prefix(while: isDigit)
        rest = rest.dropFirst(whole.count)
        var fraction: ArraySlice<UInt8> = []
        if rest.first == UInt8(ascii: ".") {
            fraction = rest.dropFirst().prefix(while: isDigit)
            rest = rest.dropFirst(1 + fraction.count)
        }
        guard let suffix = suffix(of: String(decoding: rest, as: UTF8.self)) else {
            throw hasForm(rest) ? EvaluationError(.invalidArgument, "unable to parse quantity's suffix") : form
        }
        let digits = whole + fraction
        let count = max(whole.count, 1) + fraction.count
        if let short = short(digits, count, fraction.count, suffix, isNegative) { return ResourceAmount(short) }
        if whole.isEmpty, fraction.isEmpty, zeros.isEmpty { throw EvaluationError(.invalidArgument, "unable to parse numeric part of quantity") }
        return ResourceAmount(long(digits, fraction.count, suffix, isNegative))
    }

    /// Whether what follows the number looks like a suffix at all.
    private static func hasForm(_ rest: ArraySlice<UInt8>) -> Bool {
        var rest = rest.drop { "eEinumkKMGTP".utf8.contains($0) }
        if let sign = rest.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") { rest = rest.dropFirst() }
        return rest.allSatisfy { (0x30...0x39).contains($0) }
    }

    private static func suffix(of text: String) -> Suffix? {
        let decimal = ["": 0, "n": -9, "u": -6, "m": -3, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18]
        let binary = ["Ki": 10, "Mi": 20, "Gi": 30, "Ti": 40, "Pi": 50, "Ei": 60]
        if let exponent = decimal[text] { return Suffix(exponent: exponent) }
        if let exponent = binary[text] { return Suffix(binary: true, exponent: exponent) }
        guard text.utf8.count > 1, text.utf8.first == UInt8(ascii: "e") || text.utf8.first == UInt8(ascii: "E"), let exponent = Int32(text.dropFirst()) else {
            return nil
        }
        return Suffix(exponent: Int(exponent))
    }

    /// The common case: what surely fits 64 bits, by Kubernetes' own measure of surely.
    private static func short(_ digits: ArraySlice<UInt8>, _ count: Int, _ places: Int, _ suffix: Suffix, _ isNegative: Bool) -> Form? {
        var factor: Int64 = 1
        if suffix.binary {
            guard places == 0, 15 - count - suffix.exponent * 3 / 10 - 1 >= 0 else { return nil }
            factor = 1 << Int64(suffix.exponent)
        } else {
            guard count <= 18 else { return nil }
        }
        let scale = (suffix.binary ? 0 : suffix.exponent) - places
        guard scale >= -9, let value = Int64(String(decoding: digits.isEmpty ? [0x30] : digits, as: UTF8.self)) else { return nil }
        let product = value.multipliedReportingOverflow(by: factor)
        return product.overflow ? nil : .short(isNegative ? -product.partialValue : product.partialValue, scale: scale)
    }

    private static func long(_ digits: ArraySlice<UInt8>, _ places: Int, _ suffix: Suffix, _ isNegative: Bool) -> Form {
        // More digits than 128 bits hold are cut at the end, and count as one more in the last place kept.
        let kept = digits.prefix(36)
        var unscaled = Int128(String(decoding: kept.isEmpty ? [0x30] : kept, as: UTF8.self)) ?? 0
        if digits.dropFirst(36).contains(where: { $0 != 0x30 }) { unscaled += 1 }
        var places = places - (digits.count - kept.count)
        if suffix.binary {
            let product = unscaled.multipliedReportingOverflow(by: Int128(1) << Int128(suffix.exponent))
            unscaled = product.overflow ? .max : product.partialValue
        } else {
            places -= suffix.exponent
        }
        if places > 9, unscaled != 0 {
            for _ in 0..<min(places - 9, 40) where unscaled > 1 { unscaled = unscaled / 10 + (unscaled % 10 == 0 ? 0 : 1) }
            places = 9
        }
        // Kept in billionths, as Kubernetes keeps it: the approximation shows it.
        if places < 9, unscaled != 0, unscaled.timesPowerOfTen(9 - places) < .max {
            unscaled = unscaled.timesPowerOfTen(9 - places)
            places = 9
        }
        if suffix.binary {
            let largest = Int128(Int64.max)
            if places <= 0 ? unscaled.timesPowerOfTen(-places) > largest : unscaled > largest.timesPowerOfTen(places) { (unscaled, places) = (largest, 0) }
        }
        return .long(isNegative ? -unscaled : unscaled, places: places)
    }
}
