import Kernel

/// Reads the typed fields of one object of a document and gathers what is wrong with them, each with its path.
///
/// A field that is wrong reads as absent, so that one pass tells everything. `null` reads as absent, as in Kubernetes.
struct FieldReader {
    let path: String
    private let object: JSONObject
    let sink: Sink

    /// Where all readers of one document put what they find.
    final class Sink {
        private(set) var errors: [FieldError] = []
        func add(_ path: String, _ message: String) { errors.append(FieldError(path: path, message: message)) }
    }

    /// - Parameter fields: every field the object may have; others are errors.
    init(_ value: JSON?, at path: String, fields: [String], into sink: Sink) {
        self.path = path
        self.sink = sink
        switch value {
        case .object(let object)?:
            self.object = object
            for key in object.keys where !fields.contains(key) {
                let near = Spelling.nearest(to: key, among: fields).map { "; did you mean \($0)?" } ?? ""
                sink.add(Self.join(path, key), "is not a field of this kind\(near.isEmpty ? ";" : "\(near) The") fields here are \(fields.joined(separator: ", "))")
            }
        case nil, .null?: object = JSONObject()
        case let other?:
            object = JSONObject()
            sink.add(path, "must be an object; found \(other.typeName)")
        }
    }

    func fail(_ key: String, _ message: String) { sink.add(key.isEmpty ? path : Self.join(path, key), message) }

    func has(_ key: String) -> Bool { object[key].map { !$0.isNull } ?? false }

    func raw(_ key: String) -> JSON? { object[key].flatMap { $0.isNull ? nil : $0 } }

    // MARK: Scalars

    func bool(_ key: String) -> Bool? {
        guard let value = raw(key) else { return nil }
        guard let bool = value.bool else { return wrong(key, "must be true or false", value) }
        return bool
    }

    func int(_ key: String, _ range: ClosedRange<Int64>) -> Int64? {
        guard let value = raw(key) else { return nil }
        guard let number = value.int else { return wrong(key, "must be a whole number", value) }
        if number < range.lowerBound { return wrong(key, "must be at least \(range.lowerBound)", value) }
        if number > range.upperBound { return wrong(key, "must be at most \(range.upperBound)", value) }
        return number
    }

    /// - Parameters:
    ///   - length: how many characters it may have.
    ///   - rule: says what would be right when the text isn't.
    func string(_ key: String, length: ClosedRange<Int> = 0...Int.max, _ rule: TextRule? = nil) -> String? {
        guard let value = raw(key) else { return nil }
        guard let text = value.string else { return wrong(key, "must be a text\(value.isScalar ? ", so put it in quotes" : "")", value) }
        return check(text, key, length, rule) ? text : nil
    }

    /// The same, and an error when it is missing.
    func required(_ key: String, length: ClosedRange<Int> = 1...Int.max, _ rule: TextRule? = nil) -> String {
        guard has(key) else {
            fail(key, "is required")
            return ""
        }
        return string(key, length: length, rule) ?? ""
    }

    func choice<Choice: RawRepresentable & CaseIterable>(_ key: String, _ type: Choice.Type) -> Choice? where Choice.RawValue == String {
        guard let value = raw(key) else { return nil }
        if let text = value.string, let choice = Choice(rawValue: text) { return choice }
        let choices = Choice.allCases.map { $0.rawValue.isEmpty ? "\"\"" : $0.rawValue }
        return wrong(key, "must be \(choices.dropLast().joined(separator: ", "))\(choices.count > 1 ? " or " : "")\(choices.last ?? "")", value)
    }

    /// A quantity as text or as a number.
    func quantity(_ key: String) -> Quantity? {
        guard let value = raw(key) else { return nil }
        let text: String?
        switch value {
        case .string(let string): text = string
        case .int(let number): text = String(number)
        default: text = nil
        }
        if let text, Quantity(text) == nil, let first = text.utf8.first, (0x30...0x39).contains(first), Quantity("1" + text.drop { $0.isNumber || $0 == "." }) != nil {
            return wrong(key, "must be a smaller quantity, at most 8Pi", value)
        }
        guard let text, text.utf8.count <= 32, let quantity = Quantity(text), quantity.thousandths >= 0 else {
            return wrong(key, "must be a quantity like 2, 500m or 1Gi", value)
        }
        return quantity
    }

    // MARK: Lists and objects

    func strings(_ key: String, count: ClosedRange<Int>, length: ClosedRange<Int>, _ rule: TextRule? = nil) -> [String]? {
        guard let elements = list(key, count) else { return nil }
        return elements.enumerated().compactMap { index, element in
            let at = "\(key)[\(index)]"
            guard let text = element.string else {
                return wrong(at, "must be a text\(element.isScalar ? ", so put it in quotes" : "")", element)
            }
            return check(text, at, length, rule) ? text : nil
        }
    }

    func object(_ key: String, fields: [String]) -> FieldReader? {
        raw(key).map { FieldReader($0, at: Self.join(path, key), fields: fields, into: sink) }
    }

    /// - Parameter identity: of an element; two elements with the same are an error.
    func objects<Element>(
        _ key: String, most: Int, fields: [String], identity: ((Element) -> String)? = nil, _ read: (FieldReader) -> Element
    ) -> [Element] {
        var seen: Set<String> = []
        return (list(key, 0...most) ?? []).enumerated().map { index, value in
            let reader = FieldReader(value, at: "\(Self.join(path, key))[\(index)]", fields: fields, into: sink)
            let element = read(reader)
            if let identity, !seen.insert(identity(element)).inserted { reader.fail("", "stands twice in \(key); keep one of them") }
            return element
        }
    }

    /// Exactly one of these must be set.
    func exactlyOne(of keys: [String]) {
        let found = keys.filter(has)
        guard found.count != 1 else { return }
        fail("", "exactly one of \(keys.joined(separator: ", ")) must be set; found \(found.isEmpty ? "none" : found.joined(separator: " and "))")
    }

    // MARK: Parts

    private func list(_ key: String, _ count: ClosedRange<Int>) -> [JSON]? {
        guard let value = raw(key) else { return nil }
        guard let elements = value.array else { return wrong(key, "must be a list", value) }
        guard count.contains(elements.count) else {
            fail(key, elements.count > count.upperBound ? "must have at most \(count.upperBound) entries; found \(elements.count)" : "must have at least \(count.lowerBound) entries; found \(elements.count)")
            return nil
        }
        return elements
    }

    private func check(_ text: String, _ key: String, _ length: ClosedRange<Int>, _ rule: TextRule?) -> Bool {
        let count = text.unicodeScalars.count
        if count < length.lowerBound {
            fail(key, count == 0 ? "must not be empty" : "must have at least \(length.lowerBound) characters; found \(count)")
            return false
        }
        if count > length.upperBound {
            fail(key, "must have at most \(length.upperBound) characters; found \(count)")
            return false
        }
        if let rule, !rule.accepts(text) {
            fail(key, "must be \(rule.meaning); found \(JSON.string(String(text.prefix(80))))")
            return false
        }
        return true
    }

    private func wrong<Value>(_ key: String, _ message: String, _ found: JSON) -> Value? {
        let shown = found.isScalar ? found.text : found.typeName
        fail(key, "\(message); found \(shown.count > 80 ? found.typeName : shown)")
        return nil
    }

    private static func join(_ path: String, _ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }
}

extension JSON {
    fileprivate var isScalar: Bool {
        switch self {
        case .array, .object: false
        case .null, .bool, .int, .double, .string: true
        }
    }
}
