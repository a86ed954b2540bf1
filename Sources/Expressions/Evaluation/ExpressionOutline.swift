/// A compiled expression's shape for those who execute expressions in a way of their own, over whole columns at a time: only what has
/// no variables of macros; everything else is `other`.
///
/// Names are resolved and macros expanded as the checker did it; operators have the names by which overloads know them (`_+_`, `@in`).
public indirect enum ExpressionOutline: Sendable {
    case literal(Value)
    /// By its number in the environment.
    case variable(Int)
    case unary(String, ExpressionOutline)
    case binary(String, ExpressionOutline, ExpressionOutline)
    case and([ExpressionOutline])
    case or([ExpressionOutline])
    case conditional(ExpressionOutline, ExpressionOutline, ExpressionOutline)
    /// The receiver, if there is one, is the first argument.
    case call(String, [ExpressionOutline], isMember: Bool)
    case list([ExpressionOutline])
    case other
}

extension Program {
    public var outline: ExpressionOutline { outline(checked.tree.root) }

    private func outline(_ node: Int) -> ExpressionOutline {
        switch checked.references[node] {
        case .variable(let number): return .variable(number)
        case .constant(let value): return .literal(value)
        case .local, .bound, .undefinedType: return .other
        case .none, .function: break
        }
        switch checked.tree.nodes[node].kind {
        case .literal(let value): return .literal(value)
        case .unary(let operation, let operand): return .unary(operation.rawValue, outline(operand))
        case .binary(let operation, let left, let right): return .binary(operation.rawValue, outline(left), outline(right))
        case .logic(let isAnd, let terms, _): return isAnd ? .and(terms.map { outline($0) }) : .or(terms.map { outline($0) })
        case .conditional(let condition, let first, let second): return .conditional(outline(condition), outline(first), outline(second))
        case .call(let name, let arguments): return .call(name, arguments.map { outline($0) }, isMember: false)
        case .memberCall(let target, let name, let arguments):
            guard case .function(_, takesTarget: true) = checked.references[node] else { return .other }
            return .call(name, ([target] + arguments).map { outline($0) }, isMember: true)
        case .list(let elements, let optional): return optional.contains(true) ? .other : .list(elements.map { outline($0) })
        case .identifier, .select, .presence, .optionalSelect, .map, .object, .comprehension, .bind, .optionalMap: return .other
        }
    }
}
