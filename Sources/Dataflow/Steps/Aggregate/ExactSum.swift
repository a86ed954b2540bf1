/// A sum of binary numbers without any rounding until it is read: the same whatever the order of the summands, so that a resumed run
/// gives the same last digit.
///
/// Keeps parts that don't overlap, in growing magnitude, whose sum is the exact one: after Shewchuk, "Adaptive Precision Floating-Point
/// Arithmetic" (1997).
struct ExactSum: Sendable, Equatable {
    private(set) var parts: [Double] = []

    init() {}

    init(parts: [Double]) { self.parts = parts }

    mutating func add(_ value: Double) {
        var carried = value
        var kept = 0
        for part in parts {
            let (large, small) = carried.magnitude < part.magnitude ? (part, carried) : (carried, part)
            let sum = large + small
            // What the addition lost, exactly.
            let lost = small - (sum - large)
            if lost != 0 {
                parts[kept] = lost
                kept += 1
            }
            carried = sum
        }
        parts.removeSubrange(kept...)
        parts.append(carried)
    }

    mutating func add(_ other: ExactSum) { for part in other.parts { add(part) } }

    /// Rounded once, to the nearest, ties to even. Infinite when it is beyond the largest number.
    var value: Double {
        var left = parts
        guard var total = left.popLast() else { return 0 }
        var lost = 0.0
        while let part = left.popLast() {
            let before = total
            total = before + part
            lost = part - (total - before)
            if lost != 0 { break }
        }
        // Exactly half way: the parts below say on which side it really is.
        if lost != 0, let below = left.last, (lost < 0) == (below < 0) {
            let doubled = lost * 2
            let shifted = total + doubled
            if doubled == shifted - total { total = shifted }
        }
        return total
    }
}
