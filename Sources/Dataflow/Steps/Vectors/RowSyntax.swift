import Rows

/// An expression over a row, as far as the columnar executor can understand it; `opaque` is everything else.
indirect enum RowSyntax: Sendable, Equatable {
    enum Comparison: Sendable, Equatable { case equal, notEqual, less, lessOrEqual, greater, greaterOrEqual }
    enum Arithmetic: Sendable, Equatable { case add, subtract, multiply, divide, modulo }
    enum TextTest: Sendable, Equatable { case startsWith, endsWith, contains }

    /// `int()`, `double()`, `string()`.
    enum Conversion: Sendable, Equatable { case integer, float, text }

    case integer(Int64)
    case float(Double)
    case boolean(Bool)
    case text([UInt8])
    case decimal(Decimal)
    /// Microseconds since 1970.
    case timestamp(Int64)
    case null
    /// By its position.
    case column(Int)
    case compare(Comparison, RowSyntax, RowSyntax)
    case arithmetic(Arithmetic, RowSyntax, RowSyntax)
    case negate(RowSyntax)
    case not(RowSyntax)
    case and([RowSyntax])
    case or([RowSyntax])
    case conditional(RowSyntax, RowSyntax, RowSyntax)
    case test(TextTest, RowSyntax, RowSyntax)
    case isIn(RowSyntax, [RowSyntax])
    /// A regular expression's source.
    case matches(RowSyntax, String)
    case size(RowSyntax)
    case convert(Conversion, RowSyntax)
    /// Nothing the executor knows.
    case opaque
}

extension RowSyntax.Comparison {
    /// The same with the sides exchanged.
    var mirrored: Self {
        switch self {
        case .equal: .equal
        case .notEqual: .notEqual
        case .less: .greater
        case .lessOrEqual: .greaterOrEqual
        case .greater: .less
        case .greaterOrEqual: .lessOrEqual
        }
    }
}
