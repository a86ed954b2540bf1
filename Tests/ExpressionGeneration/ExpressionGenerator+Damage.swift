extension ExpressionGenerator {
    /// The expression with a mistake: in its form, its names or its types.
    public mutating func damaged(_ expression: String) -> String {
        let scalars = Array(expression.unicodeScalars)
        switch below(10) {
        case 0, 1:
            var changed = scalars
            changed.remove(at: below(changed.count))
            return Self.text(changed)
        case 2:
            var changed = scalars
            changed.insert(pick(Array("()[]{}.,:?+-!&|'=<#$@ 0a".unicodeScalars)), at: below(changed.count + 1))
            return Self.text(changed)
        case 3: return Self.text(Array(scalars.prefix(below(scalars.count))))
        case 4: return expression + " \(pick(["+", "&& nothing", "== unknown.field", ".missing()", ")", "&& 1", "? 1 : 'a'", "in 5"]))"
        case 5: return "\(pick(["missing", "self.missing", "slf.x", "self.spec.x.y"])) == \(expression)"
        case 6: return "\(expression) \(pick(["&&", "||", "+", "<"])) \(leaf(pick(Kind.standard)))"
        case 7: return "\(pick(["size", "int", "duration", "noSuch", "ip", "format.none", "sets.contains"]))(\(expression))"
        case 8: return "[\(leaf(.int)), \(leaf(pick(Kind.standard)))].all(x, \(expression))"
        default: return pick(["int(1e99) == 1", "duration('x') == duration('1s')", "'a'.matches('(')", "has(self)", "self.all(1, true)", "[1].map(x.y, x)", "timestamp('x') == timestamp(0)", "uint(-1) == 1u", "9223372036854775808 == 1", "'\\z' == ''", "self.if == 1", "if == 1", "[1, 'a'] == []", "{1: 2, 'a': 3} == {}", "\(expression) && \(expression))"])
        }
    }

    private static func text(_ scalars: [Unicode.Scalar]) -> String {
        var text = String.UnicodeScalarView()
        text.append(contentsOf: scalars)
        return String(text)
    }
}
