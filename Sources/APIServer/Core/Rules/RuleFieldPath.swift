import Kernel

/// The path of a rule's `fieldPath`: `.spec.replicas`, `.labels['example.com/name']`.
enum RuleFieldPath {
    /// - Returns: as messages name the field, without a dot in front; nil when it is no path of that schema.
    static func normalized(_ path: String, _ schema: StructuralSchema) -> String? {
        var current: StructuralSchema? = schema
        var out = ""
        var rest = Array(path.utf8)[...]
        while let mark = rest.first {
            rest = rest.dropFirst()
            let name: String
            switch mark {
            case UInt8(ascii: "."):
                let word = rest.prefix { $0 != UInt8(ascii: ".") && $0 != UInt8(ascii: "[") && $0 != UInt8(ascii: "]") }
                guard !word.isEmpty else { return nil }
                rest = rest.dropFirst(word.count)
                name = String(decoding: word, as: UTF8.self)
            case UInt8(ascii: "["):
                guard let quoted = quoted(&rest), rest.first == UInt8(ascii: "]") else { return nil }
                rest = rest.dropFirst()
                name = quoted
            default: return nil
            }
            guard let schema = current else { return nil }
            if !schema.fields.properties.isEmpty {
                guard let member = schema.fields.properties[name] else { return nil }
                out += (out.isEmpty ? "" : ".") + name
                current = member
            } else if let values = schema.extra {
                out += "[\(name)]"
                current = values
            } else {
                return nil
            }
        }
        return out
    }

    /// A text in single quotes, its escapes resolved.
    private static func quoted(_ rest: inout ArraySlice<UInt8>) -> String? {
        guard rest.first == UInt8(ascii: "'") else { return nil }
        rest = rest.dropFirst()
        var out: [UInt8] = []
        while let byte = rest.first {
            rest = rest.dropFirst()
            switch byte {
            case UInt8(ascii: "'"): return String(decoding: out, as: UTF8.self)
            case UInt8(ascii: "\\"):
                guard let escape = rest.first else { return nil }
                rest = rest.dropFirst()
                switch escape {
                case UInt8(ascii: "a"): out.append(7)
                case UInt8(ascii: "b"): out.append(8)
                case UInt8(ascii: "f"): out.append(12)
                case UInt8(ascii: "n"): out.append(10)
                case UInt8(ascii: "r"): out.append(13)
                case UInt8(ascii: "t"): out.append(9)
                case UInt8(ascii: "v"): out.append(11)
                case UInt8(ascii: "'"), UInt8(ascii: "\\"): out.append(escape)
                default: return nil
                }
            default: out.append(byte)
            }
        }
        return nil
    }
}
