import Expressions
import Rows

/// An exact decimal in expressions: the language has none of its own.
final class DecimalValue: OpaqueValue {
    static let type = ValueType.opaque("decimal")

    let value: Decimal

    init(_ value: Decimal) { self.value = value }

    var type: ValueType { Self.type }
    var description: String { value.description }

    func equals(_ other: any OpaqueValue) -> Bool { (other as? DecimalValue).map { $0.value == value } ?? false }
}

/// Decimals in expressions: operators with decimals, integers and floats, and conversions.
///
/// A float meets a decimal as the decimal it is written as: `row.price > 0.1` compares with one tenth. Sums, differences and products are
/// exact; what has more than 35 digits is an error. There is no division: say `double(a) / double(b)` where a rounded result serves.
public enum DecimalLibrary {
    public static let library = Library("millwright.decimal", functions: operators + conversions)

    /// What to write instead where an expression asks of decimals what they don't do; nil when that isn't what is wrong.
    public static func advice(_ error: ExpressionError) -> String? {
        func mixes(_ symbol: String, _ other: String = "") -> Bool {
            error.issues.contains { $0.advice.hasPrefix("'\(symbol)' doesn't go with") && $0.advice.contains("decimal") && $0.advice.contains(other) }
        }
        if mixes("/") { return "Decimals aren't divided, as a quotient may have no end: write double(a) / double(b), and decimal(double(a) / double(b)).round(2) where it is to have two digits" }
        if mixes("%") { return "Decimals have no remainder: write int(a) % int(b) where they are whole numbers" }
        if mixes("+", "string") { return "A number becomes part of a text by string(…): string(row.price) + \" EUR\"" }
        return nil
    }

    private static let overflow = EvaluationError(.overflow, "decimal overflow: the result has more than 35 digits")

    /// A decimal, integer or float as a decimal.
    private static func decimal(_ value: Value) throws(EvaluationError) -> Decimal {
        switch value {
        case .opaque(let opaque):
            guard let decimal = opaque as? DecimalValue else { throw .noSuchOverload }
            return decimal.value
        case .int(let whole): return Decimal(whole)
        case .double(let binary):
            guard let decimal = Decimal(shortest: binary) else { throw EvaluationError(.range, "decimal: \(binary) has no decimal of 35 digits") }
            return decimal
        default: throw .noSuchOverload
        }
    }

    /// The pairs of types that operators go with; at least one is a decimal.
    private static let pairs: [(name: String, left: ValueType, right: ValueType)] = [
        ("decimal_decimal", DecimalValue.type, DecimalValue.type), ("decimal_int", DecimalValue.type, .int), ("int_decimal", .int, DecimalValue.type),
        ("decimal_double", DecimalValue.type, .double), ("double_decimal", .double, DecimalValue.type),
    ]

    private static var operators: [Function] {
        var functions: [Function] = []
        func arithmetic(_ name: String, _ word: String, _ body: @escaping @Sendable (Decimal, Decimal) -> Decimal?) {
            functions.append(
                Function(
                    name,
                    pairs.map { pair in
                        Overload.global("\(word)_\(pair.name)", pair.left, pair.right, DecimalValue.type) { (a: Value, b: Value) throws(EvaluationError) -> Value in
                            guard let result = body(try decimal(a), try decimal(b)) else { throw overflow }
                            return .opaque(DecimalValue(result))
                        }
                    }))
        }
        /// Null is equal to nothing but null, as with the language's own numbers.
        func equality(_ name: String, _ word: String, isNegated: Bool) {
            functions.append(
                Function(
                    name,
                    pairs.map { pair in
                        Overload.global("\(word)_\(pair.name)", .nullable(pair.left), .nullable(pair.right), .bool) { (a: Value, b: Value) throws(EvaluationError) -> Value in
                            switch (a, b) {
                            case (.null, .null): .bool(!isNegated)
                            case (.null, _), (_, .null): .bool(isNegated)
                            default: .bool((try decimal(a) == decimal(b)) != isNegated)
                            }
                        }
                    }))
        }
        func comparison(_ name: String, _ word: String, _ body: @escaping @Sendable (Decimal, Decimal) -> Bool) {
            functions.append(
                Function(
                    name,
                    pairs.map { pair in
                        Overload.global("\(word)_\(pair.name)", pair.left, pair.right, .bool) { (a: Value, b: Value) throws(EvaluationError) -> Value in
                            .bool(body(try decimal(a), try decimal(b)))
                        }
                    }))
        }
        arithmetic("_+_", "add") { $0.adding($1) }
        arithmetic("_-_", "subtract") { $0.subtracting($1) }
        arithmetic("_*_", "multiply") { $0.multiplied(by: $1) }
        equality("_==_", "equals", isNegated: false)
        equality("_!=_", "not_equals", isNegated: true)
        comparison("_<_", "less") { $0 < $1 }
        comparison("_<=_", "less_equals") { $0 <= $1 }
        comparison("_>_", "greater") { $0 > $1 }
        comparison("_>=_", "greater_equals") { $0 >= $1 }
        functions.append(
            Function(
                "-_",
                Overload.global("negate_decimal", DecimalValue.type, DecimalValue.type) { (a: Value) throws(EvaluationError) -> Value in
                    .opaque(DecimalValue(try decimal(a).negated))
                }))
        return functions
    }

    private static var conversions: [Function] {
        let fromText = Overload.global("string_to_decimal", .string, DecimalValue.type) { (text: Value) throws(EvaluationError) -> Value in
            guard case .string(let string) = text else { throw .noSuchOverload }
            var room = string
            let format = ValueFormat(plain: .decimal)
            guard let value = room.withUTF8({ bytes in bytes.baseAddress.flatMap { format.decimal($0, bytes.count) } }) else {
                throw EvaluationError(.invalidArgument, "decimal: \"\(string)\" is no decimal number")
            }
            return .opaque(DecimalValue(value))
        }
        func same(_ identifier: String, _ type: ValueType) -> Overload {
            Overload.global(identifier, type, DecimalValue.type) { (value: Value) throws(EvaluationError) -> Value in .opaque(DecimalValue(try decimal(value))) }
        }
        return [
            Function("decimal", [fromText, same("int_to_decimal", .int), same("double_to_decimal", .double), same("decimal_to_decimal", DecimalValue.type)]),
            Function(
                "double",
                Overload.global("decimal_to_double", DecimalValue.type, .double) { (value: Value) throws(EvaluationError) -> Value in .double(try decimal(value).double) }),
            Function(
                "int",
                Overload.global("decimal_to_int", DecimalValue.type, .int) { (value: Value) throws(EvaluationError) -> Value in
                    // As of a double: the fraction is cut.
                    let number = try decimal(value)
                    var whole = number.coefficient
                    for _ in 0..<number.scale { whole /= 10 }
                    guard let result = Int64(exactly: whole) else { throw EvaluationError(.overflow, "decimal \(number) is beyond 64 bits") }
                    return .int(result)
                }),
            Function(
                "string",
                Overload.global("decimal_to_string", DecimalValue.type, .string) { (value: Value) throws(EvaluationError) -> Value in .string(try decimal(value).description) }),
            Function(
                "round",
                Overload.receiver("decimal_round", DecimalValue.type, .int, DecimalValue.type) { (value: Value, digits: Value) throws(EvaluationError) -> Value in
                    guard case .int(let digits) = digits, digits >= 0, digits <= Int64(Decimal.maximumScale) else {
                        throw EvaluationError(.invalidArgument, "round: the number of digits must be from 0 to \(Decimal.maximumScale)")
                    }
                    guard let result = try decimal(value).rescaled(to: Int(digits)) else { throw overflow }
                    return .opaque(DecimalValue(result))
                }),
        ]
    }
}
