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
}
