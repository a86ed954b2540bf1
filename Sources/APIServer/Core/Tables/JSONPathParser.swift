import Kernel

/// Reads JSON paths.
struct JSONPathParser {
    private let text: [UnicodeScalar]
    private var at = 0

    init(_ text: String) {
        var scalars = Array(text.unicodeScalars)
        // Braces and a dollar are ways to write the same.
        if scalars.first == "{", scalars.last == "}" { scalars = Array(scalars.dropFirst().dropLast()) }
        if scalars.first == "$" { scalars.removeFirst() }
        self.text = scalars
    }

    private var next: UnicodeScalar? { at < text.count ? text[at] : nil }

    private func fail(_ problem: String) -> JSONPathError {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: text)
        return JSONPathError("\(problem) in the JSON path \(GoQuote.quote(String(view)))")
    }

    mutating func wholePath() throws(JSONPathError) -> [JSONPath.Step] {
        let steps = try path { $0 == nil }
        guard at == text.count else { throw fail("unexpected character") }
        return steps
    }

    private mutating func path(until isEnd: (UnicodeScalar?) -> Bool) throws(JSONPathError) -> [JSONPath.Step] {
        var steps: [JSONPath.Step] = []
        var isFirst = true
        while !isEnd(next), let scalar = next {
            switch scalar {
            case ".":
                at += 1
                if next == "." {
                    at += 1
                    steps.append(.descent)
                    if next == "[" { break }
                }
                if isEnd(next) || next == "[" { break }
                steps.append(try member(isEnd))
            case "[": steps.append(try bracket())
            default:
                guard isFirst else { throw fail("unexpected \(GoQuote.quote(String(Character(scalar))))") }
                steps.append(try member(isEnd))
            }
            isFirst = false
        }
        return steps
    }

    private mutating func member(_ isEnd: (UnicodeScalar?) -> Bool) throws(JSONPathError) -> JSONPath.Step {
        var name = String.UnicodeScalarView()
        while let scalar = next, scalar != ".", scalar != "[", !isEnd(scalar) {
            at += 1
            if scalar == "\\", let escaped = next {
                name.append(escaped)
                at += 1
            } else {
                name.append(scalar)
            }
        }
        guard !name.isEmpty else { throw fail("a name is missing") }
        return String(name) == "*" ? .wildcard : .member(String(name))
    }

    private mutating func bracket() throws(JSONPathError) -> JSONPath.Step {
        at += 1
        if next == "?" { return .filter(try filter()) }
        var steps: [JSONPath.Step] = []
        repeat {
            if next == "," { at += 1 }
            skipSpace()
            switch next {
            case "'", "\"": steps.append(.member(try quoted()))
            case "*": at += 1; steps.append(.wildcard)
            default: steps.append(try places())
            }
            skipSpace()
        } while next == ","
        guard next == "]" else { throw fail("] is missing") }
        at += 1
        return steps.count == 1 ? steps[0] : .union(steps)
    }

    /// `0`, `-1`, `1:3`, `::2`.
    private mutating func places() throws(JSONPathError) -> JSONPath.Step {
        var numbers: [Int?] = [integer()]
        while next == ":" {
            at += 1
            numbers.append(integer())
        }
        switch numbers.count {
        case 1:
            guard let index = numbers[0] else { throw fail("an index is missing or isn't a number") }
            return .element(index)
        case 2: return .slice(from: numbers[0], to: numbers[1], step: 1)
        case 3: return .slice(from: numbers[0], to: numbers[1], step: numbers[2] ?? 1)
        default: throw fail("a slice has at most two colons")
        }
    }

    private mutating func integer() -> Int? {
        skipSpace()
        let start = at
        var digits = ""
        if next == "-" { digits = "-"; at += 1 }
        while let scalar = next, ("0"..."9").contains(scalar), digits.count < 10 {
            digits.unicodeScalars.append(scalar)
            at += 1
        }
        skipSpace()
        guard let value = Int(digits) else {
            at = start
            return nil
        }
        return value
    }

    private mutating func skipSpace() { while next == " " { at += 1 } }

    private mutating func quoted() throws(JSONPathError) -> String {
        guard let quote = next else { throw fail("a quote is missing") }
        at += 1
        var view = String.UnicodeScalarView()
        while let scalar = next, scalar != quote {
            at += 1
            if scalar == "\\", let escaped = next {
                view.append(escaped)
                at += 1
            } else {
                view.append(scalar)
            }
        }
        guard next == quote else { throw fail("a closing quote is missing") }
        at += 1
        return String(view)
    }

    private mutating func filter() throws(JSONPathError) -> JSONPathFilter {
        at += 1
        guard next == "(" else { throw fail("a filter is [?(…)]") }
        at += 1
        let left = try operand()
        skipSpace()
        var comparison: JSONPathFilter.Comparison?
        for candidate in [JSONPathFilter.Comparison.equal, .notEqual, .lessOrEqual, .greaterOrEqual, .less, .greater] {
            let mark = Array(candidate.rawValue.unicodeScalars)
            guard at + mark.count <= text.count, Array(text[at..<(at + mark.count)]) == mark else { continue }
            comparison = candidate
            at += mark.count
            break
        }
        let right: JSONPathFilter.Operand? = comparison == nil ? .none : try operand()
        skipSpace()
        guard next == ")" else { throw fail(") is missing") }
        at += 1
        guard next == "]" else { throw fail("] is missing") }
        at += 1
        return JSONPathFilter(left: left, comparison: comparison, right: right)
    }

    private mutating func operand() throws(JSONPathError) -> JSONPathFilter.Operand {
        skipSpace()
        switch next {
        case "'", "\"": return .value(.string(try quoted()))
        case "@":
            at += 1
            return .path(try path { $0 == nil || $0 == " " || $0 == "=" || $0 == "!" || $0 == "<" || $0 == ">" || $0 == ")" })
        default:
            var word = ""
            while let scalar = next, !["=", "!", "<", ">", ")", " "].contains(scalar) {
                word.unicodeScalars.append(scalar)
                at += 1
            }
            guard let value = try? JSONParser.parse(word), !value.isContainer else { throw fail("\(GoQuote.quote(word)) is no value") }
            return .value(value)
        }
    }
}
