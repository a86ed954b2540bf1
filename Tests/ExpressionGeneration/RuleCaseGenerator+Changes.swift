import Kernel

/// Rules that compare with what was, and updates that stay near it.
extension RuleCaseGenerator {
    /// Half of the definitions get their rules when objects are there already, which may be wrong by them and stay so.
    mutating func changes(name: String) -> JSON {
        let spec = object(depth: 2)
        let ruled = ruled(spec)
        let isLate = below(2) == 0
        var steps: [JSON] = []
        var current = value(spec)
        for _ in 0..<2 {
            current = value(spec)
            steps.append(["op": "create", "object": ["spec": current]])
        }
        if isLate { steps.append(["op": "definition", "schema": ruled]) }
        for _ in 0..<5 {
            let next = below(5) == 0 ? current : changed(spec, current)
            steps.append(["op": "update", "object": ["spec": next]])
            if below(2) == 0 { current = next }
        }
        return ["name": .string(name), "schema": isLate ? ["type": "object", "properties": ["spec": spec.schema]] : ruled, "steps": .array(steps)]
    }

    private mutating func ruled(_ spec: RuleShape) -> JSON {
        var schema = withRules(spec, "spec")
        if !Self.mentionsRules(schema) { schema["x-kubernetes-validations"] = .array(rules(spec, isTransition: true)) }
        var root: JSON = ["type": "object", "properties": ["spec": schema]]
        if below(4) == 0 { root["x-kubernetes-validations"] = .array(rules(.object([.init(name: "spec", shape: spec, isRequired: false)]), isTransition: true)) }
        return root
    }

    /// What rules about changes usually say.
    mutating func comparison(_ shape: RuleShape, isOptional: Bool) -> String {
        let old = isOptional ? pick(["oldSelf.value()", "oldSelf.orValue(self)"]) : "oldSelf"
        let whole = pick(["self == \(old)", "self != \(old)"])
        let said: String
        switch shape {
        case .integer, .number: said = "self \(pick([">=", "<=", ">", "=="])) \(old)"
        case .boolean: said = "!\(old) || self"
        case .text: said = pick(["self == \(old)", "size(self) >= size(\(old))", "self >= \(old)"])
        case .intOrString: said = whole
        case .list, .keyedList:
            said = pick(["\(old).all(x, x in self)", "self.exists(x, x in \(old))", "size(self) >= size(\(old))", "self.all(i, x, size(\(old)) <= i || \(old)[i] == x)", "self == \(old)"])
        case .map: said = pick(["\(old).all(k, k in self)", "self.all(k, v, !(k in \(old)) || \(old)[k] == v)", "size(self) >= size(\(old))", "self == \(old)"])
        case .object(let members):
            let fields = RuleShape.object(members.map { .init(name: $0.name, shape: .intOrString, isRequired: false) }).names("")
            guard !fields.isEmpty else {
                said = whole
                break
            }
            let field = pick(fields).text
            said = pick([
                "self\(field) == \(old)\(field)", "has(self\(field)) == has(\(old)\(field))", "!has(\(old)\(field)) || has(self\(field)) && self\(field) == \(old)\(field)",
                "has(\(old)\(field)) ? has(self\(field)) : true", whole, "self.?\(field.dropFirst()).hasValue() == \(old).?\(field.dropFirst()).hasValue()",
            ])
        }
        guard isOptional else { return "(\(said))" }
        return pick(["!oldSelf.hasValue() || (\(said))", "(\(said))", "oldSelf.optMap(o, o == self).orValue(\(pick(["true", "false"])))", "oldSelf == optional.of(self)", "oldSelf.hasValue()"])
    }

    /// The value with something else here and there.
    private mutating func changed(_ shape: RuleShape, _ before: JSON) -> JSON {
        switch (shape, before) {
        case (.object(let members), .object(var object)):
            for member in members {
                switch below(7) {
                case 0: object[member.name] = value(member.shape)
                case 1, 2: if let before = object[member.name] { object[member.name] = changed(member.shape, before) }
                case 3: if !member.isRequired { object[member.name] = nil }
                default: break
                }
            }
            return .object(object)
        case (.map(let element, _), .object(var object)):
            for (name, before) in object {
                switch below(4) {
                case 0: object[name] = changed(element, before)
                case 1: object[name] = nil
                default: break
                }
            }
            return .object(object)
        case (.list(let element, _, _), .array(let values)): return .array(changed(values, element))
        case (.keyedList(let element, _), .array(let values)): return .array(changed(values, element))
        default: return below(3) == 0 ? before : value(shape)
        }
    }

    private mutating func changed(_ values: [JSON], _ element: RuleShape) -> [JSON] {
        switch below(5) {
        case 0: return values.reversed()
        case 1: return Array(values.dropFirst())
        case 2:
            return values.map { before in
                guard below(2) == 0 else { return before }
                var after = changed(element, before)
                // By its key it is the same.
                if let key = before["name"] { after["name"] = key }
                return after
            }
        default: return values
        }
    }
}
