/// An expression as it was written, macros recognised, nothing checked.
///
/// Nodes refer to each other by their position in `nodes`; children stand before their parents.
struct SyntaxTree: Sendable {
    var nodes: [SyntaxNode] = []
    var root = 0
}

/// A node and the offset that messages about it point at.
struct SyntaxNode: Sendable {
    let kind: Kind
    let offset: Int
    /// How deep the tree below it is; bounded by `Limits.nesting`.
    let depth: Int

    enum Kind: Sendable {
        case literal(Value)
        /// `isRooted`: written with a dot in front, so that containers and local names don't count.
        case identifier(String, isRooted: Bool)
        case select(Int, field: String)
        /// `has(operand.field)`
        case presence(Int, field: String)
        /// `operand.?field`
        case optionalSelect(Int, field: String)
        case unary(Operator, Int)
        case binary(Operator, Int, Int)
        /// A chain of `&&` or of `||`, with the offset of each operator.
        case logic(isAnd: Bool, terms: [Int], offsets: [Int])
        case conditional(Int, Int, Int)
        case call(function: String, arguments: [Int])
        case memberCall(target: Int, function: String, arguments: [Int])
        case list([Int], optional: [Bool])
        case map([Entry])
        case object(name: String, fields: [Field])
        case comprehension(Comprehension)
        /// `cel.bind(variable, value, body)`
        case bind(variable: String, value: Int, body: Int)
        /// `target.optMap(variable, body)`, or `optFlatMap` where the body gives an optional itself.
        case optionalMap(variable: String, target: Int, body: Int, isFlat: Bool)
    }

    struct Entry: Sendable {
        let key: Int
        let value: Int
        let isOptional: Bool
    }

    struct Field: Sendable {
        let name: String
        /// Where its colon stands, at which mistakes are told.
        let offset: Int
        let value: Int
        let isOptional: Bool
    }

    /// A macro that walks over a list or a map.
    struct Comprehension: Sendable {
        enum Kind: Sendable { case all, exists, existsOne, map, filter, transformList, transformMap, transformMapEntry }
        let kind: Kind
        let range: Int
        /// An element of a list or a key of a map; with a second variable the index or the key.
        let variable: String
        /// The element or the value.
        let second: String?
        /// Which elements are taken into account by the transforming kinds; nil for all.
        let filter: Int?
        /// The predicate, or what an element becomes.
        let body: Int
    }
}
