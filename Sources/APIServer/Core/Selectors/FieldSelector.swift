import Kernel

/// A question about an object's fields: `metadata.name=web,status.phase!=Running`. All of its terms must hold.
public struct FieldSelector: Sendable, Hashable, CustomStringConvertible {
    public struct Term: Sendable, Hashable {
        public let field: String
        public let value: String
        public let isEqual: Bool
    }

    public let terms: [Term]

    /// Takes everything.
    public static let everything = FieldSelector(terms: [])

    public init(terms: [Term]) { self.terms = terms }

    /// From the text of `?fieldSelector=`. In values `\\`, `\,` and `\=` stand for the character after the backslash.
    public init(_ text: String) throws(SelectorError) {
        var terms: [Term] = []
        for part in Self.split(Array(text.utf8)) where !part.isEmpty {
            guard let (field, isEqual, rest) = Self.term(part) else {
                throw SelectorError("invalid selector: '\(text)'; can't understand '\(String(decoding: part, as: UTF8.self))'")
            }
            terms.append(Term(field: field, value: try Self.unescaped(rest), isEqual: isEqual))
        }
        self.terms = terms
    }

    public var isEmpty: Bool { terms.isEmpty }

    /// The value that a field must have, if a term says so: `metadata.name` makes a list a look-up.
    public func requiredValue(of field: String) -> String? {
        terms.first { $0.isEqual && $0.field == field }?.value
    }

    /// - Parameter value: gives the text of a field, empty for an absent one.
    public func matches(_ value: (_ field: String) -> String) -> Bool {
        terms.allSatisfy { sameBytes(value($0.field), $0.value) == $0.isEqual }
    }

    /// Checks every field against those that a resource can select by.
    ///
    /// - Parameter hasOnlyNames: the kind has no fields of its own to select by, which Kubernetes words differently.
    /// - Throws: with the message of a 400 reply: `field label not supported: spec.foo`.
    public func check(hasOnlyNames: Bool = false, supported: (_ field: String) -> Bool) throws(SelectorError) {
        for term in terms where !supported(term.field) {
            throw SelectorError(
                hasOnlyNames
                    ? "\(GoQuote.quote(term.field)) is not a known field selector: only \"metadata.name\", \"metadata.namespace\""
                    : "field label not supported: \(term.field)")
        }
    }

    public var description: String {
        terms.map { "\($0.field)\($0.isEqual ? "=" : "!=")\(Self.escaped($0.value))" }.joined(separator: ",")
    }

    private static func split(_ bytes: [UInt8]) -> [ArraySlice<UInt8>] {
        var parts: [ArraySlice<UInt8>] = []
        var start = 0
        var escaped = false
        for at in bytes.indices {
            if escaped {
                escaped = false
            } else if bytes[at] == UInt8(ascii: "\\") {
                escaped = true
            } else if bytes[at] == UInt8(ascii: ",") {
                parts.append(bytes[start..<at])
                start = at + 1
            }
        }
        parts.append(bytes[start...])
        return parts
    }

    private static func term(_ part: ArraySlice<UInt8>) -> (String, Bool, ArraySlice<UInt8>)? {
        for at in part.indices {
            let isEqual: Bool
            let length: Int
            let next = at + 1 < part.endIndex ? part[at + 1] : 0
            switch (part[at], next) {
            case (UInt8(ascii: "!"), UInt8(ascii: "=")): (isEqual, length) = (false, 2)
            case (UInt8(ascii: "="), UInt8(ascii: "=")): (isEqual, length) = (true, 2)
            case (UInt8(ascii: "="), _): (isEqual, length) = (true, 1)
            default: continue
            }
            return (String(decoding: part[part.startIndex..<at], as: UTF8.self), isEqual, part[(at + length)...])
        }
        return nil
    }

    private static func unescaped(_ value: ArraySlice<UInt8>) throws(SelectorError) -> String {
        var out: [UInt8] = []
        var escaped = false
        let text = String(decoding: value, as: UTF8.self)
        for byte in value {
            switch byte {
            case UInt8(ascii: "\\"), UInt8(ascii: ","), UInt8(ascii: "="):
                if escaped {
                    out.append(byte)
                    escaped = false
                } else if byte == UInt8(ascii: "\\") {
                    escaped = true
                } else {
                    throw SelectorError("invalid field selector: unescaped character in value: \(Character(UnicodeScalar(byte)))")
                }
            default:
                if escaped { throw SelectorError("invalid field selector: invalid escape sequence: \\\(Character(UnicodeScalar(byte))) in \(text)") }
                out.append(byte)
            }
        }
        if escaped { throw SelectorError("invalid field selector: invalid escape sequence: \\ at the end of \(text)") }
        return String(decoding: out, as: UTF8.self)
    }

    private static func escaped(_ value: String) -> String {
        var out = ""
        for character in value.unicodeScalars {
            if character == "\\" || character == "," || character == "=" { out += "\\" }
            out.unicodeScalars.append(character)
        }
        return out
    }
}
