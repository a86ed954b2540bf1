import Kernel
import Resources

/// The values of a pipeline's parameters for one run: what the run gives, completed by the defaults and checked against the types.
public struct ParameterValues: Sendable, Equatable {
    /// In the order of the document.
    public let values: [(name: String, type: ColumnType, text: String)]

    public static func == (a: ParameterValues, b: ParameterValues) -> Bool { a.values.elementsEqual(b.values) { $0 == $1 } }

    /// - Throws: everything that is wrong, each with the parameter's name.
    public init(_ declared: [PipelineParameter], given: [String: String]) throws(InvalidResource) {
        var errors: [FieldError] = []
        var values: [(name: String, type: ColumnType, text: String)] = []
        let names = declared.map(\.name)
        for name in given.keys.sorted() where !names.contains(name) {
            errors.append(
                FieldError(path: "parameters.\(name)", message: names.isEmpty ? "is not a parameter of the pipeline, which has none" : "is not a parameter of the pipeline; it has \(names.joined(separator: ", "))\(Spelling.question(name, names))"))
        }
        for parameter in declared {
            guard let text = given[parameter.name] ?? parameter.standard else {
                errors.append(FieldError(path: "parameters.\(parameter.name)", message: "must be given: the pipeline has no default for it"))
                continue
            }
            if let wrong = Self.problem(text, parameter.type) {
                errors.append(FieldError(path: "parameters.\(parameter.name)", message: "\(wrong); found \(JSON.string(String(text.prefix(80))).text)"))
            }
            values.append((parameter.name, parameter.type, text))
        }
        guard errors.isEmpty else { throw InvalidResource(errors: errors) }
        self.values = values
    }

    public subscript(name: String) -> String? { values.first { $0.name == name }?.text }

    public var json: JSON { .object(JSONObject(values.map { ($0.name, .string($0.text)) })) }

    /// nil when the text is of the type.
    private static func problem(_ text: String, _ type: ColumnType) -> String? {
        switch type {
        case .string: return nil
        case .integer: return Int64(text) == nil ? "must be a whole number" : nil
        case .decimal:
            let digits = text.utf8.drop { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "+") }
            let isGood = digits.contains { (0x30...0x39).contains($0) } && digits.allSatisfy { (0x30...0x39).contains($0) || $0 == UInt8(ascii: ".") }
                && digits.filter { $0 == UInt8(ascii: ".") }.count <= 1 && text.utf8.count - digits.count <= 1
            return isGood ? nil : "must be a decimal number, as 12.50"
        case .float: return Double(text).map(\.isFinite) == true ? nil : "must be a number"
        case .boolean: return text == "true" || text == "false" ? nil : "must be true or false"
        case .date: return text.utf8.count == 10 && Timestamp(rfc3339: text + "T00:00:00Z") != nil ? nil : "must be a date, as 2026-11-20"
        case .timestamp: return Timestamp(rfc3339: text) != nil ? nil : "must be a time, as 2026-11-20T06:00:00Z"
        }
    }
}
