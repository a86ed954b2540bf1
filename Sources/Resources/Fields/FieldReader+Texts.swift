import Kernel

/// How many entries a map of texts may have, and how long its keys and values are.
struct TextsBound {
    let most: Int
    let key: ClosedRange<Int>
    let value: ClosedRange<Int>
}

extension FieldReader {
    /// A map of texts.
    func texts(_ key: String, _ bound: TextsBound) -> [String: String] {
        Dictionary(textPairs(key, bound).map { ($0.old, $0.new) }) { first, _ in first }
    }

    /// The same in the order of the document, and an error when it is missing or empty.
    func requiredTexts(_ key: String, _ bound: TextsBound) -> [(old: String, new: String)] {
        guard has(key) else {
            fail(key, "is required")
            return []
        }
        let pairs = textPairs(key, bound)
        if raw(key)?.object?.isEmpty == true { fail(key, "must have at least 1 entries; found 0") }
        return pairs
    }

    /// A map of texts in the order of the document.
    func textPairs(_ key: String, _ bound: TextsBound) -> [(old: String, new: String)] {
        guard let value = raw(key) else { return [] }
        guard let object = value.object else {
            fail(key, "must be an object of texts; found \(value.typeName)")
            return []
        }
        if object.count > bound.most {
            fail(key, "must have at most \(bound.most) entries; found \(object.count)")
            return []
        }
        let inner = FieldReader(value, at: path.isEmpty ? key : "\(path).\(key)", fields: object.keys, into: sink)
        return object.keys.compactMap { name in
            if !bound.key.contains(name.unicodeScalars.count) {
                inner.fail("", "has a key of \(name.unicodeScalars.count) characters; keys have \(bound.key.lowerBound) to \(bound.key.upperBound)")
                return nil
            }
            return inner.string(name, length: bound.value).map { (old: name, new: $0) }
        }
    }

    /// A list of texts, and an error when it is missing or empty.
    func requiredStrings(_ key: String, most: Int, length: ClosedRange<Int>) -> [String] {
        guard has(key) else {
            fail(key, "is required")
            return []
        }
        return strings(key, count: 1...most, length: length) ?? []
    }

    /// A list of objects, and an error when it is missing or empty.
    func requiredObjects<Element>(_ key: String, most: Int, fields: [String], identity: @escaping (Element) -> String, _ read: (FieldReader) -> Element) -> [Element] {
        guard has(key) else {
            fail(key, "is required")
            return []
        }
        if raw(key)?.array?.isEmpty == true { fail(key, "must have at least 1 entries; found 0") }
        return objects(key, most: most, fields: fields, identity: identity, read)
    }

    /// `{name}`: another object of the namespace; required.
    func reference(_ key: String) -> String {
        guard has(key) else {
            fail(key, "is required")
            return ""
        }
        return object(key, fields: ["name"])?.required("name", length: 1...253) ?? ""
    }

    /// `1h30m`, `90s`, `500ms`.
    func duration(_ key: String) -> Duration? {
        guard let text = string(key, length: 1...32, .duration) else { return nil }
        return Duration(manifest: text)
    }
}
