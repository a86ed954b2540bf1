import Resilience
import Testing

@Suite struct BulkheadTests {
    @Test func firstComeFirstServed() {
        var bulkhead = Bulkhead(maxConcurrent: 2, maxWaiting: 2)
        #expect((1...5).map { bulkhead.enter($0) } == [.entered, .entered, .waiting, .waiting, .full])
        #expect(bulkhead.leave() == [3])
        #expect(bulkhead.leave() == [4])
        #expect(bulkhead.leave() == [])
        #expect(bulkhead.running == 1 && bulkhead.waiting == 0)
    }

    @Test func whoGivesUpIsNotCalled() {
        var bulkhead = Bulkhead(maxConcurrent: 1, maxWaiting: 3)
        for ticket in 1...4 as ClosedRange<UInt64> { _ = bulkhead.enter(ticket) }
        #expect(bulkhead.abandon(2) == true)
        #expect(bulkhead.abandon(2) == false && bulkhead.abandon(1) == false)
        #expect(bulkhead.leave() == [3])
        #expect(bulkhead.clearLine() == [4])
        #expect(bulkhead.leave() == [])
    }

    @Test func moreRoomIsUsedAtOnceAndLessAsCallsEnd() {
        var bulkhead = Bulkhead(maxConcurrent: 1, maxWaiting: 3)
        for ticket in 1...4 as ClosedRange<UInt64> { _ = bulkhead.enter(ticket) }
        #expect(bulkhead.resize(maxConcurrent: 3) == [2, 3])
        #expect(bulkhead.resize(maxConcurrent: 1) == [])
        #expect(bulkhead.leave() == [] && bulkhead.leave() == [])
        #expect(bulkhead.leave() == [4])
    }

    @Test(arguments: 0..<100 as Range<UInt64>)
    func neverMoreThanMayAndNobodyForgotten(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var bulkhead = Bulkhead(maxConcurrent: Int.random(in: 1...5, using: &generator), maxWaiting: Int.random(in: 0...5, using: &generator))
        var (running, waiting, next) = (Set<UInt64>(), [UInt64](), UInt64(0))
        for _ in 0..<500 {
            switch Int.random(in: 0..<5, using: &generator) {
            case 0, 1:
                next += 1
                switch bulkhead.enter(next) {
                case .entered: running.insert(next)
                case .waiting: waiting.append(next)
                case .full: #expect(waiting.count == bulkhead.maxWaiting, "seed \(seed)")
                }
            case 2, 3:
                guard let one = running.min() else { continue }
                running.remove(one)
                let turn = bulkhead.leave()
                #expect(Array(waiting.prefix(turn.count)) == turn, "seed \(seed)")
                waiting.removeFirst(turn.count)
                running.formUnion(turn)
            default:
                guard let one = waiting.randomElement(using: &generator) else { continue }
                #expect(bulkhead.abandon(one) == true, "seed \(seed)")
                waiting.removeAll { $0 == one }
            }
            #expect(bulkhead.running == running.count && bulkhead.waiting == waiting.count, "seed \(seed)")
            #expect(running.count <= bulkhead.maxConcurrent, "seed \(seed)")
            #expect(waiting.isEmpty || running.count == bulkhead.maxConcurrent, "seed \(seed): somebody waits beside a free place")
        }
    }
}
