/// The operators, under the names by which messages and overloads know them.
enum Operator: String, Sendable, CaseIterable {
    case add = "_+_"
    case subtract = "_-_"
    case multiply = "_*_"
    case divide = "_/_"
    case modulo = "_%_"
    case negate = "-_"
    case not = "!_"
    case equal = "_==_"
    case notEqual = "_!=_"
    case less = "_<_"
    case lessOrEqual = "_<=_"
    case greater = "_>_"
    case greaterOrEqual = "_>=_"
    case `in` = "@in"
    case index = "_[_]"
    case optionalIndex = "_[?_]"
    case conditional = "_?_:_"
    case and = "_&&_"
    case or = "_||_"

    /// As people write it.
    var symbol: String {
        switch self {
        case .in: "in"
        case .index: "[]"
        case .optionalIndex: "[?]"
        case .conditional: "?:"
        default: rawValue.filter { $0 != "_" }
        }
    }
}
