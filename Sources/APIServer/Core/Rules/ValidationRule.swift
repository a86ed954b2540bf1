import Kernel

/// One entry of `x-kubernetes-validations`, as written.
struct ValidationRule: Sendable {
    let rule: String
    let message: String
    let messageExpression: String
    /// As written: `FieldValueInvalid` or another of four; nil means invalid.
    let reason: String?
    let fieldPath: String
    /// nil when absent, which is not the same as false to whoever checks the definition.
    let optionalOldSelf: Bool?

    init(_ json: JSON) {
        rule = json["rule"]?.string ?? ""
        message = json["message"]?.string ?? ""
        messageExpression = json["messageExpression"]?.string ?? ""
        reason = json["reason"]?.string
        fieldPath = json["fieldPath"]?.string ?? ""
        optionalOldSelf = json["optionalOldSelf"]?.bool
    }

    var trimmedRule: String { rule.trimmedAsGo }
    var trimmedMessage: String { message.trimmedAsGo }

    /// How messages about the rule name it.
    var shown: String { message.isEmpty ? trimmedRule : trimmedMessage }

    /// What is said when it fails and nothing else says it.
    var failure: String { message.isEmpty ? "failed rule: \(trimmedRule)" : trimmedMessage }

    /// As it stands in messages about itself: the members as Go names them.
    var asGo: String {
        func text(_ text: String) -> String {
            // Go's encoder writes these five so that the text can stand in HTML.
            JSON.string(text).text.replacingScalars(["<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u{2028}": "\\u2028", "\u{2029}": "\\u2029"])
        }
        return "{\"Rule\":\(text(rule)),\"Message\":\(text(message)),\"MessageExpression\":\(text(messageExpression)),"
            + "\"Reason\":\(reason.map { text($0) } ?? "null"),\"FieldPath\":\(text(fieldPath)),"
            + "\"OptionalOldSelf\":\(optionalOldSelf.map { $0 ? "true" : "false" } ?? "null")}"
    }
}

extension String {
    /// Without white space at both ends, as Unicode and Go's `strings.TrimSpace` understand it.
    var trimmedAsGo: String {
        let scalars = unicodeScalars
        guard let first = scalars.firstIndex(where: { !$0.properties.isWhitespace }), let last = scalars.lastIndex(where: { !$0.properties.isWhitespace }) else {
            return ""
        }
        return String(scalars[first...last])
    }

    var hasLineBreak: Bool { utf8.contains { $0 == 0x0A || $0 == 0x0D } }

    fileprivate func replacingScalars(_ replacements: [Unicode.Scalar: String]) -> String {
        var out = ""
        for scalar in unicodeScalars {
            if let replacement = replacements[scalar] { out += replacement } else { out.unicodeScalars.append(scalar) }
        }
        return out
    }
}
