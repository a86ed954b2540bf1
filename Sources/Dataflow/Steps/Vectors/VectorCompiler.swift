import RegularExpressions
import Rows

/// What an expression becomes for the columnar executor: a tree of nodes by the type of their result.
enum VectorProgram {
    case integer(VectorNode<Int64>)
    case float(VectorNode<Double>)
    case decimal(VectorNode<Decimal>)
    case boolean(VectorNode<Bool>)
    /// Microseconds.
    case timestamp(VectorNode<Int64>)
    /// Texts put one behind the other; the result is sure where none is null.
    case text([TextOperand])
}

/// Makes nodes of an expression; nil for what the executor has no node for, which then is evaluated row by row.
///
/// A node exists only where its sure results are those of the language: mixed numbers that the language refuses, texts against numbers and
/// the like are left to the general evaluator, which says what is wrong.
struct VectorCompiler {
    let columns: [StepColumn]

    func compile(_ syntax: RowSyntax) -> VectorProgram? {
        switch syntax {
        case .integer(let value): .integer(ConstantNode(value))
        case .float(let value): value.isFinite ? .float(ConstantNode(value)) : nil
        case .boolean(let value): .boolean(ConstantNode(value))
        case .decimal(let value): .decimal(DecimalConstantNode(value))
        case .timestamp(let value): .timestamp(ConstantNode(value))
        case .text(let bytes): .text([TextOperand(.constant(bytes))])
        case .null, .opaque: nil
        case .column(let position): column(position)
        case .compare(let operation, let left, let right): comparison(operation, left, right)
        case .arithmetic(let operation, let left, let right): arithmetic(operation, left, right)
        case .negate(let operand): negation(operand)
        case .not(let operand): boolean(operand).map { .boolean(UnaryNode($0, unaryLoop(Negated.OfBoolean.self))) }
        case .and(let terms): logic(true, terms)
        case .or(let terms): logic(false, terms)
        case .conditional(let condition, let first, let second): conditional(condition, first, second)
        case .test(let test, let operand, .text(let constant)): text(operand).map { .boolean(TextTestNode(test, $0, constant)) }
        case .test: nil
        case .matches(let operand, let pattern): matches(operand, pattern)
        case .size(let operand): text(operand).map { .integer(TextSizeNode($0)) }
        case .convert(let conversion, let operand): converted(conversion, operand)
        case .isIn(let operand, let list): membership(operand, list)
        }
    }

    func boolean(_ syntax: RowSyntax) -> VectorNode<Bool>? {
        if case .boolean(let node) = compile(syntax) { node } else { nil }
    }

    private func column(_ position: Int) -> VectorProgram? {
        guard columns.indices.contains(position) else { return nil }
        return switch columns[position].type {
        case .string: .text([TextOperand(.column(position))])
        case .integer: .integer(integerColumn(position))
        case .float: .float(floatColumn(position))
        case .decimal: .decimal(decimalColumn(position))
        case .boolean: .boolean(booleanColumn(position))
        case .date: .timestamp(UnaryNode(dateColumn(position), unaryLoop(Converted.DateToMoment.self)))
        case .timestamp: .timestamp(timestampColumn(position))
        }
    }

    private func integerColumn(_ at: Int) -> ColumnNode<Int64> { ColumnNode(at) { if case .integer(let values) = $0 { values } else { nil } } }
    private func floatColumn(_ at: Int) -> ColumnNode<Double> { ColumnNode(at) { if case .float(let values) = $0 { values } else { nil } } }
    private func decimalColumn(_ at: Int) -> ColumnNode<Decimal> { ColumnNode(at) { if case .decimal(let values) = $0 { values } else { nil } } }
    private func booleanColumn(_ at: Int) -> ColumnNode<Bool> { ColumnNode(at) { if case .boolean(let values) = $0 { values } else { nil } } }
    private func dateColumn(_ at: Int) -> ColumnNode<Int32> { ColumnNode(at) { if case .date(let values) = $0 { values } else { nil } } }
    private func timestampColumn(_ at: Int) -> ColumnNode<Int64> { ColumnNode(at) { if case .timestamp(let values) = $0 { values } else { nil } } }

    /// nil for what isn't a text.
    private func text(_ syntax: RowSyntax) -> TextOperand? {
        if case .text(let parts)? = compile(syntax) { Self.single(parts) } else { nil }
    }

    private static func single(_ parts: [TextOperand]) -> TextOperand { parts.count == 1 ? parts[0] : TextOperand(parts) }

    private func matches(_ operand: RowSyntax, _ source: String) -> VectorProgram? {
        guard let operand = text(operand) else { return nil }
        do throws(RegularExpressionError) {
            return .boolean(TextPatternNode(operand, try RegularExpression(source)))
        } catch {
            // The checker has refused it, or will.
            return nil
        }
    }

    // MARK: Conversions

    private func converted(_ conversion: RowSyntax.Conversion, _ operand: RowSyntax) -> VectorProgram? {
        guard let program = compile(operand) else { return nil }
        switch (conversion, program) {
        case (.integer, .integer), (.float, .float), (.text, .text): return program
        case (.integer, .float(let node)): return .integer(UnaryNode(node, unaryLoop(Converted.FloatToInteger.self)))
        case (.integer, .decimal(let node)): return .integer(UnaryNode(node, unaryLoop(Converted.DecimalToInteger.self)))
        case (.integer, .text(let parts)): return .integer(TextIntegerNode(Self.single(parts)))
        case (.float, .integer(let node)): return .float(UnaryNode(node, unaryLoop(Converted.IntegerToFloat.self)))
        case (.float, .decimal(let node)): return .float(UnaryNode(node, unaryLoop(Converted.DecimalToFloat.self)))
        case (.float, .text(let parts)): return .float(TextFloatNode(Self.single(parts)))
        case (.text, .integer(let node)): return .text([TextOperand(.integer(node))])
        case (.text, .decimal(let node)): return .text([TextOperand(.decimal(node))])
        case (.text, .float), (.integer, .timestamp), (.float, .timestamp), (.text, .timestamp), (.integer, .boolean), (.float, .boolean), (.text, .boolean): return nil
        }
    }

    // MARK: Comparisons

    private func comparison(_ operation: RowSyntax.Comparison, _ left: RowSyntax, _ right: RowSyntax) -> VectorProgram? {
        if right == .null || left == .null {
            guard operation == .equal || operation == .notEqual else { return nil }
            return nullTest(right == .null ? left : right, isNull: operation == .equal)
        }
        // A column stands on the left, a constant on the right.
        if case .text = left { return comparison(operation.mirrored, right, left, isTurned: true) }
        if case .decimal = left { return comparison(operation.mirrored, right, left, isTurned: true) }
        if case .integer = left { return comparison(operation.mirrored, right, left, isTurned: true) }
        if case .float = left { return comparison(operation.mirrored, right, left, isTurned: true) }
        return comparison(operation, left, right, isTurned: false)
    }

    private func comparison(_ operation: RowSyntax.Comparison, _ left: RowSyntax, _ right: RowSyntax, isTurned: Bool) -> VectorProgram? {
        guard let a = compile(left), let b = compile(right) else { return nil }
        switch (a, b) {
        case (.integer(let a), .integer(let b)): return .boolean(ComparisonNode(operation, a, b, comparisonLoop(Int64.self)))
        case (.float(let a), .float(let b)): return .boolean(ComparisonNode(operation, a, b, comparisonLoop(Double.self)))
        case (.timestamp(let a), .timestamp(let b)): return .boolean(ComparisonNode(operation, a, b, comparisonLoop(Int64.self)))
        case (.boolean(let a), .boolean(let b)):
            guard operation == .equal || operation == .notEqual else { return nil }
            return .boolean(ComparisonNode(operation, BooleanByteNode(a), BooleanByteNode(b), comparisonLoop(UInt8.self)))
        case (.decimal(let a), .decimal(let b)): return .boolean(DecimalComparisonNode(operation, a, b))
        case (.decimal(let a), .integer(let b)): return .boolean(DecimalComparisonNode(operation, a, decimal(b)))
        case (.integer(let a), .decimal(let b)): return .boolean(DecimalComparisonNode(operation, decimal(a), b))
        case (.decimal(let a), .float(let b)):
            guard let constant = b as? ConstantNode<Double>, let value = Decimal(shortest: constant.value) else { return nil }
            return .boolean(DecimalComparisonNode(operation, a, DecimalConstantNode(value)))
        case (.text(let a), .text(let b)):
            return .boolean(TextComparisonNode(operation, Self.single(a), Self.single(b)))
        default: return nil
        }
    }

    private func nullTest(_ operand: RowSyntax, isNull: Bool) -> VectorProgram? {
        guard case .column(let at) = operand, columns.indices.contains(at) else { return nil }
        return switch columns[at].type {
        case .string: .boolean(TextNullNode(TextOperand(.column(at)), isNull: isNull))
        case .integer: .boolean(TypedNullNode(integerColumn(at), isNull: isNull))
        case .float: .boolean(TypedNullNode(floatColumn(at), isNull: isNull))
        case .decimal: .boolean(TypedNullNode(decimalColumn(at), isNull: isNull))
        case .boolean: .boolean(TypedNullNode(booleanColumn(at), isNull: isNull))
        case .date: .boolean(TypedNullNode(dateColumn(at), isNull: isNull))
        case .timestamp: .boolean(TypedNullNode(timestampColumn(at), isNull: isNull))
        }
    }

    private func membership(_ operand: RowSyntax, _ list: [RowSyntax]) -> VectorProgram? {
        guard !list.isEmpty else { return nil }
        var terms: [VectorNode<Bool>] = []
        for element in list {
            guard case .boolean(let node)? = comparison(.equal, operand, element) else { return nil }
            terms.append(node)
        }
        return .boolean(LogicNode(isAnd: false, isStrict: true, terms))
    }

    // MARK: Arithmetic

    private func decimal(_ node: VectorNode<Int64>) -> VectorNode<Decimal> {
        if let constant = node as? ConstantNode<Int64> { return DecimalConstantNode(Decimal(constant.value)) }
        return UnaryNode(node, unaryLoop(Converted.IntegerToDecimal.self))
    }

    private func arithmetic(_ operation: RowSyntax.Arithmetic, _ left: RowSyntax, _ right: RowSyntax) -> VectorProgram? {
        guard let a = compile(left), let b = compile(right) else { return nil }
        let isExact = operation == .add || operation == .subtract || operation == .multiply
        switch (a, b) {
        case (.integer(let a), .integer(let b)): return .integer(IntegerArithmeticNode(operation, a, b))
        case (.float(let a), .float(let b)): return operation == .modulo ? nil : .float(FloatArithmeticNode(operation, a, b))
        case (.decimal(let a), .decimal(let b)): return isExact ? .decimal(DecimalArithmeticNode(operation, a, b)) : nil
        case (.decimal(let a), .integer(let b)): return isExact ? .decimal(DecimalArithmeticNode(operation, a, decimal(b))) : nil
        case (.integer(let a), .decimal(let b)): return isExact ? .decimal(DecimalArithmeticNode(operation, decimal(a), b)) : nil
        case (.decimal(let a), .float(let b)):
            guard isExact, let constant = b as? ConstantNode<Double>, let value = Decimal(shortest: constant.value) else { return nil }
            return .decimal(DecimalArithmeticNode(operation, a, DecimalConstantNode(value)))
        case (.float(let a), .decimal(let b)):
            guard isExact, let constant = a as? ConstantNode<Double>, let value = Decimal(shortest: constant.value) else { return nil }
            return .decimal(DecimalArithmeticNode(operation, DecimalConstantNode(value), b))
        case (.text(let a), .text(let b)): return operation == .add ? .text(a + b) : nil
        default: return nil
        }
    }

    private func negation(_ operand: RowSyntax) -> VectorProgram? {
        switch compile(operand) {
        case .integer(let node): .integer(UnaryNode(node, unaryLoop(Negated.OfInteger.self)))
        case .float(let node): .float(UnaryNode(node, unaryLoop(Negated.OfFloat.self)))
        case .decimal(let node): .decimal(UnaryNode(node, unaryLoop(Negated.OfDecimal.self)))
        default: nil
        }
    }

    // MARK: Logic

    private func logic(_ isAnd: Bool, _ terms: [RowSyntax]) -> VectorProgram? {
        // A term without a node leaves those rows to the evaluator that no other term decides.
        let nodes = terms.map { boolean($0) }
        guard nodes.contains(where: { $0 != nil }) else { return nil }
        return .boolean(LogicNode(isAnd: isAnd, nodes.map { $0 ?? UnknownNode() }))
    }

    private func conditional(_ condition: RowSyntax, _ first: RowSyntax, _ second: RowSyntax) -> VectorProgram? {
        guard let condition = boolean(condition), let a = compile(first), let b = compile(second) else { return nil }
        switch (a, b) {
        case (.integer(let a), .integer(let b)): return .integer(ConditionalNode(condition, a, b, choiceLoop(Int64.self)))
        case (.float(let a), .float(let b)): return .float(ConditionalNode(condition, a, b, choiceLoop(Double.self)))
        case (.decimal(let a), .decimal(let b)): return .decimal(ConditionalNode(condition, a, b, choiceLoop(Decimal.self)))
        case (.boolean(let a), .boolean(let b)): return .boolean(ConditionalNode(condition, a, b, choiceLoop(Bool.self)))
        case (.timestamp(let a), .timestamp(let b)): return .timestamp(ConditionalNode(condition, a, b, choiceLoop(Int64.self)))
        case (.text(let a), .text(let b)): return .text([TextOperand(.choice(condition, Self.single(a), Self.single(b)))])
        default: return nil
        }
    }
}

/// Truth values as bytes, to compare them.
final class BooleanByteNode: VectorNode<UInt8> {
    private let operand: VectorNode<Bool>

    init(_ operand: VectorNode<Bool>) { self.operand = operand }

    override func evaluate(_ batch: RowBatch) -> Vector<UInt8> {
        let a = operand.evaluate(batch)
        return Vector(values: UnsafeRawPointer(a.values).assumingMemoryBound(to: UInt8.self), sure: a.sure)
    }
}

extension Decimal {
    /// The decimal that a binary number is written as: 0.1 is one tenth. nil for what has an exponent beyond 35 digits or is no number.
    init?(shortest value: Double) {
        guard value.isFinite else { return nil }
        // As `1.5`, `1e-07`, `1.2e+20`.
        let text = value.description
        let parts = text.split(separator: "e")
        guard let mantissa = parts.first else { return nil }
        var exponent = 0
        if parts.count > 1 {
            guard let written = Int(parts[1]) else { return nil }
            exponent = written
        }
        var digits = Array(mantissa.utf8)
        let isNegative = digits.first == UInt8(ascii: "-")
        if isNegative { digits.removeFirst() }
        let point = digits.firstIndex(of: UInt8(ascii: ".")) ?? digits.count
        var scale = max(0, digits.count - point - 1) - exponent
        var coefficient: Int128 = 0
        for digit in digits where digit != UInt8(ascii: ".") {
            // At most seventeen digits.
            coefficient = coefficient * 10 + Int128(digit &- 0x30)
        }
        while scale < 0 {
            let (product, overflow) = coefficient.multipliedReportingOverflow(by: 10)
            if overflow { return nil }
            coefficient = product
            scale += 1
        }
        while scale > 0, coefficient % 10 == 0 {
            coefficient /= 10
            scale -= 1
        }
        self.init(coefficient: isNegative ? -coefficient : coefficient, scale: scale)
    }
}
