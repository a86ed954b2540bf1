import Rows
import Testing

@testable import RowSteps

/// Sort and aggregate against a plain model of them, with so little memory that nearly every batch spills.
@Suite struct BlockingStepTests {
    private let directory = TemporaryDirectory()
    private let columns = [StepColumn("k"), StepColumn("i"), StepColumn("d"), StepColumn("f"), StepColumn("day")]
    private let rules = [ColumnRule(name: "i", type: .integer), ColumnRule(name: "d", type: .decimal), ColumnRule(name: "f", type: .float), ColumnRule(name: "day", type: .date)]

    private func context(_ limit: Int) -> StepContext { StepContext(spill: SpillDirectory(path: directory.fresh()), memoryLimit: limit, seed: 5) }

    private func rows(_ random: inout Seeded, _ count: Int) -> [[String?]] {
        (0..<count).map { _ in
            func maybe(_ text: String) -> String? { random.chance(10) ? nil : text }
            return [
                maybe(random.pick(["a", "b", "", "a\u{0}b", "a\u{0}", "ab", "é", "Z", "long key number one", "x,\"y\""])), maybe("\(Int.random(in: -20...20, using: &random))"),
                maybe(random.pick(["1", "1.0", "1.00", "-0.5", "10", "2", "0.05", "-10.25", "0", "100", "99.99"])), maybe(random.pick(["0.1", "0.2", "1e16", "-1e16", "3.5", "1", "-0.0", "0"])),
                maybe(random.pick(["2026-01-01", "1969-05-05", "2026-01-02"])),
            ]
        }
    }

    private func order(_ a: String?, _ b: String?, _ column: Int) -> Int {
        switch (a, b) {
        case (nil, nil): return 0
        case (nil, _): return 1
        case (_, nil): return -1
        case (let a?, let b?):
            switch column {
            case 1: return Int(a)! < Int(b)! ? -1 : Int(a)! == Int(b)! ? 0 : 1
            case 2, 3: return Double(a)! < Double(b)! ? -1 : Double(a)! == Double(b)! ? 0 : 1
            default: return Array(a.utf8) == Array(b.utf8) ? 0 : a.utf8.lexicographicallyPrecedes(b.utf8) ? -1 : 1
            }
        }
    }

    @Test(arguments: 0..<14)
    func sortsLikeTheModel(_ seed: UInt64) throws {
        var random = Seeded(seed)
        let input = rows(&random, 200)
        let keys = (0..<Int.random(in: 1...3, using: &random)).map { _ in (random.pick([0, 1, 2, 3, 4]), random.chance(50)) }
        let step = StepDescription.sort(keys.map { SortKey(column: columns[$0.0].name, order: $0.1 ? .descending : .ascending) })
        let result = try run(
            [("columns", TypingFactory(rules: rules)), ("sort", DescribedStepFactory(step))], on: input, columns: columns, batchRows: 16, context: context(random.pick([256, 4000, 1 << 20])))
        let expected = input.enumerated().sorted { a, b in
            for (column, isDescending) in keys {
                let order = order(a.element[column], b.element[column], column)
                if order != 0 { return isDescending ? order > 0 : order < 0 }
            }
            return a.offset < b.offset
        }.map(\.element)
        #expect(result.rows == expected, "seed \(seed)")
        #expect(result.account.isBalanced)
    }

    @Test(arguments: 0..<14)
    func aggregatesLikeTheModel(_ seed: UInt64) throws {
        var random = Seeded(seed)
        let input = rows(&random, 200)
        let functions: [Aggregation] = [
            Aggregation(name: "n", function: .count), Aggregation(name: "ni", function: .count, of: "i"), Aggregation(name: "sum", function: .sum, of: "i"),
            Aggregation(name: "min", function: .min, of: "i"), Aggregation(name: "max", function: .max, of: "day"), Aggregation(name: "least", function: .min, of: "k"),
        ]
        let groups = random.pick([["k"], ["day", "i"], [], ["d"]])
        var reference: [StepRun] = []
        for limit in [1 << 22, 600, 5000] {
            reference.append(
                try run(
                    [("columns", TypingFactory(rules: rules)), ("aggregate", DescribedStepFactory(.aggregate(groupBy: groups, columns: functions)))], on: input, columns: columns,
                    batchRows: 16, context: context(limit)))
        }
        #expect(reference[0].rows == reference[1].rows, "seed \(seed)")
        #expect(reference[0].rows == reference[2].rows, "seed \(seed)")
        // The model: groups by the text of their keys (decimals by value), in the order of first rows.
        let positions = groups.map { name in columns.firstIndex { $0.name == name }! }
        var order: [[String?]] = []
        var members: [[[String?]]] = []
        for row in input {
            let key = positions.map { position in row[position].map { position == 2 ? "\(Double($0)!)" : $0 } }
            if let known = order.firstIndex(of: key) { members[known].append(row) } else {
                order.append(key)
                members.append([row])
            }
        }
        let expected: [[String?]] = members.map { rows in
            let numbers = rows.compactMap { $0[1].flatMap { Int($0) } }
            return positions.map { rows[0][$0] } + [
                "\(rows.count)", "\(numbers.count)", numbers.isEmpty ? nil : "\(numbers.reduce(0, +))", numbers.min().map { "\($0)" }, rows.compactMap { $0[4] }.max(),
                rows.compactMap { $0[0] }.min { $0.utf8.lexicographicallyPrecedes($1.utf8) },
            ]
        }
        #expect(reference[0].rows == expected, "seed \(seed)")
        #expect(reference.allSatisfy { $0.account.isBalanced })
    }

    @Test(arguments: 0..<8)
    func sumsOfFloatsAndDecimalsDoNotDependOnMemoryOrOrder(_ seed: UInt64) throws {
        var random = Seeded(seed)
        let input = rows(&random, 300)
        let functions = [
            Aggregation(name: "f", function: .sum, of: "f"), Aggregation(name: "d", function: .sum, of: "d"), Aggregation(name: "mean", function: .mean, of: "d"),
            Aggregation(name: "m", function: .mean, of: "f"),
        ]
        func sums(_ rows: [[String?]], _ limit: Int) throws -> [[String?]] {
            try run(
                [("columns", TypingFactory(rules: rules)), ("aggregate", DescribedStepFactory(.aggregate(groupBy: ["k"], columns: functions))), ("sort", DescribedStepFactory(.sort([SortKey(column: "k")])))],
                on: rows, columns: columns, batchRows: 16, context: context(limit)
            ).rows
        }
        let whole = try sums(input, 1 << 22)
        #expect(try sums(input, 600) == whole, "seed \(seed)")
        #expect(try sums(input.shuffled(using: &random), 2000) == whole, "seed \(seed)")
    }

    @Test func exactSumsRoundOnce() {
        func sum(_ values: [Double]) -> Double {
            var sum = ExactSum()
            for value in values { sum.add(value) }
            return sum.value
        }
        #expect(sum([]) == 0)
        #expect(sum(Array(repeating: 0.1, count: 10)) == 1.0)
        #expect(sum([1e16, 1, -1e16]) == 1)
        #expect(sum([1, 1e100, 1, -1e100]) == 2)
        // Half way between two numbers, decided by what lies below.
        #expect(sum([9007199254740992, 1, 1e-300]) == 9007199254740994)
        #expect(sum([9007199254740992, 1, -1e-300]) == 9007199254740992)
    }

    /// A state taken between any two batches, and between any two drained packets, must lead to the same end.
    @Test(arguments: 0..<14)
    func statesResumeAnywhere(_ seed: UInt64) throws {
        var random = Seeded(seed)
        let input = rows(&random, 120)
        let description: StepDescription = random.pick([
            .sort([SortKey(column: "i", order: .descending), SortKey(column: "k")]), .aggregate(groupBy: ["k"], columns: [Aggregation(name: "s", function: .sum, of: "f"), Aggregation(name: "m", function: .max, of: "d")]),
            .deduplicate(keys: ["k", "i"], keep: .last), .deduplicate(keys: ["k"], keep: .first),
        ])
        let steps: [(String, any RowStepFactory)] = [("columns", TypingFactory(rules: rules)), ("unique", UniqueFactory(rules: [ColumnRule(name: "i", type: .integer, unique: true)])), ("x", DescribedStepFactory(description))]
        var shared = context(random.pick([600, 1 << 20]))
        // Small batches on the way out as well.
        shared.batches = BatchPool(rows: 16, bytes: 256)
        var unbounded = shared
        unbounded.memoryLimit = 64 << 20
        let expected = try run(steps, on: input, columns: columns, batchRows: 16, context: unbounded)

        var instances = try make(steps, shared)
        func crash() throws {
            let states = try instances.map { step throws(PipelineProblem) in try step.snapshot() }
            instances = try make(steps, shared)
            var files: Set<String> = []
            for (step, state) in zip(instances, states) { files.formUnion(try step.spillFiles(in: state)) }
            try shared.spill.adopt(files)
            for (step, state) in zip(instances, states) { try step.restore(state) }
        }
        var result: [[String?]] = []
        var account = RowAccount()
        let output = try #require(instances.last).outputColumns
        func finish(_ packet: RowPacket, from first: Int) throws {
            for step in instances[first...] { try step.process(packet) }
            result += texts(packet.batch, output)
            account += packet.account
        }
        for start in stride(from: 0, to: input.count, by: 16) {
            if random.chance(30) { try crash() }
            try finish(RowPacket(makeBatch(Array(input[start..<min(start + 16, input.count)]), columns: columns.count, firstRow: Int64(start + 1))), from: 0)
        }
        for index in instances.indices {
            while true {
                if random.chance(30) { try crash() }
                guard let packet = try instances[index].drain() else { break }
                try finish(packet, from: index + 1)
            }
        }
        #expect(result == expected.rows, "seed \(seed)")
        #expect(account.filtered == expected.account.filtered && account.merged == expected.account.merged, "seed \(seed)")
        shared.spill.removeAll()
    }

    /// Keys that went to the disk, with states taken between batches and everything behind the last state lost.
    @Test(arguments: 0..<6)
    func seenKeysResumeFromTheDisk(_ seed: UInt64) throws {
        var random = Seeded(seed)
        let input = (0..<3000).map { _ -> [String?] in
            ["k\(Int.random(in: 0..<1500, using: &random))", random.chance(5) ? nil : "\(Int.random(in: 0..<4000, using: &random))", "1", "1", nil]
        }
        let steps: [(String, any RowStepFactory)] = [
            ("columns", TypingFactory(rules: rules)), ("unique", UniqueFactory(rules: [ColumnRule(name: "i", type: .integer, unique: true)])),
            ("x", DescribedStepFactory(.deduplicate(keys: ["k"], keep: .first))),
        ]
        let expected = try run(steps, on: input, columns: columns, batchRows: 100, context: context(64 << 20))
        let little = context(1000)
        var instances = try make(steps, little)
        var states = try instances.map { step throws(PipelineProblem) in try step.snapshot() }
        var (done, sinceState): (Int, [[String?]]) = (0, [])
        var (result, rejected): ([[String?]], [Int64]) = ([], [])
        var rejectedSinceState: [Int64] = []
        var at = 0
        var crashes = 0
        while at < input.count {
            if random.chance(15), crashes < 20 {
                // Everything since the last state comes again.
                crashes += 1
                instances = try make(steps, little)
                var files: Set<String> = []
                for (step, state) in zip(instances, states) { files.formUnion(try step.spillFiles(in: state)) }
                try little.spill.adopt(files)
                for (step, state) in zip(instances, states) { try step.restore(state) }
                (at, sinceState, rejectedSinceState) = (done, [], [])
            } else if random.chance(40) {
                states = try instances.map { step throws(PipelineProblem) in try step.snapshot() }
                for step in instances { little.spill.remove(little.spill.takeReleased(by: step.name)) }
                result += sinceState
                rejected += rejectedSinceState
                (done, sinceState, rejectedSinceState) = (at, [], [])
            }
            let part = Array(input[at..<min(at + 100, input.count)])
            let packet = RowPacket(makeBatch(part, columns: columns.count, firstRow: Int64(at + 1)))
            for step in instances { try step.process(packet) }
            sinceState += texts(packet.batch, try #require(instances.last).outputColumns)
            rejectedSinceState += packet.rejections.map(\.row)
            at += part.count
        }
        #expect(result + sinceState == expected.rows, "seed \(seed)")
        #expect(rejected + rejectedSinceState == expected.rejections.map(\.row), "seed \(seed)")
        #expect(crashes > 0)
        // Both have runs on the disk by now.
        for instance in instances[1...] { #expect(try instance.spillFiles(in: instance.snapshot()).count > 1) }
        little.spill.removeAll()
    }

    private func make(_ steps: [(String, any RowStepFactory)], _ context: StepContext) throws -> [any RowStep] {
        var input = columns
        return try steps.map { name, factory in
            let step = try factory.makeStep(name: name, input: input, context: context)
            input = step.outputColumns
            return step
        }
    }
}
