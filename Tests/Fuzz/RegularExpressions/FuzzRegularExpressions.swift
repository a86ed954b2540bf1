import Fuzzing
import RegularExpressions

/// First line: a pattern; the rest: a text. The two ways of matching agree, and a match lies in the text.
@_cdecl("LLVMFuzzerTestOneInput") public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let lines = FuzzInput(start, count).lines(2)
    let pattern = String(decoding: lines[0], as: UTF8.self)
    let text = lines.count > 1 ? String(decoding: lines[1], as: UTF8.self) : ""
    do throws(RegularExpressionError) {
        let expression = try RegularExpression(pattern)
        let match = expression.firstMatch(in: text)
        require(expression.matches(text) == (match != nil), "'\(pattern)' in '\(text)': matches says otherwise than firstMatch")
        guard let match else { return 0 }
        require(match.groups.count == expression.groupCount, "\(match.groups.count) groups of \(expression.groupCount)")
        let all = 0...text.utf8.count
        for range in [match.range] + match.groups.compactMap({ $0 }) {
            require(all.contains(range.lowerBound) && all.contains(range.upperBound), "a group outside the text: \(range)")
        }
    } catch {
        require(!"\(error)".isEmpty, "an error without words")
    }
    return 0
}
