/// The order in which Kubernetes prints a mapping's keys: letters after everything else, runs of digits by their number (`k9`
/// before `k10`).
enum YAMLKeyOrder {
    static func areInOrder(_ a: String, _ b: String) -> Bool {
        let left = Array(a.unicodeScalars), right = Array(b.unicodeScalars)
        guard let at = zip(left, right).enumerated().first(where: { $1.0 != $1.1 })?.offset else { return left.count < right.count }
        let (isLetter, otherIsLetter) = (left[at].properties.isAlphabetic, right[at].properties.isAlphabetic)
        if isLetter && otherIsLetter { return left[at] < right[at] }
        if isLetter || otherIsLetter { return otherIsLetter }
        // A zero inside a number counts only when a digit other than 0 stands before it.
        var lead: UInt64 = 0
        if left[at] == "0" || right[at] == "0" {
            let run = left[..<at].reversed().prefix(while: isDigit)
            if run.contains(where: { $0 != "0" }) { lead = 1 }
        }
        let (leftNumber, leftEnd) = number(left, at, lead), (rightNumber, rightEnd) = number(right, at, lead)
        if leftNumber != rightNumber { return leftNumber < rightNumber }
        if leftEnd != rightEnd { return leftEnd < rightEnd }
        return left[at] < right[at]
    }

    private static func isDigit(_ scalar: UnicodeScalar) -> Bool { scalar.value >= 0x30 && scalar.value <= 0x39 }

    private static func number(_ scalars: [UnicodeScalar], _ start: Int, _ lead: UInt64) -> (value: UInt64, end: Int) {
        var value = lead, at = start
        while at < scalars.count, isDigit(scalars[at]) {
            value = value &* 10 &+ UInt64(scalars[at].value - 0x30)
            at += 1
        }
        return (value, at)
    }
}
