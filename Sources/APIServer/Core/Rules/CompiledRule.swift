import Expressions
import Kernel

/// A rule, compiled against the type of the value it stands at.
struct CompiledRule: Sendable {
    let rule: ValidationRule
    /// nil when it doesn't compile, or says nothing.
    let program: Program?
    /// Why it doesn't compile, in the words of Kubernetes' server.
    let problem: String?
    /// It compares with what was stored, and so runs only when something was.
    let usesOldSelf: Bool
    /// What one evaluation may cost at most.
    let cost: UInt64
    let messageProgram: Program?
    let messageProblem: String?
    let messageCost: UInt64
    /// Normalised, without a dot in front; empty for the value's own place.
    let fieldPath: String

    /// The variables by their numbers.
    static let selfVariable = 0
    static let oldSelfVariable = 1

    /// All rules of a schema.
    static func compile(_ rules: [ValidationRule], _ schema: StructuralSchema, _ type: DeclaredType, _ language: RuleLanguage = .plain) -> [CompiledRule] {
        let own = Variable("self", type.type, bounds: type.bounds)
        let base = language.base
        let plain = base.with(variables: [own, Variable("oldSelf", type.type, bounds: type.bounds)])
        let optional = base.with(variables: [own, Variable("oldSelf", .optional(type.type), bounds: type.bounds)])
        return rules.map { CompiledRule($0, schema, $0.optionalOldSelf ?? false ? optional : plain) }
    }

    private init(_ rule: ValidationRule, _ schema: StructuralSchema, _ environment: Environment) {
        self.rule = rule
        let isEmpty = rule.trimmedRule.isEmpty
        let condition = isEmpty ? Compilation() : Compilation(rule.rule, environment, .bool, "", "cel expression must evaluate to a bool")
        program = condition.program
        problem = condition.problem
        cost = condition.cost
        usesOldSelf = condition.usesOldSelf
        let hasMessage = program != nil && !rule.messageExpression.isEmpty
        let message =
            hasMessage
            ? Compilation(rule.messageExpression, environment, .string, "messageExpression ", "messageExpression must evaluate to a string")
            : Compilation()
        messageProgram = message.program
        messageProblem = message.problem
        messageCost = message.cost
        fieldPath = rule.fieldPath.isEmpty ? "" : RuleFieldPath.normalized(rule.fieldPath, schema) ?? ""
    }

    private struct Compilation {
        var program: Program?
        var problem: String?
        var cost: UInt64 = 0
        var usesOldSelf = false

        init() {}

        /// - Parameters:
        ///   - prefix: what stands before the compiler's messages.
        ///   - wrongType: what is said when the result has another type than wanted.
        init(_ source: String, _ environment: Environment, _ wanted: ValueType, _ prefix: String, _ wrongType: String) {
            let compiled: Program
            do throws(ExpressionError) {
                compiled = try environment.compile(source)
            } catch {
                problem = "\(prefix)compilation failed: \(error.kubernetesDescription)"
                return
            }
            guard compiled.resultType == wanted else {
                problem = wrongType
                return
            }
            usesOldSelf = compiled.usedVariables.contains(CompiledRule.oldSelfVariable)
            if let failure = compiled.conversionFailure {
                problem = "\(prefix.isEmpty ? "program" : "messageExpression") instantiation failed: \(failure.message)"
                return
            }
            cost = compiled.estimatedCost().max
            program = compiled
        }
    }
}

/// The value a rule is about, and what was there before.
struct RuleActivation: Activation {
    let current: Value
    let old: Value?

    func value(of variable: Int) throws(EvaluationError) -> Value? { try (variable == CompiledRule.selfVariable ? current : old)?.readable() }
}
