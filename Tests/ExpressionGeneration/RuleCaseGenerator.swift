import Kernel

/// Makes definitions with rules and objects that are written under them, at random but repeatable.
///
/// A case is what `RuleRun` plays: a name, a schema, and steps that create objects and change them.
public struct RuleCaseGenerator {
    private var expressions: ExpressionGenerator
    /// Most rules of the case compare with what was.
    var isAboutChanges = false

    public init(seed: UInt64) { expressions = ExpressionGenerator(seed: seed, variables: [], dialect: .kubernetes) }

    public mutating func next(name: String) -> JSON {
        isAboutChanges = below(3) == 0
        if isAboutChanges { return changes(name: name) }
        let spec = object(depth: 2)
        var schema = withRules(spec, "spec")
        if below(3) == 0 { schema["x-kubernetes-validations"] = .array(rules(spec, isTransition: false)) }
        var root: JSON = ["type": "object", "properties": ["spec": schema]]
        if below(4) == 0 { root["x-kubernetes-validations"] = .array([rule(.object([.init(name: "spec", shape: spec, isRequired: false)]), isTransition: below(3) == 0)]) }
        if !Self.mentionsRules(root) { schema["x-kubernetes-validations"] = .array(rules(spec, isTransition: false)); root["properties"] = ["spec": schema] }
        var steps: [JSON] = []
        for _ in 0..<3 { steps.append(["op": "create", "object": ["spec": value(spec)]]) }
        for _ in 0..<2 { steps.append(["op": "update", "object": ["spec": value(spec)]]) }
        return ["name": .string(name), "schema": root, "steps": .array(steps)]
    }

    static func mentionsRules(_ json: JSON) -> Bool {
        switch json {
        case .object(let object): object["x-kubernetes-validations"] != nil || object.values.contains(where: mentionsRules)
        case .array(let parts): parts.contains(where: mentionsRules)
        default: false
        }
    }

    mutating func below(_ bound: Int) -> Int { expressions.below(bound) }
    mutating func pick<Element>(_ elements: [Element]) -> Element { expressions.pick(elements) }

    // MARK: Schemas

    mutating func object(depth: Int) -> RuleShape {
        let names = ["a", "b", "c", "d", "e", "f", pick(RuleShape.oddNames)].prefix(2 + below(5))
        return .object(
            names.map { name in
                let shape = shape(depth: depth)
                let isNullable = below(10) == 0
                return RuleShape.Member(name: name, shape: shape, isRequired: below(3) == 0, isNullable: isNullable, preset: below(12) == 0 ? preset(shape) : nil)
            })
    }

    private mutating func shape(depth: Int) -> RuleShape {
        switch below(depth > 0 ? 16 : 8) {
        case 0, 1: return .integer
        case 2: return .number
        case 3: return .boolean
        case 4, 5, 6: return text()
        case 7: return .intOrString
        case 8, 9: return .list(scalar(), semantics: pick([nil, "atomic", "set"]), maxItems: bound(10))
        case 10, 11: return .map(scalar(), maxProperties: bound(10))
        case 12, 13:
            let key = RuleShape.Member(name: "name", shape: .text(.plain, maxLength: bound(20)), isRequired: true)
            return .keyedList(.object([key, .init(name: "qty", shape: .integer, isRequired: false)]), maxItems: bound(10))
        default: return object(depth: depth - 1)
        }
    }

    private mutating func scalar() -> RuleShape { below(2) == 0 ? .integer : .text(pick([.plain, .address, .name, .url]), maxLength: bound(30)) }
    private mutating func text() -> RuleShape { .text(pick([.plain, .plain] + RuleShape.TextKind.allCases), maxLength: bound(40)) }

    /// Mostly there is one: without it most rules are too costly to be taken.
    private mutating func bound(_ most: Int) -> Int? { below(30) == 0 ? nil : 1 + below(most) + most / 2 }

    private mutating func preset(_ shape: RuleShape) -> JSON? {
        switch shape {
        case .integer: 3
        case .boolean: true
        case .text(.plain, _): "a"
        default: nil
        }
    }

    // MARK: Values

    mutating func value(_ shape: RuleShape) -> JSON {
        switch shape {
        case .integer: return .int(below(3) == 0 ? expressions.number() : Int64(below(12)) - 3)
        case .number: return below(3) == 0 ? .int(Int64(below(10))) : .double(pick([0.5, 2.25, -3.75, 1e10, 123.456]))
        case .boolean: return .bool(below(2) == 0)
        case .intOrString: return below(2) == 0 ? .int(Int64(below(200))) : .string(pick(["50%", "a", "10", ""]))
        case .text(let kind, let maxLength):
            let text = text(kind)
            return .string(maxLength.map { text.unicodeScalars.count > $0 && below(20) > 0 ? shortened(text, $0) : text } ?? text)
        case .list(let element, let semantics, let maxItems):
            var values: [JSON] = []
            for _ in 0..<below(min(maxItems ?? 4, 4) + 1) {
                let value = value(element)
                if semantics != "set" || !values.contains(value) { values.append(value) }
            }
            return .array(values)
        case .keyedList(let element, let maxItems):
            var values: [JSON] = []
            for position in 0..<below(min(maxItems ?? 3, 3) + 1) {
                var value = value(element)
                value["name"] = .string(["a", "b", "c"][position])
                values.append(value)
            }
            return .array(below(2) == 0 ? values : values.reversed())
        case .map(let element, let maxProperties):
            var object = JSONObject()
            for name in ["a", "b", "c d"].prefix(below(min(maxProperties ?? 3, 3) + 1)) { object[name] = value(element) }
            return .object(object)
        case .object(let members):
            var object = JSONObject()
            for member in members where member.isRequired ? below(40) > 0 : below(4) > 0 {
                object[member.name] = member.isNullable && below(4) == 0 ? .null : below(60) == 0 ? "?" : value(member.shape)
            }
            return .object(object)
        }
    }

    private func shortened(_ text: String, _ length: Int) -> String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: text.unicodeScalars.prefix(length))
        return String(view)
    }

    private mutating func text(_ kind: RuleShape.TextKind) -> String {
        switch kind {
        case .plain: below(4) == 0 ? pick(RandomText.all) : expressions.text()
        case .address: pick(RandomText.addresses)
        case .network: pick(RandomText.networks)
        case .url: pick(RandomText.urls)
        case .amount: pick(RandomText.amounts)
        case .version: pick(RandomText.versions)
        case .name: pick(RandomText.names)
        case .word: below(12) == 0 ? "pink" : pick(RuleShape.words)
        case .moment: pick(RandomText.moments)
        case .span: pick(RandomText.spans)
        case .day: pick(RandomText.days)
        case .bytes: pick(["YWJj", "", "/+8=", "no base64"])
        }
    }

    // MARK: Rules

    /// The schema of a shape, with rules at it and at what is in it, here and there.
    mutating func withRules(_ shape: RuleShape, _ place: String, isKeyed: Bool = true) -> JSON {
        var schema = shape.schema
        switch shape {
        case .object(let members):
            for member in members where below(4) == 0 {
                let place = ["properties", member.name]
                schema[path: place] = merged(schema[path: place], withRules(member.shape, member.name, isKeyed: isKeyed))
            }
        case .list(let element, _, _) where below(3) == 0: schema["items"] = withRules(element, "items", isKeyed: false)
        case .keyedList(let element, _) where below(2) == 0: schema["items"] = withRules(element, "items", isKeyed: isKeyed)
        case .map(let element, _) where below(3) == 0: schema["additionalProperties"] = withRules(element, "values", isKeyed: isKeyed)
        default: break
        }
        // Changes in what can't be told apart are refused when the definition is written: asked now and then.
        if below(2) == 0 {
            let isTransition = (isAboutChanges || below(3) == 0) && (isKeyed || below(8) == 0)
            schema["x-kubernetes-validations"] = .array(rules(shape, isTransition: isTransition))
        }
        return schema
    }

    /// What a member's schema says beside its shape stays: null, a default.
    private func merged(_ before: JSON?, _ after: JSON) -> JSON {
        var merged = after
        for name in ["nullable", "default"] { if let value = before?[name] { merged[name] = value } }
        return merged
    }

    mutating func rules(_ shape: RuleShape, isTransition: Bool) -> [JSON] {
        (0...below(isAboutChanges ? 3 : 2)).map { _ in rule(shape, isTransition: isTransition && (!isAboutChanges || below(4) > 0)) }
    }

    mutating func rule(_ shape: RuleShape, isTransition: Bool) -> JSON {
        var names = shape.names("self")
        if names.isEmpty { names = [.init("self.metadata.name", .string)] }
        let isOptional = isTransition && below(3) == 0
        if isTransition { names += shape.names(isOptional ? "oldSelf.value()" : "oldSelf") }
        expressions.variables = names
        var rule = expressions.expression(of: .bool)
        if isTransition, isOptional || !rule.contains("oldSelf") {
            rule = "\(pick(isOptional ? ["!oldSelf.hasValue()", "oldSelf.hasValue()", "oldSelf.orValue(self) == self"] : ["self == oldSelf", "self != oldSelf"])) || \(rule)"
        }
        if isTransition, isAboutChanges, below(3) > 0 { rule = "\(comparison(shape, isOptional: isOptional)) \(pick(["&&", "||"])) \(rule)" }
        if below(4) == 0, let field = names.first(where: { $0.text.contains(".") && !$0.text.contains("(") }) { rule = "!has(\(field.text)) || \(rule)" }
        switch below(10) {
        case 0...3: rule = "\(rule) || true"
        case 4: rule = "!(\(rule))"
        default: break
        }
        if below(45) == 0 { rule = expressions.damaged(rule) }
        var made: JSON = ["rule": .string(rule)]
        if isOptional { made["optionalOldSelf"] = true }
        if below(3) == 0 { made["message"] = .string(pick(["it must hold", " spaced ", "", below(9) == 0 ? "two\nlines" : "must", "ä is \"quoted\""])) }
        if below(4) == 0 {
            let message = expressions.expression(of: below(30) == 0 ? .int : .string)
            made["messageExpression"] = .string(below(30) == 0 ? expressions.damaged(message) : message)
        }
        if below(5) == 0 { made["reason"] = .string(pick(["FieldValueInvalid", "FieldValueForbidden", "FieldValueRequired", "FieldValueDuplicate", below(12) == 0 ? "Whatever" : "FieldValueInvalid"])) }
        if case .object = shape, below(6) == 0 { made["fieldPath"] = .string(path(shape)) }
        return made
    }

    private mutating func path(_ shape: RuleShape) -> String {
        guard case .object(let members) = shape, below(25) > 0 else { return pick([".missing", "a", ".a[", ".", "['a-b']"]) }
        let member = pick(members)
        return member.name.contains("-") || member.name.contains(".") ? "['\(member.name)']" : ".\(member.name)"
    }
}
