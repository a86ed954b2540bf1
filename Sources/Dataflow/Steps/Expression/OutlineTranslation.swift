import Expressions
import Rows

/// An expression's outline in the terms of rows: variables become columns, and what the executor can't know becomes opaque.
struct OutlineTranslation {
    let columns: [StepColumn]
    let selfColumn: Int?
    let selfVariable: Int
    let rowVariable: Int
    /// What the variables behind `rowVariable` stand for in every row.
    var constants: [Value] = []

    func syntax(_ outline: ExpressionOutline) -> RowSyntax {
        switch outline {
        case .literal(let value): literal(value)
        case .variable(let number):
            if number < columns.count { .column(number) } else if number == selfVariable, let selfColumn { .column(selfColumn) } else { constant(number - rowVariable - 1) }
        case .unary("!_", let operand): .not(syntax(operand))
        case .unary("-_", let operand): .negate(syntax(operand))
        case .unary: .opaque
        case .binary("_[_]", .variable(rowVariable), .literal(.string(let name))): columns.position(of: name).map { .column($0) } ?? .opaque
        case .binary("@in", let operand, .list(let elements)): .isIn(syntax(operand), elements.map { syntax($0) })
        case .binary(let name, let left, let right): binary(name, syntax(left), syntax(right))
        case .and(let terms): .and(terms.map { syntax($0) })
        case .or(let terms): .or(terms.map { syntax($0) })
        case .conditional(let condition, let first, let second): .conditional(syntax(condition), syntax(first), syntax(second))
        case .call(let name, let arguments, isMember: true) where arguments.count == 2:
            switch name {
            case "startsWith": .test(.startsWith, syntax(arguments[0]), syntax(arguments[1]))
            case "endsWith": .test(.endsWith, syntax(arguments[0]), syntax(arguments[1]))
            case "contains": .test(.contains, syntax(arguments[0]), syntax(arguments[1]))
            case "matches": pattern(syntax(arguments[0]), arguments[1])
            default: .opaque
            }
        case .call("size", let arguments, isMember: _) where arguments.count == 1: .size(syntax(arguments[0]))
        case .call("int", let arguments, isMember: false) where arguments.count == 1: .convert(.integer, syntax(arguments[0]))
        case .call("double", let arguments, isMember: false) where arguments.count == 1: .convert(.float, syntax(arguments[0]))
        case .call("string", let arguments, isMember: false) where arguments.count == 1: .convert(.text, syntax(arguments[0]))
        case .call("decimal", let arguments, isMember: false) where arguments.count == 1: decimal(syntax(arguments[0]))
        case .call("timestamp", let arguments, isMember: false) where arguments.count == 1: timestamp(syntax(arguments[0]))
        case .call, .list, .other: .opaque
        }
    }

    private func pattern(_ text: RowSyntax, _ pattern: ExpressionOutline) -> RowSyntax {
        if case .literal(.string(let source)) = pattern { .matches(text, source) } else { .opaque }
    }

    private func constant(_ place: Int) -> RowSyntax { constants.indices.contains(place) ? literal(constants[place]) : .opaque }

    private func literal(_ value: Value) -> RowSyntax {
        switch value {
        case .null: .null
        case .bool(let value): .boolean(value)
        case .int(let value): .integer(value)
        case .double(let value): .float(value)
        case .string(let text): .text(Array(text.utf8))
        case .timestamp(let moment, let offset): offset == 0 ? RowValues.microseconds(moment).map { .timestamp($0) } ?? .opaque : .opaque
        case .opaque(let value): (value as? DecimalValue).map { .decimal($0.value) } ?? .opaque
        case .uint, .bytes, .list, .map, .duration, .type, .optional: .opaque
        }
    }

    private func binary(_ name: String, _ left: RowSyntax, _ right: RowSyntax) -> RowSyntax {
        switch name {
        case "_==_": .compare(.equal, left, right)
        case "_!=_": .compare(.notEqual, left, right)
        case "_<_": .compare(.less, left, right)
        case "_<=_": .compare(.lessOrEqual, left, right)
        case "_>_": .compare(.greater, left, right)
        case "_>=_": .compare(.greaterOrEqual, left, right)
        case "_+_": .arithmetic(.add, left, right)
        case "_-_": .arithmetic(.subtract, left, right)
        case "_*_": .arithmetic(.multiply, left, right)
        case "_/_": .arithmetic(.divide, left, right)
        case "_%_": .arithmetic(.modulo, left, right)
        default: .opaque
        }
    }

    private func decimal(_ operand: RowSyntax) -> RowSyntax {
        switch operand {
        case .integer(let value): .decimal(Decimal(value))
        case .float(let value): Decimal(shortest: value).map { .decimal($0) } ?? .opaque
        case .text(let bytes):
            bytes.withUnsafeBufferPointer { bytes in bytes.baseAddress.flatMap { ValueFormat(plain: .decimal).decimal($0, bytes.count) } }.map { .decimal($0) } ?? .opaque
        default: .opaque
        }
    }

    /// Only texts that both the language and the column type read alike: with seconds and Z.
    private func timestamp(_ operand: RowSyntax) -> RowSyntax {
        guard case .text(let bytes) = operand, bytes.count >= 20, bytes.last == UInt8(ascii: "Z") else { return .opaque }
        let format = ValueFormat(plain: .timestamp)
        // Nine digits of a second are more than a microsecond holds.
        guard bytes.count <= 27, let moment = bytes.withUnsafeBufferPointer({ bytes in bytes.baseAddress.flatMap { format.timestamp($0, bytes.count) } }) else { return .opaque }
        return .timestamp(moment)
    }
}
