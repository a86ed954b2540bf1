import ExpressionGeneration
import Expressions
import Glibc
import Kernel
import Testing

/// Random expressions and values here and in cel-python: no difference but its known bugs. The seed is printed; `MILLWRIGHT_SEED` sets
/// it, `MILLWRIGHT_EXPRESSIONS` how many expressions there are.
@Suite struct DifferentialTests {
    private static func number(_ name: String, _ fallback: UInt64) -> UInt64 { getenv(name).flatMap { UInt64(String(cString: $0)) } ?? fallback }

    @Test func randomExpressionsGiveWhatCELPythonGives() throws {
        let seed = Self.number("MILLWRIGHT_SEED", UInt64.random(in: 0...UInt64(UInt32.max)))
        let count = Int(Self.number("MILLWRIGHT_EXPRESSIONS", 1500))
        print("differential test of expressions: MILLWRIGHT_SEED=\(seed), \(count) expressions")
        var generator = ExpressionGenerator(seed: seed)
        let environment = Environment(variables: ExpressionGenerator.variables.map { Variable($0.text, $0.kind.type) })
        var questions: [JSON] = []
        var ours: [JSON] = []
        for _ in 0..<count {
            let expression = generator.expression()
            let values = ExpressionGenerator.variables.map { ($0.text, generator.value($0.kind)) }
            questions.append(["e": .string(expression), "v": .object(JSONObject(values.map { ($0.0, Outcome.json($0.1)) }))])
            ours.append(Outcome.of(expression, environment, Dictionary(uniqueKeysWithValues: values)))
        }
        let theirs = try PythonEvaluator.evaluate(questions)
        var differences: [String] = []
        var known: [String: Int] = [:]
        var errors = 0
        for position in questions.indices {
            let (mine, other) = (ours[position], theirs[position])
            if mine["error"] != nil { errors += 1 }
            if Outcome.agree(mine, other) { continue }
            let expression = questions[position]["e"]?.string ?? ""
            if let bug = KnownDifferences.reason(expression, mine, other) {
                known[bug, default: 0] += 1
            } else {
                differences.append("\(expression)\n    with \(questions[position]["v"]?.text ?? "")\n    here \(mine.text), cel-python \(other.text)")
            }
        }
        #expect(errors < count * 3 / 4, "\(errors) of \(count) expressions fail: the generator makes too little that works")
        #expect(differences.isEmpty, "MILLWRIGHT_SEED=\(seed): \(differences.count) differences:\n\(differences.prefix(20).joined(separator: "\n"))")
        print("agreed but for: \(known.sorted { $0.key < $1.key }.map { "\($0.value) × \($0.key)" })")
    }
}

/// What came of an expression, in a form that both sides can write.
enum Outcome {
    static func of(_ expression: String, _ environment: Environment, _ values: [String: Value]) -> JSON {
        do {
            let program = try environment.compile(expression)
            return json(try program.evaluate(Bindings(values, in: environment), limit: 100_000_000))
        } catch let error as ExpressionError {
            return ["compile": .string(error.description)]
        } catch let error as EvaluationError {
            return ["error": .string(error.message)]
        } catch {
            return ["error": "?"]
        }
    }

    static func json(_ value: Value) -> JSON {
        switch value {
        case .null: return ["null": true]
        case .bool(let flag): return ["bool": .bool(flag)]
        case .int(let number): return ["int": .string(String(number))]
        case .uint(let number): return ["uint": .string(String(number))]
        case .double(let number): return ["double": .string(number.isNaN ? "nan" : hex(withBigEndian(number.bitPattern)))]
        case .string(let text): return ["string": .string(text)]
        case .bytes(let bytes): return ["bytes": .string(hex(bytes))]
        case .list(let list): return ["list": .array(list.elements.map(json))]
        case .map(let map):
            let entries = map.keys.map { key in (key.plainText, map[key].map(json) ?? .null) }.sorted { $0.0.unicodeScalars.lexicographicallyPrecedes($1.0.unicodeScalars) }
            return ["map": .array(entries.map { [.string($0.0), $0.1] })]
        case .duration(let nanoseconds): return ["duration": .string(String(nanoseconds / 1000))]
        case .timestamp(let time, _):
            let whole = time.seconds * 1_000_000 + Int64(time.nanoseconds / 1000)
            return ["timestamp": .string(String(whole))]
        case .type, .optional, .opaque: return ["other": .string(value.type.runtimeName)]
        }
    }

    private static func withBigEndian(_ bits: UInt64) -> [UInt8] { (0..<8).map { UInt8(truncatingIfNeeded: bits >> UInt64(56 - 8 * $0)) } }
    private static func hex(_ bytes: [UInt8]) -> String { bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() }

    /// The same value, or both failed.
    static func agree(_ a: JSON, _ b: JSON) -> Bool { a["error"] != nil ? b["error"] != nil : a == b }
}

extension ExpressionGenerator.Kind {
    var type: ValueType {
        switch self {
        case .int: .int
        case .uint: .uint
        case .double: .double
        case .bool: .bool
        case .string: .string
        case .bytes: .bytes
        case .ints: .list(.int)
        case .strings: .list(.string)
        case .map: .map(.string, .int)
        case .duration: .duration
        case .timestamp: .timestamp
        default: .dyn
        }
    }
}

extension ExpressionGenerator {
    mutating func value(_ kind: Kind) -> Value {
        switch kind {
        case .int: .int(number())
        case .uint: .uint(natural())
        case .double: .double(real())
        case .bool: .bool(flag())
        case .string: .string(text())
        case .ints: .list(ValueList(numberList().map { .int($0) }))
        case .strings: .list(ValueList(textList().map { .string($0) }))
        case .map: .map((try? ValueMap(numberMap().map { (key: .string($0.0), value: .int($0.1)) })) ?? ValueMap(json: JSONObject()))
        default: .null
        }
    }
}
