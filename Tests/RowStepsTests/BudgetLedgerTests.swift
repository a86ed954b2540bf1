import Testing

@testable import RowSteps

@Suite struct BudgetLedgerTests {
    @Test func theRowAfterTheLastAllowedOneSpendsIt() {
        var ledger = BudgetLedger(ErrorBudget(rows: 2))
        #expect(ledger.reject(row: 5) == nil)
        #expect(ledger.reject(row: 6) == nil)
        #expect(ledger.reject(row: 1_000_000) == .rows(allowed: 2))
        var none = BudgetLedger(ErrorBudget(rows: 0))
        #expect(none.reject(row: 1) == .rows(allowed: 0))
    }

    @Test func theWindowForgetsWhatLiesBehindIt() {
        // 1 % of 1000 rows: ten.
        var ledger = BudgetLedger(ErrorBudget(percent: 1, window: 1000))
        for row in 1...10 { #expect(ledger.reject(row: Int64(row)) == nil) }
        #expect(ledger.reject(row: 1000) == .window(allowed: 10, window: 1000))
        var moved = BudgetLedger(ErrorBudget(percent: 1, window: 1000))
        for row in 1...10 { #expect(moved.reject(row: Int64(row)) == nil) }
        #expect(moved.reject(row: 1001) == nil)
        for row in 1002...1010 { #expect(moved.reject(row: Int64(row)) == nil) }
        #expect(moved.reject(row: 1010) == .window(allowed: 10, window: 1000))
    }

    @Test func atTheEndThePercentageIsOfAllRows() {
        var ledger = BudgetLedger(ErrorBudget(percent: 10, window: 1000))
        for row in 1...5 { #expect(ledger.reject(row: Int64(row)) == nil) }
        #expect(ledger.atEnd(rowsRead: 50) == nil)
        #expect(ledger.atEnd(rowsRead: 49) == .percent(rejected: 5, read: 49))
        #expect(BudgetLedger(ErrorBudget(percent: 0)).atEnd(rowsRead: 10) == nil)
    }

    @Test func aHundredPercentAllowsEverythingAndNothingSetAllowsEverything() {
        var all = BudgetLedger(ErrorBudget(percent: 100, window: 1))
        var open = BudgetLedger(ErrorBudget())
        for row in 1...5000 {
            #expect(all.reject(row: Int64(row)) == nil)
            #expect(open.reject(row: Int64(row)) == nil)
        }
        #expect(all.atEnd(rowsRead: 5000) == nil)
        #expect(open.atEnd(rowsRead: 5000) == nil)
    }

    @Test(arguments: 0..<30)
    func agreesWithCountingAndSurvivesRestarts(_ seed: UInt64) throws {
        var random = Seeded(seed)
        let window = Int64.random(in: 1...50, using: &random)
        let budget = ErrorBudget(hundredthsOfPercent: Int64.random(in: 0...3000, using: &random), window: window)
        var ledger = BudgetLedger(budget)
        var rows: [Int64] = []
        for row in Int64(1)...400 where random.chance(8) {
            rows.append(row)
            let inWindow = rows.filter { $0 > row - window }.count
            let allowed = window * (budget.hundredthsOfPercent ?? 0) / 10_000
            let expected: BudgetLedger.Exceeded? = Int64(inWindow) > allowed ? .window(allowed: allowed, window: window) : nil
            #expect(ledger.reject(row: row) == expected, "seed \(seed), row \(row)")
            if random.chance(20) {
                var restored = BudgetLedger(budget)
                try restored.restore(ledger.snapshot())
                ledger = restored
            }
        }
    }

    private static var unset: ErrorBudget {
        var budget = ErrorBudget(window: 100)
        budget.endsWhenNothingPasses = true
        return budget
    }

    @Test func withoutABudgetAStepThatRejectsAllThatReachesItEndsTheRun() {
        var ledger = BudgetLedger(Self.unset)
        ledger.note([StepPassage(step: 0, rows: 40, rejected: 1), StepPassage(step: 1, rows: 39, rejected: 0), StepPassage(step: 2, rows: 3, rejected: 3)])
        #expect(ledger.atEnd(rowsRead: 40) == .nothingPassed(step: 2, rows: 3))
        // One row that gets through is enough.
        ledger.note([StepPassage(step: 2, rows: 1, rejected: 0)])
        #expect(ledger.atEnd(rowsRead: 41) == nil)
        // Nothing reached it, or there is a budget.
        var idle = BudgetLedger(Self.unset), bounded = BudgetLedger(ErrorBudget(rows: 5))
        idle.note([StepPassage(step: 1, rows: 0, rejected: 0)])
        bounded.note([StepPassage(step: 1, rows: 5, rejected: 5)])
        #expect(idle.atEnd(rowsRead: 0) == nil && bounded.atEnd(rowsRead: 5) == nil)
    }

    @Test func aWindowOfFirstRowsWithoutAGoodOneEndsItAtOnce() {
        var ledger = BudgetLedger(Self.unset)
        for row in 1..<100 { #expect(ledger.reject(row: Int64(row)) == nil) }
        #expect(ledger.reject(row: 100) == .nothingPassedYet(rows: 100))
        // Row 7 was good: however many follow, they aren't all.
        var passed = BudgetLedger(Self.unset)
        for row in 1...500 where row != 7 { #expect(passed.reject(row: Int64(row)) == nil) }
    }

    @Test func whatStepsRejectedSurvivesARestart() throws {
        var ledger = BudgetLedger(Self.unset)
        for row in 1...60 { _ = ledger.reject(row: Int64(row)) }
        ledger.note([StepPassage(step: 1, rows: 60, rejected: 60)])
        var restored = BudgetLedger(Self.unset)
        try restored.restore(ledger.snapshot())
        restored.note([StepPassage(step: 1, rows: 2, rejected: 2)])
        #expect(restored.atEnd(rowsRead: 62) == .nothingPassed(step: 1, rows: 62))
        for row in 61...99 { #expect(restored.reject(row: Int64(row)) == nil) }
        #expect(restored.reject(row: 100) == .nothingPassedYet(rows: 100))
    }

    @Test func theWordsAreThoseOfOneRowOrOfMany() {
        let bad = PipelineProblem(.error, .data, what: "column qty is no date", why: "\"3\" can't be read as a date", fix: "")
        #expect(BudgetLedger.Exceeded.nothingPassed(step: 2, rows: 1).problem(bad, at: "step day").why == "the only row that reached step day was rejected, because column qty is no date: \"3\" can't be read as a date")
        #expect(BudgetLedger.Exceeded.nothingPassed(step: 0, rows: 1200).problem(nil).why == "each of the 1,200 rows that were read was rejected")
        #expect(BudgetLedger.Exceeded.rows(allowed: 1).problem(nil).why == "more than 1 row was rejected")
        #expect(BudgetLedger.Exceeded.percent(rejected: 1, read: 4).problem(nil).why == "1 of 4 rows was rejected")
    }
}
