import RegularExpressions
import Testing

@Suite struct ReadingTests {
    /// Who looks for one match after the other can stop when all of them together take too long.
    @Test func aSearchSaysHowManyStepsItMade() throws {
        var steps = 0
        let text = String(repeating: "a", count: 50)
        #expect(try RegularExpression(".*b|a").firstMatch(in: text, from: 10, steps: &steps)?.range == 10..<11)
        #expect(steps >= 80 && steps <= 4_000)
        steps = 0
        #expect(try RegularExpression("a").firstMatch(in: text, from: 0, steps: &steps)?.range == 0..<1)
        #expect(steps <= 20)
    }

    @Test func aSearchGivesUpWhereItTakesTooManySteps() throws {
        let text = String(repeating: "a", count: 1000)
        var steps = 0
        #expect(try RegularExpression("(a|a{200})z").firstMatch(in: text, from: 0, steps: &steps, most: 5_000) == nil)
        #expect(steps > 5_000 && steps < 7_000)
        for pattern in ["(a|a{200})z", "a{150}z"] {
            steps = 0
            #expect(try !RegularExpression(pattern).matches(text, steps: &steps, most: 900))
            #expect(steps > 900)
        }
        steps = 0
        #expect(try RegularExpression("a{3}").matches(text, steps: &steps, most: 1_000))
    }
}
