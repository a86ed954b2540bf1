/// Looks at formats that are written out, with arguments that are: that each clause has an argument it can write, and none is left over.
enum FormatValidator {
    /// - Parameter node: a call of `format`.
    static func issues(in checked: CheckedTree, _ node: SyntaxNode) -> [Checker.Issue] {
        guard case .memberCall(let target, _, let arguments) = node.kind, let only = arguments.first, arguments.count == 1,
            case .literal(.string(let text)) = checked.tree.nodes[target].kind, case .list(let elements, _) = checked.tree.nodes[only].kind
        else { return [] }
        func issue(_ message: String, at offset: Int) -> [Checker.Issue] { [Checker.Issue(message: message, advice: message, offset: offset)] }
        let format = Array(text.utf8)
        var at = 0
        var used = 0
        while at < format.count {
            guard format[at] == UInt8(ascii: "%") else {
                at += 1
                continue
            }
            if at + 1 < format.count, format[at + 1] == UInt8(ascii: "%") {
                at += 2
                continue
            }
            if at + 1 >= format.count { return issue("unexpected end of string", at: node.offset) }
            guard elements.indices.contains(used) else { return issue("index \(used) out of range", at: node.offset) }
            do throws(FormatClause.Failure) {
                let clause = try FormatClause.read(format, from: &at)
                if let (wrong, rule) = clause.refused(elements[used], in: checked) {
                    return issue("error during formatting: \(rule), was given \(checked.types[wrong].runtimeName)", at: checked.tree.nodes[wrong].offset)
                }
            } catch {
                return issue(error.message, at: node.offset)
            }
            used += 1
        }
        guard elements.count > used else { return [] }
        return issue("too many arguments supplied to string.format (expected \(used), got \(elements.count))", at: node.offset)
    }
}

extension FormatClause {
    /// What can't be written of an argument, and why: the argument itself, or, where a list or map is written out, something in it.
    fileprivate func refused(_ node: Int, in checked: CheckedTree) -> (node: Int, rule: String)? {
        if let rule = refusal(of: checked.types[node]) { return (node, rule) }
        guard case .string = kind else { return nil }
        switch checked.tree.nodes[node].kind {
        case .list(let elements, _):
            for element in elements {
                if let found = refused(element, in: checked) { return found }
            }
        case .map(let entries):
            for entry in entries {
                if let found = refused(entry.key, in: checked) ?? refused(entry.value, in: checked) { return found }
            }
        default: break
        }
        return nil
    }

    /// Why values of that type can't be written by this clause; nil when they can, or it isn't known.
    fileprivate func refusal(of type: ValueType) -> String? {
        switch (kind, type) {
        case (_, .dyn), (_, .error): nil
        case (.string, .optional), (.string, .opaque), (.string, .nullable), (.string, .object):
            "string clause can only be used on strings, bools, bytes, ints, doubles, maps, lists, types, durations, and timestamps"
        case (.string, _), (.decimal, .int), (.decimal, .uint), (.fixed, .double), (.fixed, .string), (.scientific, .double), (.scientific, .string): nil
        case (.binary, .int), (.binary, .uint), (.binary, .bool), (.octal, .int), (.octal, .uint): nil
        case (.hexadecimal, .int), (.hexadecimal, .uint), (.hexadecimal, .string), (.hexadecimal, .bytes): nil
        case (.decimal, _): "decimal clause can only be used on integers"
        case (.fixed, _): "fixed-point clause can only be used on doubles"
        case (.scientific, _): "scientific clause can only be used on doubles"
        case (.binary, _): "only integers and bools can be formatted as binary"
        case (.octal, _): "octal clause can only be used on integers"
        case (.hexadecimal, _): "only integers, byte buffers, and strings can be formatted as hex"
        }
    }
}
