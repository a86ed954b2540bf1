import Platform
import Rows
import Testing

@testable import RowSteps

@Suite struct ExternalSorterTests {
    private let directory = TemporaryDirectory()

    private func key(_ number: UInt64) -> [UInt8] { (0..<Int(number % 5 + 1)).map { UInt8(truncatingIfNeeded: number >> (8 * UInt64($0))) } }

    private func all(_ sorter: ExternalSorter) throws -> [[UInt8]] {
        var result: [[UInt8]] = []
        while let record = try sorter.next() { result.append(Array(record.key) + Array(record.payload)) }
        return result
    }

    @Test(arguments: [256, 1000, 10_000, 1 << 20])
    func sortsAsMemoryWouldWhateverItsLimit(_ limit: Int) throws {
        var random = Seeded(UInt64(limit))
        let spill = SpillDirectory(path: directory.path)
        let sorter = ExternalSorter(step: "s", memoryLimit: limit, directory: spill)
        var expected: [(key: [UInt8], payload: [UInt8])] = []
        for number in 0..<2000 {
            let (key, payload) = (key(random.next()), (0..<Int.random(in: 0..<40, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) })
            expected.append((key, payload))
            try sorter.add(key: key, sequence: UInt64(number), payload: payload)
        }
        let order = expected.enumerated().sorted { a, b in
            a.element.key == b.element.key ? a.offset < b.offset : (a.element.key + bigEndian(a.offset)).lexicographicallyPrecedes(b.element.key + bigEndian(b.offset))
        }
        #expect(try all(sorter) == order.map { $0.element.key + bigEndian($0.offset) + $0.element.payload })
        #expect((sorter.runCount > 1) == (limit <= 10_000) && sorter.runCount <= ExternalSorter.fanIn)
        spill.removeAll()
        #expect(!Files.isDirectory(directory.path))
    }

    /// With a checkpoint now and then, files that a state names are few, and on the disk is hardly more than each record once.
    @Test func runsAreMergedOnTheWayAndWhatWasMergedGoes() throws {
        let spill = SpillDirectory(path: directory.path)
        let sorter = ExternalSorter(step: "s", memoryLimit: 256, directory: spill)
        let count = 6000
        var random = Seeded(3), written = 0, most = 0
        let keys = (0..<count).map { _ in random.next() }
        for (number, key) in keys.enumerated() {
            try sorter.add(key: bigEndian(Int(key >> 1)), sequence: UInt64(number), payload: [])
            written += 24
            guard number % 500 == 499 else { continue }
            var writer = StateWriter()
            try sorter.snapshot(into: &writer)
            spill.remove(spill.takeReleased(by: "s"))
            var names = StateReader(writer.bytes)
            let files = try ExternalSorter.files(in: &names)
            #expect(try Files.list(directory.path).sorted() == files.sorted())
            #expect(files.count < 3 * ExternalSorter.fanIn)
            most = max(most, files.count)
            let size = try files.reduce(0) { try $0 + Files.read("\(directory.path)/\($1)").count }
            guard size == written else { return #expect(size == written, "each record is there once") }
        }
        #expect(most > ExternalSorter.fanIn / 2)
        let order = keys.enumerated().sorted { ($0.element >> 1, $0.offset) < ($1.element >> 1, $1.offset) }
        #expect(try all(sorter) == order.map { bigEndian(Int($0.element >> 1)) + bigEndian($0.offset) })
        spill.removeAll()
    }

    private func bigEndian(_ number: Int) -> [UInt8] { withUnsafeBytes(of: UInt64(number).bigEndian) { Array($0) } }

    @Test(arguments: 0..<8)
    func aStateTakenAnywhereGivesTheSameRest(_ seed: UInt64) throws {
        var random = Seeded(seed)
        let records = (0..<300).map { ([UInt8.random(in: 0...9, using: &random)], [UInt8](repeating: UInt8($0 % 256), count: Int.random(in: 0..<20, using: &random))) }
        let whole = ExternalSorter(step: "s", memoryLimit: 1 << 20, directory: SpillDirectory(path: directory.path))
        for (number, record) in records.enumerated() { try whole.add(key: record.0, sequence: UInt64(number), payload: record.1) }
        let expected = try all(whole)

        let spill = SpillDirectory(path: directory.path)
        var sorter = ExternalSorter(step: "s", memoryLimit: Int.random(in: 256...4000, using: &random), directory: spill)
        func restart() throws {
            var writer = StateWriter()
            try sorter.snapshot(into: &writer)
            var names = StateReader(writer.bytes)
            // A crash: another directory object finds only what the state names.
            let files = try ExternalSorter.files(in: &names)
            try SpillDirectory(path: directory.path).adopt(Set(files))
            sorter = ExternalSorter(step: "s", memoryLimit: Int.random(in: 256...4000, using: &random), directory: spill)
            var reader = StateReader(writer.bytes)
            try sorter.restore(from: &reader)
        }
        for (number, record) in records.enumerated() {
            if random.chance(3) { try restart() }
            try sorter.add(key: record.0, sequence: UInt64(number), payload: record.1)
        }
        var result: [[UInt8]] = []
        while let record = try sorter.next() {
            result.append(Array(record.key) + Array(record.payload))
            if random.chance(3) { try restart() }
        }
        #expect(result == expected, "seed \(seed)")
        spill.removeAll()
    }

    @Test func aLostFileIsSaidAndNotSortedAround() throws {
        let spill = SpillDirectory(path: directory.path)
        let sorter = ExternalSorter(step: "s", memoryLimit: 256, directory: spill)
        for number in 0..<100 { try sorter.add(key: [UInt8(number)], sequence: 0, payload: [1, 2, 3]) }
        var writer = StateWriter()
        try sorter.snapshot(into: &writer)
        spill.removeAll()
        let again = ExternalSorter(step: "s", memoryLimit: 256, directory: spill)
        var reader = StateReader(writer.bytes)
        let error = #expect(throws: PipelineProblem.self) {
            try again.restore(from: &reader)
            while try again.next() != nil {}
        }
        #expect(error?.category == .checkpoint)
    }
}
