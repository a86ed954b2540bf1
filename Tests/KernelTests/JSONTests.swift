import TestSupport
import Testing

@testable import Kernel

@Suite struct JSONTests {
    static let readable: [(String, JSON)] = [
        ("null", .null), ("true", .bool(true)), ("-0", .int(0)), ("12", .int(12)), ("9223372036854775807", .int(.max)),
        ("-9223372036854775808", .int(.min)), ("9223372036854775808", .double(9_223_372_036_854_775_808)), ("1.5e3", .double(1500)),
        (#""a\u00e9\n""#, .string("aé\n")), (#""\ud83d\ude00""#, .string("😀")), (" [1 , 2 ] ", .array([.int(1), .int(2)])),
        (#"{"a":{"b":[]}}"#, .object(["a": .object(["b": .array([])])])),
    ]

    @Test(arguments: readable)
    func reads(text: String, value: JSON) throws {
        #expect(try JSONParser.parse(text) == value)
    }

    @Test(arguments: [
        "", " ", "nul", "1e400", "-", "01", "1.", "[1,]", "{\"a\":1,}", "{a:1}", "\"\n\"", "\"\\x\"", "1 2", "[", "{\"a\"", "\"abc", "{\"a\":1}x", "\"\\u12",
    ])
    func refuses(text: String) {
        #expect(throws: JSONError.self) { try JSONParser.parse(text) }
    }

    @Test func keepsWhatKubernetesKeeps() throws {
        #expect(try JSONParser.parse([0x22, 0x61, 0xFF, 0x22]) == "a\u{FFFD}")
        #expect(try JSONParser.parse(#""\ud800x""#) == "\u{FFFD}x")
        #expect(try JSONParser.parse(#""\ud800\u0041""#) == "\u{FFFD}A")
        #expect(try JSONParser.parse(#""\u0000""#) == "\0")
    }

    @Test func boundsDepth() throws {
        let deep = String(repeating: "[", count: 20000)
        #expect(throws: JSONError.self) { try JSONParser.parse(deep) }
        let allowed = String(repeating: "[", count: 512) + String(repeating: "]", count: 512)
        _ = try JSONParser.parse(allowed)
    }

    @Test func namesDuplicatesWithTheirPath() throws {
        let (value, duplicates) = try JSONParser.parseReportingDuplicates(Array(#"{"spec":{"a":1,"a":2},"l":[{"b":1,"b":1}]}"#.utf8))
        #expect(value["spec"]?["a"] == 2)
        #expect(duplicates == ["spec.a", "l.[0].b"])
    }

    @Test func findsMembersOfLargeObjects() throws {
        var object = JSONObject()
        for number in 0..<100 { object["key\(number)"] = .int(Int64(number)) }
        let read = try JSONParser.parse(JSON.object(object).text)
        for number in 0..<100 { #expect(read["key\(number)"]?.int == Int64(number)) }
        object["key50"] = nil
        #expect(object["key50"] == nil && object["key99"] == 99 && object.count == 99)
    }

    @Test func equalityIsByBytesNotByLooks() {
        #expect(JSON.string("\u{E9}") != JSON.string("e\u{301}"))
        var object: JSONObject = ["\u{E9}": 1]
        object["e\u{301}"] = 2
        #expect(object.count == 2)
        #expect(JSON.object(["a": 1, "b": 2]) == JSON.object(["b": 2, "a": 1]))
        #expect(JSON.int(1) == JSON.double(1))
    }

    static let numbers: [(Double, String)] = [
        (0.1, "0.1"), (1e21, "1e+21"), (123456789012345680000, "123456789012345680000"), (1e-7, "1e-7"), (0.000001, "0.000001"), (-1.5e-9, "-1.5e-9"),
        (5e-324, "5e-324"), (1.7976931348623157e308, "1.7976931348623157e+308"), (100, "100"), (12.5, "12.5"), (0.00123, "0.00123"),
    ]

    @Test(arguments: numbers)
    func writesNumbersAsGoDoes(value: Double, text: String) throws {
        #expect(JSON.double(value).text == text)
        #expect(try JSONParser.parse(text).double == value)
    }

    @Test func writesWhatItReadsForRandomTrees() throws {
        var random = Seeded(7)
        for _ in 0..<500 {
            let tree = randomTree(&random, depth: 4)
            #expect(try JSONParser.parse(tree.bytes) == tree)
            var indented = JSONWriter()
            indented.writeIndented(tree)
            #expect(try JSONParser.parse(indented.bytes) == tree)
        }
    }

    @Test func neverTrapsOnMangledText() throws {
        var random = Seeded(11)
        let sample = Array(#"{"a":[1,2.5e3,"x\u00e9\\",true,null],"b":{"c":"d"}}"#.utf8)
        for _ in 0..<20000 {
            var mangled = sample
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                mangled[Int.random(in: 0..<mangled.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            if let value = try? JSONParser.parse(mangled) { #expect(try JSONParser.parse(value.bytes) == value) }
        }
    }

    private func randomTree(_ random: inout Seeded, depth: Int) -> JSON {
        switch Int.random(in: 0...(depth > 0 ? 6 : 4), using: &random) {
        case 0: return .null
        case 1: return .bool(.random(using: &random))
        case 2: return .int(.random(in: .min ... .max, using: &random))
        case 3: return .double(Double.random(in: -1e300...1e300, using: &random))
        case 4:
            let scalars = (0..<Int.random(in: 0...12, using: &random)).compactMap { _ in UnicodeScalar(UInt32.random(in: 0...0x2FFF, using: &random)) }
            return .string(String(String.UnicodeScalarView(scalars)))
        case 5: return .array((0..<Int.random(in: 0...4, using: &random)).map { _ in randomTree(&random, depth: depth - 1) })
        default:
            var object = JSONObject()
            for _ in 0..<Int.random(in: 0...20, using: &random) {
                object["k\(Int.random(in: 0...99, using: &random))"] = randomTree(&random, depth: depth - 1)
            }
            return .object(object)
        }
    }
}
