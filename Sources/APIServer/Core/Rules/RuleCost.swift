import Expressions
import Kernel

/// Adds up what the rules of a definition may cost, and says when that is too much.
struct RuleCost {
    private(set) var total: UInt64 = 0
    /// The four dearest, of those that take at least a hundredth of what all may cost.
    private(set) var dearest: [(field: String, cost: UInt64)] = []

    mutating func observe(_ cost: UInt64, at field: String) {
        let sum = total.addingReportingOverflow(cost)
        total = sum.overflow ? .max : sum.partialValue
        guard cost >= Limits.estimatePerDefinition / 100 else { return }
        let place = dearest.firstIndex { $0.cost < cost } ?? dearest.endIndex
        dearest.insert((field, cost), at: place)
        if dearest.count > 4 { dearest.removeLast() }
    }

    /// What is wrong with all of them together.
    func problems(_ path: String) -> [StatusCause] {
        guard total > Limits.estimatePerDefinition else { return [] }
        return dearest.map { .forbidden($0.field, "contributed to estimated rule cost total exceeding cost limit for entire OpenAPIv3 schema") } + [
            .forbidden(path, Self.message("x-kubernetes-validations estimated rule cost total for entire OpenAPIv3 schema", total, Limits.estimatePerDefinition))
        ]
    }

    static func message(_ what: String, _ cost: UInt64, _ limit: UInt64) -> String {
        let factor = Double(cost) / Double(limit)
        let said: String
        if factor > 100 {
            said = "more than 100"
        } else {
            // Six digits where one would say 1.0, which is no excess.
            let places: Double = factor < 1.5 ? 1_000_000 : 10
            let scaled = Int((factor * places).rounded(.toNearestOrEven))
            let digits = String(scaled % Int(places))
            said = "\(scaled / Int(places))." + String(repeating: "0", count: (factor < 1.5 ? 6 : 1) - digits.count) + digits
        }
        return "\(what) exceeds budget by factor of \(said)x (try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared)"
    }

    /// What a rule costs that runs so often.
    static func product(_ cost: UInt64, _ count: UInt64) -> UInt64 {
        let product = cost.multipliedReportingOverflow(by: count)
        return product.overflow ? .max : product.partialValue
    }
}
