import Expressions
import Kernel

/// A path or another text of a document in which `${ … }` holds an expression (CEL), compiled.
///
/// `${ parameters.NAME }` by itself is the parameter's text as it was given; what else an expression gives becomes text as the language's
/// `string` makes it.
public struct PathTemplate: Sendable {
    private enum Piece: Sendable {
        case text(String)
        case parameter(String)
        case expression(Program)
    }

    private var pieces: [Piece] = []
    private let path: String

    /// - Parameter path: of the field, for messages.
    /// - Throws: what is wrong with an expression, with its place.
    public init(_ text: String, _ scope: PathScope, at path: String) throws(FieldError) {
        self.path = path
        var rest = Substring(text)
        while let start = rest.firstRange(of: "${") {
            if start.lowerBound > rest.startIndex { pieces.append(.text(String(rest[..<start.lowerBound]))) }
            guard let end = Self.end(rest[start.upperBound...]) else { throw FieldError(path: path, message: "has a ${ that no } closes") }
            pieces.append(try Self.piece(Self.trimmed(rest[start.upperBound..<end]), scope, path))
            rest = rest[rest.index(after: end)...]
        }
        if !rest.isEmpty { pieces.append(.text(String(rest))) }
    }

    /// - Throws: what went wrong in an expression, with its place.
    public func fill(_ values: PathScope.Values) throws(FieldError) -> String {
        var result = ""
        for piece in pieces {
            switch piece {
            case .text(let text): result += text
            case .parameter(let name): result += values.parameters[name] ?? ""
            case .expression(let program): result += try Self.evaluate(program, values, path)
            }
        }
        return result
    }

    // MARK: Expressions

    private static func piece(_ source: String, _ scope: PathScope, _ path: String) throws(FieldError) -> Piece {
        if let parameter = scope.declared.first(where: { source == "parameters.\($0.name)" }) { return .parameter(parameter.name) }
        let program: Program
        do throws(ExpressionError) { program = try scope.environment.compile(source) } catch {
            throw FieldError(path: path, message: "${ \(source) } can't be used: \(error.description)\nKnown here: \(scope.known)")
        }
        guard isText(program.resultType) else {
            throw FieldError(path: path, message: "${ \(source) } gives \(program.resultType.description), which is no text; let it give a text, a number, true or false, or a time")
        }
        return .expression(program)
    }

    private static func isText(_ type: ValueType) -> Bool {
        switch type {
        case .string, .int, .uint, .double, .bool, .timestamp, .duration, .dyn: true
        default: false
        }
    }

    private static func evaluate(_ program: Program, _ values: PathScope.Values, _ path: String) throws(FieldError) -> String {
        let value: Value
        do throws(EvaluationError) { value = try program.evaluate(try values.bindings()) } catch {
            throw FieldError(path: path, message: "${ \(program.source) } has no value: \(program.describe(error))")
        }
        switch value {
        case .string(let text): return text
        case .int, .uint, .double, .bool, .timestamp, .duration: return value.plainText
        default: throw FieldError(path: path, message: "${ \(program.source) } gives \(value.type.description), which is no text; let it give a text, a number, true or false, or a time")
        }
    }

    // MARK: Text

    /// The brace that closes an expression: not one of a map within it, nor one in a text.
    private static func end(_ text: Substring) -> Substring.Index? {
        var depth = 0
        var at = text.startIndex
        while at < text.endIndex {
            switch text[at] {
            case "{": depth += 1
            case "}":
                if depth == 0 { return at }
                depth -= 1
            case "\"", "'":
                guard let behind = behindQuoted(text, at) else { return nil }
                at = behind
                continue
            default: break
            }
            at = text.index(after: at)
        }
        return nil
    }

    /// Where a text literal that opens at a quote ends; three quotes open a longer one. In a raw one (`r"…"`) a backslash is a character.
    private static func behindQuoted(_ text: Substring, _ start: Substring.Index) -> Substring.Index? {
        let quote = text[start]
        let closing = text[start...].hasPrefix(String(repeating: quote, count: 3)) ? 3 : 1
        let isRaw = start > text.startIndex && "rR".contains(text[text.index(before: start)])
        let mark = String(repeating: quote, count: closing)
        var at = text.index(start, offsetBy: closing)
        while at < text.endIndex {
            if text[at...].hasPrefix(mark) { return text.index(at, offsetBy: closing) }
            let isEscape = text[at] == "\\" && !isRaw
            at = text.index(after: at)
            if isEscape, at < text.endIndex { at = text.index(after: at) }
        }
        return nil
    }

    private static func trimmed(_ text: Substring) -> String {
        var text = text
        while let first = text.first, first.isWhitespace { text.removeFirst() }
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return String(text)
    }
}
