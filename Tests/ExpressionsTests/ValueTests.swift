import Expressions
import Kernel
import Testing

@Suite struct ValueTests {
    @Test func numbersAreEqualByTheirWorthWhateverTheirKind() {
        #expect(Value.int(1).equals(.double(1)))
        #expect(Value.uint(1).equals(.int(1)))
        #expect(!Value.int(-1).equals(.uint(.max)))
        #expect(!Value.double(.nan).equals(.double(.nan)))
        // Beside a double an integer counts as the nearest double.
        #expect(Value.int(9_007_199_254_740_993).equals(.double(9_007_199_254_740_992)))
        #expect(Value.double(1e300).order(.uint(.max)) == .greater)
    }

    @Test func textsAreEqualByBytesAndOrderedByCodePoints() {
        #expect(!Value.string("\u{E9}").equals(.string("e\u{301}")))
        #expect(Value.string("\u{FFFD}").order(.string("\u{1F600}")) == .less)
    }

    @Test func jsonIsReadAsTheSchemaSays() {
        #expect(Value(3, as: .double).type == .double)
        #expect(Value("2026-11-20T06:00:00Z", as: .timestamp).equals(.timestamp(Timestamp(seconds: 1_795_154_400))))
        #expect(Value("1h30m", as: .duration).equals(.duration(5400 * 1_000_000_000)))
        #expect(Value("aGk=", as: .bytes).equals(.bytes([0x68, 0x69])))
        let weights = Value([1, 2.5], as: .list(.double))
        guard case .list(let list) = weights else { return #expect(Bool(false)) }
        #expect(list[0]?.type == .double)
        #expect(list[2] == nil)
    }

    @Test func anObjectShowsItsDeclaredFieldsOnly() {
        let type = ObjectType(name: "object", fields: [.init("a__dash__b", .int, property: "a-b"), .init("c", .string)])
        guard case .map(let map) = Value(["a-b": 1, "hidden": 2], as: .object(type)) else { return #expect(Bool(false)) }
        #expect(map.count == 1)
        #expect(map["a__dash__b"]?.equals(.int(1)) == true)
        #expect(map["a-b"] == nil)
        #expect(map["hidden"] == nil)
    }

    @Test func mapsFindNumbersAcrossTheirKinds() throws {
        let map = try ValueMap([(key: .int(1), value: .string("a")), (key: .uint(.max), value: .string("b"))])
        #expect(map[.double(1)]?.equals(.string("a")) == true)
        #expect(map[.uint(1)] != nil)
        #expect(map[.uint(.max)]?.equals(.string("b")) == true)
        #expect(map[.double(1.5)] == nil)
        #expect(throws: EvaluationError.self) { try ValueMap([(key: .double(1), value: .null)]) }
    }
}
