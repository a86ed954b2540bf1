import Kernel

/// A path or another text of a document in which `${ parameters.NAME }` stands for a parameter's value.
public enum PathTemplate {
    /// - Throws: what is wrong with it, and what would be right.
    public static func fill(_ text: String, _ parameters: ParameterValues, extra: [String: String] = [:], at path: String) throws(FieldError) -> String {
        var result = ""
        var rest = Substring(text)
        while let start = rest.firstRange(of: "${") {
            result += rest[..<start.lowerBound]
            guard let end = rest[start.upperBound...].firstIndex(of: "}") else { throw FieldError(path: path, message: "has a ${ that no } closes") }
            let expression = trimmed(rest[start.upperBound..<end])
            if let value = extra[expression] {
                result += value
            } else {
                let parts = expression.split(separator: ".", omittingEmptySubsequences: false)
                guard parts.count == 2, parts[0] == "parameters", let value = parameters[String(parts[1])] else {
                    let known = (parameters.values.map { "parameters.\($0.name)" } + extra.keys.sorted()).joined(separator: ", ")
                    throw FieldError(path: path, message: "${ \(expression) } stands for nothing; known here: \(known.isEmpty ? "none, as the pipeline declares no parameters" : known)")
                }
                result += value
            }
            rest = rest[rest.index(after: end)...]
        }
        return result + rest
    }

    private static func trimmed(_ text: Substring) -> String {
        var text = text
        while let first = text.first, first.isWhitespace { text.removeFirst() }
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return String(text)
    }
}
