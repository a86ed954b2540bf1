import Platform
import Testing

@testable import RowSteps

/// Seen keys against a plain set, with so little memory that most of them are on the disk.
@Suite struct KeySetTests {
    private let directory = TemporaryDirectory()

    private func hash(_ number: UInt64) -> SipHash.Hash { withUnsafeBytes(of: number) { SipHash(seed: 3).hash($0) } }

    @Test(arguments: [(600, 20_000), (20_000, 60_000), (1 << 22, 20_000)])
    func answersAsASetDoesWhateverItsMemory(_ limit: Int, _ keys: Int) throws {
        var random = Seeded(UInt64(limit))
        let context = StepContext(spill: SpillDirectory(path: directory.fresh()), memoryLimit: limit)
        let seen = KeySet(step: "s", memoryLimit: limit, context: context)
        var model: Set<UInt64> = []
        var wrong = 0
        for _ in 0..<keys {
            // Half of them come again, near and far.
            let number = UInt64.random(in: 0..<UInt64(keys / 2), using: &random)
            if try seen.insert(hash(number)) != model.insert(number).inserted { wrong += 1 }
        }
        #expect(wrong == 0)
        #expect((seen.runCount > 0) == (limit < 1 << 20))
        // Merged again and again, and so few.
        #expect(seen.runCount < 40)
        context.spill.removeAll()
    }

    @Test func theKeyWhosePlaceLooksFreeIsAKeyLikeAnyOther() throws {
        let seen = KeySet(step: "s", memoryLimit: 600, context: StepContext(spill: SpillDirectory(path: directory.fresh()), memoryLimit: 600))
        let zero = SipHash.Hash(low: 0, high: 0)
        #expect(try seen.insert(zero))
        #expect(try !seen.insert(zero))
        for number in 0..<1000 { _ = try seen.insert(hash(UInt64(number))) }
        #expect(seen.runCount > 0)
        #expect(try !seen.insert(zero))
    }

    @Test(arguments: 0..<8)
    func aStateTakenAnywhereGivesTheSameAnswers(_ seed: UInt64) throws {
        var random = Seeded(seed)
        let limit = random.pick([600, 3000, 1 << 20])
        let path = directory.fresh()
        let context = StepContext(spill: SpillDirectory(path: path), memoryLimit: limit)
        var seen = KeySet(step: "s", memoryLimit: limit, context: context)
        var model: Set<UInt64> = []
        var wrong = 0
        for at in 0..<4000 {
            if at % 500 == 250 {
                var writer = StateWriter()
                try seen.snapshot(into: &writer)
                // What comes after the state is lost in the crash and comes again.
                for number in 0..<UInt64.random(in: 0..<300, using: &random) { _ = try seen.insert(hash(1 << 40 | number)) }
                var names = StateReader(writer.bytes)
                try context.spill.adopt(Set(try KeySet.files(in: &names, step: "s")))
                #expect(names.isAtEnd)
                seen = KeySet(step: "s", memoryLimit: limit, context: context)
                var reader = StateReader(writer.bytes)
                try seen.restore(from: &reader)
            }
            let number = UInt64.random(in: 0..<2000, using: &random)
            if try seen.insert(hash(number)) != model.insert(number).inserted { wrong += 1 }
        }
        #expect(wrong == 0, "seed \(seed)")
        for number in UInt64(0)..<300 { #expect(try seen.insert(hash(1 << 40 | number))) }
    }

    @Test func aRunThatIsGoneOrCutIsSaid() throws {
        let path = directory.fresh()
        let context = StepContext(spill: SpillDirectory(path: path), memoryLimit: 600)
        let seen = KeySet(step: "s", memoryLimit: 600, context: context)
        for number in 0..<500 { _ = try seen.insert(hash(UInt64(number))) }
        var writer = StateWriter()
        try seen.snapshot(into: &writer)
        try context.spill.adopt([])
        let error = #expect(throws: PipelineProblem.self) {
            var reader = StateReader(writer.bytes)
            try KeySet(step: "s", memoryLimit: 600, context: context).restore(from: &reader)
        }
        #expect(error?.category == .checkpoint)
    }
}
