import EnvironmentPlan
import Testing

@Suite struct SecretMaskTests {
    private func masked(_ text: String, _ values: String...) -> String {
        var secret: [String: Hidden<[UInt8]>] = [:]
        for (index, value) in values.enumerated() { secret["k\(index)"] = Hidden(Array(value.utf8)) }
        return SecretMask(["s": secret]).masked(text)
    }

    @Test func valuesAreCoveredWhereverTheyStand() {
        #expect(masked("p=hunter2 and hunter2", "hunter2") == "p=*** and ***")
        #expect(masked("hunter2", "hunter2") == "***")
        #expect(masked("nothing of it", "hunter2") == "nothing of it")
        #expect(masked("", "hunter2").isEmpty)
        #expect(SecretMask().masked("text") == "text")
    }

    @Test func overlappingValuesLeaveNoRemainder() {
        #expect(masked("x abcdefgh y", "abcdef", "defgh") == "x *** y")
        #expect(masked("x abcdabcd y", "abcd") == "x *** y")
        #expect(masked("x long-password-2 y", "long-password", "long-password-2") == "x *** y")
    }

    @Test func linesOfAValueAreCoveredOneByOneAndWithoutTheirLineEnd() {
        #expect(masked("user=root | pass: swordfish", "login\r\nswordfish\n") == "user=root | pass: ***")
    }

    @Test func shortValuesAreLeft() {
        #expect(masked("yes or no, 123", "yes", "no", "123", "\n\n") == "yes or no, 123")
        #expect(masked("schön: äää", "äää") == "schön: ***", "bytes count, not letters")
    }
}
