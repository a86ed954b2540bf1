/// Messages as text, as errors show them.
enum ProtocolBufferText {
    /// The fields of `google.protobuf.Any`: `type_url:"a" value:"\001"`.
    static func fields(_ given: [(field: Int, value: Value)]) -> String {
        var parts: [String] = []
        // In the order of their numbers; what is empty isn't shown.
        for (position, name) in ["type_url", "value"].enumerated() {
            switch given.last(where: { $0.field == position })?.value {
            case .string(let text) where !text.isEmpty: parts.append("\(name):\(quoted(Array(text.utf8)))")
            case .bytes(let bytes) where !bytes.isEmpty: parts.append("\(name):\(quoted(bytes))")
            default: break
            }
        }
        return parts.joined(separator: " ")
    }

    private static func quoted(_ bytes: [UInt8]) -> String {
        var text = "\""
        var at = 0
        while at < bytes.count {
            guard let character = character(bytes[at...]) else {
                text += hexadecimal(bytes[at])
                at += 1
                continue
            }
            at += UTF8.width(character)
            switch character {
            case "\"", "\\": text += "\\\(character)"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case "\0"..<" ", "\u{7F}": text += hexadecimal(UInt8(truncatingIfNeeded: character.value))
            case "\u{80}"..."\u{9F}": text += "\\u00" + String(character.value, radix: 16)
            default: text.unicodeScalars.append(character)
            }
        }
        return text + "\""
    }

    /// The character that bytes begin with, nil where they begin with none.
    private static func character(_ bytes: ArraySlice<UInt8>) -> Unicode.Scalar? {
        for length in 1...4 {
            if let text = String(validating: bytes.prefix(length), as: UTF8.self), let first = text.unicodeScalars.first { return first }
        }
        return nil
    }

    private static func hexadecimal(_ byte: UInt8) -> String { (byte < 16 ? "\\x0" : "\\x") + String(byte, radix: 16) }
}
