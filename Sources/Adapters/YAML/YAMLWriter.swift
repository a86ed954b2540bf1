import Kernel

/// Writes block-style YAML: two spaces a level, lists flush with their key, texts quoted only where they would be read as something
/// else, texts of several lines as literal blocks.
struct YAMLWriter {
    private(set) var text = ""
    /// Keys as they come; else in Kubernetes' order.
    var keepsOrder = false

    mutating func document(_ value: JSON) {
        block(value, indent: 0, lead: .none)
        if !text.hasSuffix("\n") { text += "\n" }
    }

    /// What stands on the line before the value.
    private enum Lead { case none, key, dash }

    private mutating func block(_ value: JSON, indent: Int, lead: Lead) {
        switch value {
        case .object(let object) where !object.isEmpty: mapping(object, indent: indent, lead: lead)
        case .array(let elements) where !elements.isEmpty: sequence(elements, indent: indent, lead: lead)
        default:
            if lead != .none { text += " " }
            scalar(value, indent: indent)
            text += "\n"
        }
    }

    private mutating func mapping(_ object: JSONObject, indent: Int, lead: Lead) {
        if lead == .key { text += "\n" }
        var members = Array(zip(object.keys, object.values))
        if !keepsOrder { members.sort { YAMLKeyOrder.areInOrder($0.0, $1.0) } }
        for (position, (key, value)) in members.enumerated() {
            if position == 0, lead == .dash { text += " " } else { pad(indent) }
            self.key(key, indent: indent)
            if case .array(let elements) = value, !elements.isEmpty {
                sequence(elements, indent: indent, lead: .key)
            } else {
                block(value, indent: indent + 2, lead: .key)
            }
        }
    }

    private mutating func sequence(_ elements: [JSON], indent: Int, lead: Lead) {
        if lead == .key { text += "\n" }
        for (position, element) in elements.enumerated() {
            if position == 0, lead == .dash { text += " " } else { pad(indent) }
            text += "-"
            block(element, indent: indent + 2, lead: .dash)
        }
    }

    private mutating func key(_ key: String, indent: Int) {
        let written = YAMLText.inline(key)
        // Readers look no further than 1,024 characters for the colon of a simple key.
        if written.utf8.count > 128 {
            text += "? \(written)\n"
            pad(indent)
        } else {
            text += written
        }
        text += ":"
    }

    private mutating func pad(_ count: Int) { text += String(repeating: " ", count: count) }

    private mutating func scalar(_ value: JSON, indent: Int) {
        switch value {
        case .string(let string):
            guard YAMLText.isLiteral(string) else {
                text += YAMLText.inline(string)
                return
            }
            literal(string, indent: max(indent, 2))
        case .array: text += "[]"
        case .object: text += "{}"
        default: text += value.text
        }
    }

    private mutating func literal(_ string: String, indent: Int) {
        var lines = string.split(separator: "\n", omittingEmptySubsequences: false)
        // One final newline is the block's own; more are kept, none is stripped.
        if string.hasSuffix("\n\n") || string == "\n" {
            text += "|+"
            lines.removeLast()
        } else if string.hasSuffix("\n") {
            text += "|"
            lines.removeLast()
        } else {
            text += "|-"
        }
        for line in lines {
            text += "\n"
            if !line.isEmpty {
                pad(indent)
                text += line
            }
        }
    }
}
