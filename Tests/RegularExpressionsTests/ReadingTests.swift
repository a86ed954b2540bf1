import RegularExpressions
import Testing

@Suite struct ReadingTests {
    /// Who looks for one match after the other can stop when all of them together read too much.
    @Test func aSearchSaysHowMuchItRead() throws {
        var read = 0
        let text = String(repeating: "a", count: 50)
        #expect(try RegularExpression(".*b|a").firstMatch(in: text, from: 10, read: &read)?.range == 10..<11)
        #expect(read >= 39 && read <= 40)
        read = 0
        #expect(try RegularExpression("a").firstMatch(in: text, from: 0, read: &read)?.range == 0..<1)
        #expect(read <= 2)
    }
}
