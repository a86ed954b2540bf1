import Expressions
import Kernel

/// One run of a definition's rules over an object.
struct RuleValidation {
    private(set) var causes: [StatusCause] = []
    /// Rules that fail on what the update left as it was: told, not held against it.
    private(set) var warnings: [String] = []
    private var remaining: UInt64
    private let budget: UInt64
    /// What the rules may look at together, whatever it costs.
    private var remainingWork: UInt64
    private var isExhausted = false

    /// - Parameter budget: what all rules may cost together.
    init(budget: UInt64 = Limits.perObject) {
        remaining = budget
        self.budget = budget
        remainingWork = CostBudget(limit: budget).workLimit
    }

    /// What the rules cost so far.
    var spent: UInt64 { budget - remaining }

    /// How values of before are tied to those of now: the nearest place on the way here where that is possible.
    private struct Correlation {
        var current: CorrelatedValue?
        var nearest: CorrelatedValue?
        /// Whether the walk is still at the object itself.
        var isRoot: Bool

        /// Whether what fails here failed before, and was left alone.
        var forgives: Bool { (current ?? nearest)?.isUnchanged ?? false }

        func member(_ name: String) -> Correlation {
            guard let current else { return Correlation(current: nil, nearest: nearest, isRoot: false) }
            // These two are never seen to change, and forgive nothing.
            if isRoot, name == "apiVersion" || name == "kind" { return Correlation(current: nil, nearest: nil, isRoot: false) }
            return Correlation(current: current.member(name), nearest: current, isRoot: false)
        }

        func element(_ element: JSON) -> Correlation {
            guard let current else { return Correlation(current: nil, nearest: nearest, isRoot: false) }
            return Correlation(current: current.element(element), nearest: current, isRoot: false)
        }
    }

    /// - Parameters:
    ///   - old: what is stored, on an update.
    ///   - path: where the value stands; empty for a whole object.
    ///   - forgives: whether what was there before may stay though a rule refuses it.
    mutating func run(_ tree: RuleTree, _ object: JSON, old: JSON?, path: String = "", forgives: Bool = true) {
        let before = forgives ? old : nil
        let correlation = Correlation(current: before.map { CorrelatedValue(value: object, old: $0, schema: tree.schema) }, nearest: nil, isRoot: true)
        walk(tree, object, old, path, correlation)
    }

    private mutating func walk(_ tree: RuleTree, _ value: JSON, _ old: JSON?, _ path: String, _ correlation: Correlation) {
        // Rules are about values: what is absent or null is the business of the rules around it.
        guard !value.isNull, !isExhausted else { return }
        let old = old.flatMap { $0.isNull ? nil : $0 }
        if !tree.rules.isEmpty { evaluate(tree, value, old, path, correlation) }
        switch value {
        case .array(let elements):
            guard let below = tree.element else { return }
            let before = old?.array ?? []
            for (position, element) in elements.enumerated() where !isExhausted {
                let counterpart = SchemaValidator.counterpart(of: element, in: before, tree.schema)
                walk(below, element, counterpart, "\(path)[\(position)]", correlation.element(element))
            }
        case .object(let members):
            guard tree.element != nil || !tree.members.isEmpty else { return }
            for position in members.keys.indices where !isExhausted {
                let name = members.keys[position]
                if let below = tree.members[name] {
                    walk(below, members.values[position], old?[name], path.isEmpty ? name : "\(path).\(name)", correlation.member(name))
                } else if let below = tree.element, tree.schema.members.position(of: name) == nil {
                    walk(below, members.values[position], old?[name], "\(path)[\(name)]", correlation.member(name))
                }
            }
        default: break
        }
    }

    // MARK: Rules of one value

    private static let outOfBudget = "validation failed due to running out of cost budget, no further validation rules will be run"

    private mutating func evaluate(_ tree: RuleTree, _ value: JSON, _ old: JSON?, _ path: String, _ correlation: Correlation) {
        let typeName = JSON.string(tree.schema.type?.rawValue ?? "")
        let field = path.isEmpty ? "<nil>" : path
        func stop(_ self: inout RuleValidation, _ detail: String) {
            self.causes.append(.invalid(field, typeName, detail))
            self.isExhausted = true
        }
        if remaining == 0 {
            stop(&self, Self.outOfBudget)
            return
        }
        let current = Value(value, as: tree.type.type)
        let before = old.map { Value($0, as: tree.type.type) }
        for compiled in tree.rules {
            let rule = compiled.rule
            guard let program = compiled.program else {
                if let problem = compiled.problem { causes.append(.invalid(field, typeName, "rule compile error: \(problem)")) }
                continue
            }
            let isOptional = rule.optionalOldSelf ?? false
            // A rule about changes has nothing to say where nothing was, unless it asks for that case.
            if compiled.usesOldSelf, before == nil, !isOptional { continue }
            let activation = RuleActivation(current: current, old: isOptional ? .optional(before) : before)
            switch run(program, activation) {
            case .value(.bool(true)): continue
            case .value: break
            case .exhausted:
                stop(&self, Self.outOfBudget)
                return
            case .failed(let error) where error.kind == .costLimit:
                stop(&self, "'\(error.message)': no further validation rules will be run due to call cost exceeds limit for rule: \(rule.shown)")
                return
            case .failed(let error) where error.kind == .workLimit:
                stop(&self, "'\(error.message)': no further validation rules will be run for rule: \(rule.shown)")
                return
            case .failed(let error) where error.message.hasPrefix("no such overload"):
                causes.append(
                    .invalid(
                        field, typeName,
                        "'\(error.message)': call arguments did not match a supported operator, function or macro signature for rule: \(rule.shown)"))
                continue
            case .failed(let error):
                causes.append(.invalid(field, typeName, "\(error.message) evaluating rule: \(rule.shown)"))
                continue
            }
            let place = compiled.fieldPath.isEmpty ? field : path.isEmpty ? compiled.fieldPath : "\(path).\(compiled.fieldPath)"
            let forgives = !compiled.usesOldSelf && correlation.forgives
            let failure: StatusCause
            switch message(of: compiled, activation) {
            case .text(let text): failure = Self.cause(rule.reason, place, value, text)
            case .none: failure = Self.cause(rule.reason, place, value, rule.failure)
            case .fatal(let detail):
                failure = .invalid(place, typeName, detail)
                isExhausted = true
            }
            if forgives { warnings.append(failure.text) } else { causes.append(failure) }
            if isExhausted { return }
        }
    }

    private enum Outcome {
        case value(Value)
        case failed(EvaluationError)
        /// It cost more than all rules may together.
        case exhausted
    }

    private mutating func run(_ program: Program, _ activation: RuleActivation) -> Outcome {
        var budget = CostBudget(limit: Limits.perCall, workLimit: min(Limits.perCall * Limits.workPerCost, remainingWork))
        let outcome: Outcome
        do throws(EvaluationError) {
            outcome = .value(try program.evaluate(activation, budget: &budget))
        } catch {
            outcome = .failed(error)
        }
        remainingWork -= budget.workDone
        guard budget.spent <= remaining else { return .exhausted }
        remaining -= budget.spent
        return outcome
    }

    private enum Message {
        case none
        case text(String)
        /// Ends the whole validation.
        case fatal(String)
    }

    private static let longestMessage = 5 * 1024

    private mutating func message(of compiled: CompiledRule, _ activation: RuleActivation) -> Message {
        guard let program = compiled.messageProgram else { return .none }
        switch run(program, activation) {
        case .exhausted: return .fatal("messageExpression evaluation failed due to running out of cost budget, no further validation rules will be run")
        case .failed(let error) where error.kind == .costLimit:
            return .fatal(
                "no further validation rules will be run due to call cost exceeds limit for messageExpression: \(GoQuote.quote(compiled.rule.messageExpression))")
        case .failed(let error) where error.kind == .workLimit:
            return .fatal("'\(error.message)': no further validation rules will be run for messageExpression: \(GoQuote.quote(compiled.rule.messageExpression))")
        case .failed: return .none
        case .value(.string(let text)):
            let trimmed = text.trimmedAsGo
            return trimmed.isEmpty || trimmed.utf8.count > Self.longestMessage || trimmed.utf8.contains(0x0A) ? .none : .text(trimmed)
        case .value: return .none
        }
    }

    private static func cause(_ reason: String?, _ field: String, _ value: JSON, _ detail: String) -> StatusCause {
        switch reason {
        case "FieldValueForbidden": return .forbidden(field, detail)
        case "FieldValueRequired": return .required(field, detail)
        case "FieldValueDuplicate": return value.isContainer ? StatusCause(reason: .duplicate, message: "Duplicate value", field: field) : .duplicate(field, value)
        default:
            // Containers are not shown: they may be long.
            return value.isContainer ? StatusCause(reason: .invalid, message: "Invalid value: \(detail)", field: field) : .invalid(field, value, detail)
        }
    }
}
