import Expressions
import Kernel

/// Checks the rules of a CustomResourceDefinition's schema when it is written: that they are well formed, compile against the schema
/// they stand in, and can't cost too much; in the words of Kubernetes' API server.
public struct RuleCheck {
    /// - Parameters:
    ///   - isStructural: the schema itself is right. Else the rules' form is looked at, but nothing is compiled against it.
    ///   - path: where the schema stands.
    ///   - forgivesCost: the schema was stored before as it is: a rule that is too costly by itself stays.
    ///   - rules: the rules' language.
    public static func problems(
        _ schema: JSON, path: String, isStructural: Bool, forgivesCost: Bool = false, rules: RuleLanguage = .plain
    ) -> [StatusCause] {
        guard mentionsRules(schema) else { return [] }
        var check = RuleCheck(compiles: isStructural, forgivesCost: forgivesCost, language: rules)
        check.walk(StructuralSchema(openAPI: schema), Place(path: path, isResource: true, count: 1, uncorrelated: nil))
        return Array((check.formProblems + check.problems + (isStructural ? check.total.problems(path) : [])).prefix(100))
    }

    private static func mentionsRules(_ schema: JSON) -> Bool {
        switch schema {
        case .object(let object): object["x-kubernetes-validations"] != nil || object.values.contains(where: mentionsRules)
        case .array(let parts): parts.contains(where: mentionsRules)
        default: false
        }
    }

    private static let reasons = ["FieldValueDuplicate", "FieldValueForbidden", "FieldValueInvalid", "FieldValueRequired"]

    private let compiles: Bool
    private let forgivesCost: Bool
    private let language: RuleLanguage
    private var formProblems: [StatusCause] = []
    private var problems: [StatusCause] = []
    private var total = RuleCost()

    private init(compiles: Bool, forgivesCost: Bool, language: RuleLanguage) {
        self.language = language
        self.compiles = compiles
        self.forgivesCost = forgivesCost
    }

    /// Where in the schema the walk is.
    private struct Place {
        var path: String
        var isResource: Bool
        /// How many values there can be of this schema in one object; nil: no bound is declared.
        var count: UInt64?
        /// The first schema on the way here whose parts can't be told apart between two revisions of an object.
        var uncorrelated: String?

        func below(_ step: String, times: UInt64? = 1, isResource: Bool, uncorrelated here: Bool) -> Place {
            let count = count.flatMap { count in times.map { RuleCost.product(count, $0) } }
            return Place(path: path + step, isResource: isResource, count: count, uncorrelated: uncorrelated ?? (here ? path : nil))
        }
    }

    /// - Returns: whether the form of the rules here and below is right.
    @discardableResult
    private mutating func walk(_ schema: StructuralSchema, _ place: Place) -> Bool {
        var isRight = true
        func most(_ bound: Int?) -> UInt64? { bound.map { UInt64(max($0, 0)) } }
        if let values = schema.extra {
            let times = schema.type == .object ? most(schema.fields.maxProperties) : 1
            let below = place.below(".additionalProperties", times: times, isResource: values.isEmbedded, uncorrelated: false)
            if !walk(values, below) { isRight = false }
        }
        for (name, member) in schema.fields.properties {
            // An atomic map's members are not owned one by one, but they are still told apart by name.
            let below = place.below(".properties[\(name)]", isResource: member.isEmbedded, uncorrelated: false)
            if !walk(member, below) { isRight = false }
        }
        if let items = schema.itemSchema {
            let times = schema.type == .array ? most(schema.fields.maxItems) : 1
            let below = place.below(".items", times: times, isResource: items.isEmbedded, uncorrelated: schema.listType != .map)
            if !walk(items, below) { isRight = false }
        }
        let rules = schema.fields.validations.map { ValidationRule($0) }
        guard !rules.isEmpty else { return isRight }
        for (position, rule) in rules.enumerated() {
            let faults = form(rule, schema, "\(place.path).x-kubernetes-validations[\(position)]")
            if !faults.isEmpty { isRight = false }
            formProblems += faults
        }
        if isRight, compiles { compile(rules, schema, place) }
        return isRight
    }

    /// What can be said of a rule without its schema's types.
    private func form(_ rule: ValidationRule, _ schema: StructuralSchema, _ path: String) -> [StatusCause] {
        var causes: [StatusCause] = []
        let trimmedMessage = rule.trimmedMessage
        if rule.trimmedRule.isEmpty {
            causes.append(.required("\(path).rule", "rule is not specified"))
        } else if !rule.message.isEmpty, trimmedMessage.isEmpty {
            causes.append(.invalid("\(path).message", .string(rule.message), "must be non-empty if specified"))
        } else if trimmedMessage.hasLineBreak {
            causes.append(.invalid("\(path).message", .string(rule.message), "must not contain line breaks"))
        } else if rule.trimmedRule.hasLineBreak, trimmedMessage.isEmpty {
            causes.append(.required("\(path).message", "message must be specified if rule contains line breaks"))
        }
        if !rule.messageExpression.isEmpty, rule.messageExpression.trimmedAsGo.isEmpty {
            causes.append(.required("\(path).messageExpression", "messageExpression must be non-empty if specified"))
        }
        if let reason = rule.reason, !Self.reasons.contains(reason) {
            causes.append(.notSupported("\(path).reason", .string(reason), supported: Self.reasons))
        }
        guard !rule.fieldPath.isEmpty else { return causes }
        if rule.fieldPath.trimmedAsGo.isEmpty { causes.append(.invalid("\(path).fieldPath", .string(rule.fieldPath), "must be non-empty if specified")) }
        if rule.fieldPath.hasLineBreak { causes.append(.invalid("\(path).fieldPath", .string(rule.fieldPath), "must not contain line breaks")) }
        if RuleFieldPath.normalized(rule.fieldPath, schema) == nil {
            causes.append(.invalid("\(path).fieldPath", .string(rule.fieldPath), "must be a valid path"))
        }
        return causes
    }

    private mutating func compile(_ rules: [ValidationRule], _ schema: StructuralSchema, _ place: Place) {
        let path = "\(place.path).x-kubernetes-validations"
        guard let type = DeclaredType.of(schema, name: "self", isResource: place.isResource) else {
            let reason = "failed to construct type information for x-kubernetes-validations rules: unable to convert structural schema to CEL declarations"
            problems.append(StatusCause(reason: .internalError, message: "Internal error: internal error: \(reason)", field: path))
            return
        }
        for (position, compiled) in CompiledRule.compile(rules, schema, type, language).enumerated() {
            let own = "\(path)[\(position)]"
            let cost = RuleCost.product(compiled.cost, place.count ?? type.largestCount)
            if cost > Limits.estimatePerRule, !forgivesCost {
                problems.append(.forbidden("\(own).rule", RuleCost.message("estimated rule cost", cost, Limits.estimatePerRule)))
            }
            total.observe(cost, at: "\(own).rule")
            if let problem = compiled.problem { problems.append(Self.invalid("\(own).rule", compiled.rule, problem)) }
            if let problem = compiled.messageProblem {
                problems.append(Self.invalid("\(own).messageExpression", compiled.rule, problem))
            } else if compiled.messageProgram != nil {
                if compiled.messageCost > Limits.estimatePerRule, !forgivesCost {
                    let message = RuleCost.message("estimated messageExpression cost", compiled.messageCost, Limits.estimatePerRule)
                    problems.append(.forbidden("\(own).messageExpression", message))
                }
                total.observe(compiled.messageCost, at: "\(own).messageExpression")
            }
            if compiled.usesOldSelf {
                if let list = place.uncorrelated {
                    let reason = "oldSelf cannot be used on the uncorrelatable portion of the schema within \(list)"
                    problems.append(.invalid("\(own).rule", .string(compiled.rule.rule), reason))
                }
            } else if let optional = compiled.rule.optionalOldSelf {
                problems.append(.invalid("\(own).optionalOldSelf", .bool(optional), "may not be set if oldSelf is not used in rule"))
            }
        }
    }

    private static func invalid(_ field: String, _ rule: ValidationRule, _ problem: String) -> StatusCause {
        StatusCause(reason: .invalid, message: "Invalid value: \(rule.asGo): \(problem)", field: field)
    }
}
