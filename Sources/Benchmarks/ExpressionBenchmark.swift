import Expressions
import Glibc
import Kernel

/// Compiling and evaluating expressions; the same cases as hack/bench gives to the peers.
enum ExpressionBenchmark {
    /// A row of a table: columns are variables, read without making a tree of it.
    private final class Row: Activation {
        var quantity: Int64 = 0
        var price = 0.0
        let status = "open"

        func value(of variable: Int) -> Value? {
            switch variable {
            case 0: .int(quantity)
            case 1: .double(price)
            default: .string(status)
            }
        }
    }

    static let rule = #"self.replicas <= self.maxReplicas && self.name.startsWith("a")"#
    static let longRule = #"has(self.replicas) && self.replicas <= self.maxReplicas && self.name.size() < 64 && self.mode in ["A","B"]"#
    static let rowFilter = #"quantity > 5 && status == "open" && price * 1.19 < 100.0"#
    static let macro = "self.items.all(i, i.port > 0 && i.port < 65536)"
    static let pattern = #"self.name.matches("^[a-z0-9]([-a-z0-9]*[a-z0-9])?$")"#
    static let object: JSON = [
        "replicas": 3, "maxReplicas": 10, "name": "alpha-gateway", "mode": "B", "items": .array((1...10).map { ["name": "p\($0)", "port": .int(Int64($0) * 1000)] }),
    ]

    /// - Parameter seconds: how long each case is measured.
    static func run(seconds: Double) throws {
        let item = ObjectType(name: "item", fields: [.init("name", .string), .init("port", .int)])
        let type = ObjectType(
            name: "object",
            fields: [.init("replicas", .int), .init("maxReplicas", .int), .init("name", .string), .init("mode", .string), .init("items", .list(.object(item)))])
        let typed = Environment(libraries: Library.kubernetes, variables: [Variable("self", .object(type))])
        let dynamic = Environment(libraries: Library.kubernetes, variables: [Variable("self", .dyn)])
        var result = JSONObject()
        for (name, environment, source, value) in [
            ("rule", typed, rule, Value(object, as: .object(type))), ("ruleOnDynamic", dynamic, rule, Value(object)),
            ("macroOver10", typed, macro, Value(object, as: .object(type))), ("pattern", typed, pattern, Value(object, as: .object(type))),
        ] {
            let program = try environment.compile(source)
            let bindings = Bindings([value])
            result["\(name)Nanoseconds"] = .double(
                try measure(seconds) {
                    guard try program.evaluateCondition(bindings) else { throw Misused() }
                })
        }
        let table = Environment(variables: [Variable("quantity", .int), Variable("price", .double), Variable("status", .string)])
        let filter = try table.compile(rowFilter)
        let row = Row()
        var kept = 0
        result["rowFilterNanoseconds"] = .double(
            try measure(seconds) {
                row.quantity = (row.quantity + 1) & 1023
                row.price = Double(row.quantity & 127)
                if try filter.evaluateCondition(row) { kept += 1 }
            })
        result["compileNanoseconds"] = .double(
            try measure(seconds) {
                guard try typed.compile(longRule).resultType == .bool else { throw Misused() }
            })
        print(JSON.object(result).text)
    }

    /// Nanoseconds a call: the median of ten rounds, in time of the processor, so that what else runs on the machine counts less.
    private static func measure(_ seconds: Double, _ body: () throws -> Void) rethrows -> Double {
        var count = 1
        while true {
            let start = processorTime()
            for _ in 0..<count { try body() }
            if processorTime() - start > seconds / 20 { break }
            count *= 2
        }
        var rounds: [Double] = []
        for _ in 0..<10 {
            let start = processorTime()
            for _ in 0..<count { try body() }
            rounds.append((processorTime() - start) * 1e9 / Double(count))
        }
        return (rounds.sorted()[5] * 10).rounded() / 10
    }

    /// Of this thread, in seconds.
    private static func processorTime() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
