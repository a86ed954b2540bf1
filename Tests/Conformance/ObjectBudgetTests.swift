import Kernel
import TestSupport
import Testing

/// What the rules of one object may cost together, 10,000,000, and each of them, 1,000,000: to the unit what a Kubernetes API server
/// (1.36) allows.
///
/// Eleven rules cost nearly what one call may, one closes most of the gap, and one costs a unit more for every ten characters of a text.
/// That 359 elements, 86 elements and 1420 characters cost 10,000,000 was found on that server by halving.
@Suite struct ObjectBudgetTests {
    private static let spent = "spec FieldValueInvalid: Invalid value: \"object\": validation failed due to running out of cost budget, no further validation rules will be run"
    private static let spentBelow = "spec.s FieldValueInvalid: Invalid value: \"string\": validation failed due to running out of cost budget, no further validation rules will be run"
    private static let fullText = Sizes(359, 86, 1420)

    @Test func whatCostsTenMillionIsTakenAndAUnitMoreIsNot() async throws {
        let outcomes = try await play(Rules(), [Self.fullText, Sizes(359, 86, 1421), Sizes(359, 87, 0), Sizes(360, 0, 0)])
        #expect(outcomes == ["taken", Self.spent, Self.spent, Self.spent])
    }

    /// Beside the others a rule that costs nothing still passes; on a value below none is tried.
    @Test func withNothingLeftOnlyWhatIsFreeGoesOn() async throws {
        #expect(try await play(Rules(more: [["rule": "true"]]), [Self.fullText]) == ["taken"])
        #expect(try await play(Rules(more: [["rule": "self.l.size() >= 0"]]), [Self.fullText]) == [Self.spent])
        #expect(try await play(Rules(below: [["rule": "true"]]), [Sizes(359, 86, 1410), Self.fullText]) == ["taken", Self.spentBelow])
    }

    @Test func whatAMessageCostsCounts() async throws {
        let failing: JSON = ["rule": "self.s.contains('z')", "messageExpression": "'it is ' + self.s.substring(0, 2)"]
        let outcomes = try await play(Rules(last: failing), [Sizes(359, 86, 700), Sizes(359, 86, 701)])
        #expect(
            outcomes == [
                "spec FieldValueInvalid: Invalid value: it is aa",
                "spec FieldValueInvalid: Invalid value: \"object\": messageExpression evaluation failed due to running out of cost budget, no further validation rules will be run",
            ])
    }

    /// What was costs as much as what is, and an object without one nothing: such rules are not tried there.
    @Test func whatComparesWithBeforeCostsTheSame() async throws {
        let plain = try await play(Rules(old: "oldSelf", last: ["rule": "!oldSelf.s.contains('z')"]), [Self.fullText, Sizes(359, 86, 1421), Sizes(359, 87, 0), Sizes(360, 0, 0)], thenUpdate: true)
        #expect(plain == ["taken", "taken", "taken", Self.spent, "taken", Self.spent, "taken", Self.spent])
        let optional = Rules(old: "oldSelf.value()", isOptional: true, last: ["rule": "!self.s.contains('z')"])
        let sizes = [Sizes(359, 79, 1770), Sizes(359, 79, 1771)]
        #expect(try await play(optional, sizes, thenUpdate: true) == ["taken", "taken", "taken", Self.spent])
    }

    /// A rule that is too costly for one call is told so while more than a call's cost is left, else that nothing is left.
    @Test func whichLimitIsToldDependsOnWhatIsLeft() async throws {
        func over(_ rule: String) -> String {
            "spec FieldValueInvalid: Invalid value: \"object\": 'operation cancelled: actual cost limit exceeded': no further validation rules will be run due to call cost exceeds limit for rule: \(rule)"
        }
        #expect(try await play(Rules(large: 1), [Sizes(377, 0, 0), Sizes(378, 0, 0)]) == ["taken", over("large")])
        #expect(try await play(Rules(large: 9), [Sizes(359, 380, 0)]) == [over("middle")])
        #expect(try await play(Rules(large: 10), [Sizes(359, 380, 0)]) == [Self.spent])
    }

    /// How many elements `l` and `k` have, and how many characters `s`.
    private struct Sizes {
        let l, k, s: Int

        init(_ l: Int, _ k: Int, _ s: Int) { (self.l, self.k, self.s) = (l, k, s) }

        var object: JSON {
            let one = JSON(1)
            return ["spec": ["l": .array(Array(repeating: one, count: l)), "k": .array(Array(repeating: one, count: k)), "s": .string(String(repeating: "a", count: s))]]
        }
    }

    private struct Rules {
        var large = 11
        /// What the lists are compared with.
        var old = "self"
        var isOptional = false
        var last: JSON = ["rule": "!self.s.contains('z')"]
        /// On the same value, after the others.
        var more: [JSON] = []
        /// On the text.
        var below: [JSON] = []

        var schema: JSON {
            func pairs(_ list: String, _ message: String) -> JSON {
                var rule = "self.\(list).all(x, \(old).\(list).all(y, x + y >= 0))"
                if isOptional { rule = "!oldSelf.hasValue() || \(rule)" }
                var made: JSON = ["rule": .string(rule), "message": .string(message)]
                if isOptional { made["optionalOldSelf"] = true }
                return made
            }
            let numbers: JSON = ["type": "array", "maxItems": 400, "items": ["type": "integer"]]
            let rules = Array(repeating: pairs("l", "large"), count: large) + [pairs("k", "middle"), last] + more
            return [
                "type": "object",
                "properties": [
                    "spec": [
                        "type": "object",
                        "properties": ["l": numbers, "k": numbers, "s": ["type": "string", "maxLength": 20_000, "x-kubernetes-validations": .array(below)]],
                        "x-kubernetes-validations": .array(rules),
                    ]
                ],
            ]
        }
    }

    /// - Returns: for objects of these sizes "taken", or what is wrong with them.
    private func play(_ rules: Rules, _ sizes: [Sizes], thenUpdate: Bool = false) async throws -> [String] {
        let mode = Mode.all.first ?? .inProcess
        let steps = sizes.flatMap { sizes in (thenUpdate ? ["create", "update"] : ["create"]).map { ["op": .string($0), "object": sizes.object] as JSON } }
        let outcomes = try await RuleRun(try await mode.client(), isGiven: mode == .given).run(["schema": rules.schema, "steps": .array(steps)])
        #expect(outcomes.first?[0] == 201, "the definition: \(outcomes.first?.text ?? "")")
        return outcomes.dropFirst().map { [200, 201].contains($0[0]) ? "taken" : ($0[1]?.array ?? []).compactMap(\.string).joined(separator: "\n") }
    }
}
